"""Reports of a practice: pages with pictures, and the same figures as CSV, JSON and PDF."""
