"""Claims as FHIR R4: a Bundle of type collection, a Claim each with all it refers to inside.

The bundle stands by itself: patient, practice, practitioner and coverage are contained, so that no
reference points outside. Ids and amounts are those of the claim.
"""

from __future__ import annotations

from datetime import UTC
from decimal import Decimal
from typing import Any

import msgspec

from caretally.claims.records import Address, Batch, Claim, Person, Provider, ServiceLine

Resource = dict[str, Any]
NPI = "http://hl7.org/fhir/sid/us-npi"
EIN = "http://terminology.hl7.org/NamingSystem/EIN"
CPT, HCPCS = (
    "http://www.ama-assn.org/go/cpt",
    "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
)
DIAGNOSES = "http://hl7.org/fhir/sid/icd-10-cm"
TERMS = "http://terminology.hl7.org/CodeSystem/"
PLACES = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"
TAXONOMY = "http://nucc.org/provider-taxonomy"
OURS = "urn:caretally"
SEXES = {"F": "female", "M": "male", "U": "unknown"}
RELATIONS = {"self": "self", "spouse": "spouse", "child": "child", "other": "other"}
RELATED = {"7": "prior", "8": "prior"}
ENCODE = msgspec.json.Encoder(decimal_format="number").encode


def write_fhir(batch: Batch) -> bytes:
    """Return claims as a FHIR Bundle: the same batch gives the same bytes."""
    made_at = batch.made_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    bundle = {
        "resourceType": "Bundle", "type": "collection", "timestamp": made_at,
        "identifier": {"system": f"{OURS}:batch", "value": batch.name},
        "entry": [
            {"fullUrl": f"{OURS}:claim:{each.claim}", "resource": claim_resource(each, batch)}
            for each in batch.claims
        ],
    }  # fmt: skip
    return bytes(ENCODE(bundle)) + b"\n"


def claim_resource(claim: Claim, batch: Batch) -> Resource:
    """Return a claim with all it refers to."""
    made: Resource = {
        "resourceType": "Claim",
        "id": claim.claim.replace("_", "-"),
        "contained": contained(claim),
        "identifier": [{"system": f"{OURS}:control-number", "value": claim.control_number}],
        "status": "cancelled" if claim.frequency == "8" else "active",
        "type": coded(f"{TERMS}claim-type", "professional"),
        "use": "claim",
        "patient": {"reference": "#patient"},
        "billablePeriod": period(claim),
        "created": batch.made_at.date().isoformat(),
        "insurer": {"reference": "#payer"},
        "provider": {"reference": "#billing"},
        "priority": coded(f"{TERMS}processpriority", "normal"),
        "careTeam": care_team(claim),
        "diagnosis": [
            {"sequence": number, "diagnosisCodeableConcept": coded(DIAGNOSES, code)}
            for number, code in enumerate(claim.diagnoses, 1)
        ],
        "insurance": [insurance(claim)],
        "item": [item(number, line, claim) for number, line in enumerate(claim.lines, 1)],
        "total": money(claim.total),
    }
    if claim.payer_claim_number:
        reference = {"system": f"{OURS}:payer-claim-number", "value": claim.payer_claim_number}
        made["related"] = [{
            "relationship": coded(f"{TERMS}ex-relatedclaimrelationship", RELATED[claim.frequency]),
            "reference": reference,
        }]  # fmt: skip
    return made


def contained(claim: Claim) -> list[Resource]:
    """Return patient, subscriber, practice, practitioners, payer and coverage."""
    coverage = claim.coverage
    person = claim.patient or coverage.subscriber
    found = [person_resource("patient", person, claim.patient_id)]
    if claim.patient is not None:
        found.append(person_resource("subscriber", coverage.subscriber, ""))
    found.append(organization(claim.billing))
    for part, provider in practitioners(claim):
        found.append(practitioner(part, provider))
    found.append({
        "resourceType": "Organization", "id": "payer", "name": coverage.name,
        "identifier": [{"system": f"{OURS}:payer-id", "value": coverage.payer_id}],
    })  # fmt: skip
    held: Resource = {
        "resourceType": "Coverage", "id": "coverage", "status": "active",
        "subscriberId": coverage.member_id,
        "subscriber": {"reference": "#subscriber" if claim.patient is not None else "#patient"},
        "beneficiary": {"reference": "#patient"},
        "relationship": coded(f"{TERMS}subscriber-relationship", RELATIONS[coverage.relationship]),
        "payor": [{"reference": "#payer"}],
    }  # fmt: skip
    if coverage.group_number:
        held["class"] = [{"type": coded(f"{TERMS}coverage-class", "group"),
                          "value": coverage.group_number}]  # fmt: skip
    return [*found, held]


def practitioners(claim: Claim) -> list[tuple[str, Provider]]:
    """Return the practitioners of a claim with their parts."""
    found = (("rendering", claim.rendering), ("supervising", claim.supervising),
             ("ordering", claim.ordering))  # fmt: skip
    return [(part, provider) for part, provider in found if provider is not None]


def person_resource(name: str, person: Person, patient_id: str) -> Resource:
    """Return a patient or subscriber."""
    made: Resource = {
        "resourceType": "Patient", "id": name,
        "name": [{"family": person.last, "given": [person.first]}],
        "gender": SEXES.get(person.sex, "unknown"),
    }  # fmt: skip
    if patient_id:
        made["identifier"] = [{"system": f"{OURS}:patient", "value": patient_id}]
    if person.birth_on is not None:
        made["birthDate"] = person.birth_on.isoformat()
    if person.address is not None:
        made["address"] = [address(person.address)]
    return made


def organization(provider: Provider) -> Resource:
    """Return the practice that bills."""
    made: Resource = {
        "resourceType": "Organization", "id": "billing", "name": provider.last,
        "identifier": [{"system": NPI, "value": provider.npi},
                       {"system": EIN, "value": provider.tax_id}],
        "telecom": [{"system": "phone", "value": provider.phone}],
    }  # fmt: skip
    if provider.address is not None:
        made["address"] = [address(provider.address)]
    return made


def practitioner(name: str, provider: Provider) -> Resource:
    """Return a practitioner."""
    made: Resource = {
        "resourceType": "Practitioner", "id": name,
        "name": [{"family": provider.last, "given": [provider.first]}],
        "identifier": [{"system": NPI, "value": provider.npi}],
    }  # fmt: skip
    if provider.taxonomy:
        made["qualification"] = [{"code": coded(TAXONOMY, provider.taxonomy)}]
    return made


def care_team(claim: Claim) -> list[Resource]:
    """Return who rendered, supervised and ordered."""
    roles = {"rendering": "primary", "supervising": "supervisor", "ordering": "other"}
    return [
        {
            "sequence": number, "provider": {"reference": f"#{part}"},
            "role": coded(f"{TERMS}claimcareteamrole", roles[part]),
        }
        for number, (part, _) in enumerate(practitioners(claim), 1)
    ]  # fmt: skip


def insurance(claim: Claim) -> Resource:
    """Return through what the claim is paid."""
    made: Resource = {"sequence": 1, "focal": True, "coverage": {"reference": "#coverage"}}
    if claim.authorization:
        made["preAuthRef"] = [claim.authorization]
    return made


def item(number: int, line: ServiceLine, claim: Claim) -> Resource:
    """Return a service line."""
    system = CPT if line.code[0].isdigit() else HCPCS
    made: Resource = {
        "sequence": number,
        "careTeamSequence": [1],
        "diagnosisSequence": list(line.pointers),
        "productOrService": coded(system, line.code),
        "servicedDate": line.date_of_service.isoformat(),
        "locationCodeableConcept": coded(PLACES, claim.place_of_service),
        "quantity": {"value": line.units},
        "unitPrice": money(line.charge / line.units),
        "net": money(line.charge),
    }
    if line.modifiers:
        made["modifier"] = [coded(CPT, each) for each in line.modifiers]
    return made


def period(claim: Claim) -> Resource:
    """Return the first and last date of service."""
    days = [line.date_of_service for line in claim.lines]
    return {"start": min(days).isoformat(), "end": max(days).isoformat()}


def address(found: Address) -> Resource:
    """Return an address."""
    code = found.postal_code
    shown = f"{code[:5]}-{code[5:]}" if len(code) == 9 else code
    return {"line": [found.street], "city": found.city, "state": found.state,
            "postalCode": shown, "country": "US"}  # fmt: skip


def coded(system: str, code: str) -> Resource:
    """Return a code of a system."""
    return {"coding": [{"system": system, "code": code}]}


def money(amount: Decimal) -> Resource:
    """Return an amount in dollars."""
    return {"value": amount.quantize(Decimal("0.01")), "currency": "USD"}
