"""The forms of an enrollment: one for each piece of work, named like the command it fills in."""

from __future__ import annotations

from dataclasses import dataclass

from caretally.web.enrollment.fields import (
    CHOICE,
    CODES,
    DATE,
    HIDDEN,
    INSTANT,
    NUMBER,
    SEVERAL,
    YES,
    Field,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form.

    work: the piece of work it fills in. opens: words of the link that opens it. kind: of the
    entry. step: the step of the page it stands in. has_instant: whether it asks when it took
    effect; spans tell it themselves.
    """

    work: str
    opens: str
    kind: str
    step: str
    title: str
    button: str
    fields: tuple[Field, ...]
    says: str = ""
    has_instant: bool = True


PROGRAM = Field(name="program", label="Program", kind=HIDDEN)
FROM = Field(name="from", label="First day", kind=DATE, must=True)
TO = Field(name="to", label="Last day", kind=DATE, help="Leave empty while it lasts.")
GIVEN_BY = Field(
    name="given_by", label="Given by", kind=CHOICE, options="speakers", empty="Not said"
)
METHOD = Field(name="method", label="How", kind=CHOICE, options="methods", empty="Not said")
MEASURED = Field(name="parameters", label="What is measured", kind=SEVERAL, options="measures")
CARES = Field(
    name="caregiver",
    label="Caregiver",
    kind=CHOICE,
    options="caregivers",
    empty="None",
    help="Only where data is shared: who may see it.",
)
PAYER = Field(name="payer", label="Payer", kind=CHOICE, options="payers", empty="Choose", must=True)

ENROLLED = (
    PROGRAM,
    Field(name="practice", label="Clinic", kind=CHOICE, options="clinics", empty="Choose"),
    Field(
        name="billing_provider",
        label="Billing provider",
        kind=CHOICE,
        options="practitioners",
        empty="Nobody yet",
    ),
    Field(
        name="diagnoses",
        label="Diagnoses",
        kind=CODES,
        options="diagnoses",
        help="ICD-10-CM codes, such as I10 or I50.9; several with commas between.",
    ),
    Field(
        name="established_on",
        label="Last visit before enrollment",
        kind=DATE,
        help="A visit at this practice with the practitioner or the same group, within 3 years.",
    ),
    Field(
        name="time_zone",
        label="Time zone",
        options="zones",
        help="Decides the patient's days and months. Empty: that of the clinic.",
    ),
    Field(name="episode", label="Name of the episode", help="For your own reference."),
)

FORMS = {
    form.work: form
    for form in (
        Form(
            work="register_patient",
            opens="Open the chart",
            kind="patient_registered",
            step="chart",
            title="Person",
            button="Save the chart",
            has_instant=False,
            fields=(
                Field(name="name", label="Name", must=True),
                Field(name="birth_date", label="Date of birth", kind=DATE, must=True),
                Field(name="sex", label="Sex", options="sexes", help="As the chart words it."),
                Field(
                    name="time_zone",
                    label="Time zone",
                    options="zones",
                    help="Where the person lives.",
                ),
                Field(
                    name="language",
                    label="Preferred language",
                    options="languages",
                    help="As a code, such as en or es.",
                ),
                Field(name="street", label="Street", help="Claims and letters need the address."),
                Field(name="city", label="City"),
                Field(name="state", label="State", help="Two letters, such as IL."),
                Field(name="postal_code", label="ZIP code", help="5 or 9 digits."),
            ),
        ),
        Form(
            work="add_coverage",
            opens="Add coverage",
            kind="covered",
            step="coverage",
            title="Coverage",
            button="Save the coverage",
            has_instant=False,
            fields=(
                PAYER,
                Field(name="member_id", label="Member id"),
                Field(name="priority", label="Asked to pay", kind=NUMBER, options="priorities"),
                FROM,
                TO,
                Field(name="group_number", label="Group number"),
                Field(
                    name="relationship",
                    label="The patient is, to the subscriber",
                    options="subscribers",
                    empty="the subscriber",
                ),
                Field(
                    name="subscriber_name",
                    label="Subscriber's name",
                    help="Family name first, as Raman, Priya; only where it is another person.",
                ),
                Field(name="subscriber_birth_date", label="Subscriber's birth date", kind=DATE),
                Field(name="subscriber_sex", label="Subscriber's sex", options="sexes"),
            ),
        ),
        Form(
            work="record_authorization",
            opens="Add a prior authorization",
            kind="authorized",
            step="coverage",
            title="Prior authorization",
            button="Save the authorization",
            has_instant=False,
            fields=(
                PAYER,
                Field(
                    name="codes",
                    label="Codes",
                    kind=CODES,
                    must=True,
                    help="Billing codes the payer allowed, such as 99454, 99457.",
                ),
                Field(name="number", label="Number of the authorization"),
                FROM,
                TO,
            ),
        ),
        Form(
            work="order",
            opens="Order the program",
            kind="ordered",
            step="order",
            title="Order",
            button="Sign the order",
            says="You sign this as the practitioner.",
            fields=(
                PROGRAM,
                Field(
                    name="ordering_provider",
                    label="Ordering practitioner",
                    kind=CHOICE,
                    options="practitioners",
                    empty="Choose",
                    must=True,
                ),
                MEASURED,
            ),
        ),
        Form(
            work="end_order",
            opens="End the order",
            kind="order_ended",
            step="order",
            title="End of the order",
            button="End the order",
            fields=(
                PROGRAM,
                Field(
                    name="ordering_provider",
                    label="Who had ordered",
                    kind=CHOICE,
                    options="practitioners",
                    empty="Choose",
                    must=True,
                ),
            ),
        ),
        Form(
            work="record_consent",
            opens="Record consent",
            kind="consented",
            step="consent",
            title="Consent",
            button="Save the consent",
            says="Verbal consent is enough where it is documented. Time before it does not count.",
            fields=(
                Field(name="scope", label="To what", kind=CHOICE, options="scopes", must=True),
                METHOD,
                GIVEN_BY,
                Field(
                    name="text_version",
                    label="Version of the text",
                    options="texts",
                    help="The label your practice gives the text that was read or shown.",
                ),
                Field(name="language", label="Language", options="languages"),
                Field(
                    name="cost_share_told",
                    label="The patient's own share of the cost was told",
                    kind=YES,
                ),
                CARES,
            ),
        ),
        Form(
            work="revoke_consent",
            opens="Record that consent was taken back",
            kind="consent_revoked",
            step="consent",
            title="Consent taken back",
            button="Save that consent was taken back",
            fields=(
                Field(name="scope", label="Of what", kind=CHOICE, options="scopes", must=True),
                METHOD,
                GIVEN_BY,
                CARES,
            ),
        ),
        Form(
            work="enroll",
            opens="Enroll",
            kind="enrolled",
            step="enrollment",
            title="Enrollment",
            button="Enroll the patient",
            fields=ENROLLED,
        ),
        Form(
            work="re_enroll",
            opens="Enroll again",
            kind="enrolled",
            step="enrollment",
            title="New episode",
            button="Enroll the patient again",
            fields=ENROLLED,
        ),
        Form(
            work="amend_enrollment",
            opens="Change details",
            kind="enrolled",
            step="enrollment",
            title="Details of the enrollment",
            button="Save the details",
            fields=ENROLLED,
            says="What you change holds from the time you name; what came before stays.",
        ),
        Form(
            work="correct_enrollment",
            opens="Correct",
            kind="enrolled",
            step="enrollment",
            title="Enrollment",
            button="Save the correction",
            fields=ENROLLED,
        ),
        Form(
            work="disenroll",
            opens="Disenroll",
            kind="disenrolled",
            step="enrollment",
            title="End of the enrollment",
            button="Disenroll the patient",
            fields=(
                PROGRAM,
                Field(name="reason", label="Why the patient leaves", must=True, options="leaving"),
            ),
        ),
        Form(
            work="assign_device",
            opens="Assign a device",
            kind="device_assigned",
            step="device",
            title="Device",
            button="Assign the device",
            fields=(
                Field(
                    name="device",
                    label="Device id",
                    options="stock",
                    must=True,
                    help="As on its label. A device is in one patient's hands at a time.",
                ),
                Field(
                    name="medical_device",
                    label="A medical device as the FDA defines it",
                    kind=YES,
                    help="Only then do its readings make data days.",
                ),
                MEASURED,
                Field(
                    name="body_system",
                    label="Body system (RTM)",
                    kind=CHOICE,
                    options="body_systems",
                    empty="None",
                ),
                Field(name="vendor", label="Vendor"),
                Field(name="model", label="Model"),
                Field(name="serial", label="Serial number"),
            ),
        ),
        Form(
            work="return_device",
            opens="Record a return",
            kind="device_returned",
            step="device",
            title="Return of a device",
            button="Save the return",
            fields=(
                Field(
                    name="device",
                    label="Device",
                    kind=CHOICE,
                    options="held",
                    empty="Choose",
                    must=True,
                ),
            ),
        ),
        Form(
            work="complete_setup",
            opens="Record set-up and teaching",
            kind="setup_completed",
            step="setup",
            title="Set-up and teaching",
            button="Save the set-up",
            fields=(
                Field(
                    name="device",
                    label="Device",
                    kind=CHOICE,
                    options="held",
                    empty="Choose",
                    must=True,
                ),
                Field(
                    name="educated_by",
                    label="Taught by",
                    kind=CHOICE,
                    options="staff",
                    empty="Choose",
                    must=True,
                ),
                Field(name="method", label="How", options="teaching"),
            ),
        ),
        Form(
            work="name_care_team",
            opens="Name the care team",
            kind="care_team_named",
            step="team",
            title="Care team",
            button="Save the care team",
            fields=(
                PROGRAM,
                Field(
                    name="members",
                    label="Who looks after the patient",
                    kind=SEVERAL,
                    options="staff",
                ),
            ),
        ),
        Form(
            work="authorize_caregiver",
            opens="Add a caregiver",
            kind="caregiver_authorized",
            step="caregivers",
            title="Caregiver",
            button="Save the authority",
            has_instant=False,
            fields=(
                Field(
                    name="caregiver",
                    label="Id of the caregiver",
                    must=True,
                    options="caregivers",
                    help="Stays the same when the authority is renewed.",
                ),
                Field(
                    name="relationship",
                    label="What they are to the patient",
                    must=True,
                    options="relationships",
                ),
                Field(name="authority", label="What the authority rests on", options="authorities"),
                FROM,
                TO,
            ),
        ),
        Form(
            work="record_stay",
            opens="Record a stay",
            kind="stay_recorded",
            step="events",
            title="Stay in a facility",
            button="Save the stay",
            has_instant=False,
            fields=(
                Field(
                    name="setting",
                    label="Where",
                    kind=CHOICE,
                    options="stays",
                    empty="Choose",
                    must=True,
                ),
                Field(name="from", label="From", kind=INSTANT, must=True),
                Field(name="to", label="To", kind=INSTANT, help="Leave empty while it lasts."),
            ),
        ),
        Form(
            work="record_condition",
            opens="Record a condition",
            kind="condition_recorded",
            step="events",
            title="Condition",
            button="Save the condition",
            has_instant=False,
            says="Conditions with rules of their own, such as COVID-19 in the emergency.",
            fields=(
                Field(
                    name="condition", label="Which", kind=CHOICE, options="conditions", must=True
                ),
                FROM,
                TO,
            ),
        ),
        Form(
            work="record_surgery",
            opens="Record a surgery",
            kind="global_surgery_recorded",
            step="events",
            title="Surgery with a global period",
            button="Save the surgery",
            has_instant=False,
            fields=(
                FROM,
                Field(name="to", label="Last day of the global period", kind=DATE, must=True),
                Field(name="related", label="What is monitored is what was operated on", kind=YES),
                Field(name="by_billing_provider", label="The billing provider operated", kind=YES),
            ),
        ),
        Form(
            work="align_access",
            opens="Record an ACCESS alignment",
            kind="access_aligned",
            step="events",
            title="ACCESS alignment",
            button="Save the alignment",
            has_instant=False,
            fields=(
                Field(
                    name="conditions",
                    label="Aligned conditions",
                    kind=CODES,
                    must=True,
                    help="ICD-10-CM codes or their beginnings, such as I10, E11.",
                ),
                FROM,
                TO,
            ),
        ),
        Form(
            work="record_claim_elsewhere",
            opens="Record another practice's claim",
            kind="billed_elsewhere",
            step="events",
            title="Claim of another practice",
            button="Save the claim",
            has_instant=False,
            fields=(
                Field(name="code", label="Code", must=True),
                Field(name="by", label="Who billed", must=True),
                FROM,
                Field(name="to", label="Last day", kind=DATE, must=True),
            ),
        ),
        Form(
            work="record_visit",
            opens="Record a visit billed here",
            kind="visit_billed",
            step="events",
            title="Visit billed here",
            button="Save the visit",
            has_instant=False,
            fields=(
                Field(name="code", label="Code", must=True, help="Such as 99213."),
                Field(name="date", label="Date of service", kind=DATE, must=True),
            ),
        ),
        Form(
            work="record_death",
            opens="Record death",
            kind="died",
            step="events",
            title="Death",
            button="Record the death",
            fields=(),
            says="Service ends with this moment. Every open episode ends with it.",
        ),
    )
}
"""By the name of the work."""

CORRECTING = {
    **{form.kind: form.work for form in FORMS.values() if form.kind != "enrolled"},
    "enrolled": "correct_enrollment",
}
"""The form that corrects an entry, by its kind."""
