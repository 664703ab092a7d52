"""HL7 v2: results in ORU^R01, as devices of IHE PCD-01 and as laboratories write them."""
