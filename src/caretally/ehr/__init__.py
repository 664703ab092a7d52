"""What other systems of a practice are told, in the words of FHIR R4 and HL7 v2."""
