"""Pages for patients and caregivers: their own record, in plain words and large type."""
