"""HL7 FHIR R4: Observations of vital signs, alone, in a Bundle or as NDJSON."""
