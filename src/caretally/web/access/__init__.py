"""Access: who looked at whose chart, broken glass, disclosures, amendments, retention."""
