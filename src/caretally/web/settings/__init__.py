"""Settings: the practice and its clinics, staff, people with roles, payers, policies."""
