"""A month of a patient's entries, folded into integer facts with their evidence."""
