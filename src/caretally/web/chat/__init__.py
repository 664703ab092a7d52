"""Written conversations as pages and as a live connection: for staff, patients and caregivers."""
