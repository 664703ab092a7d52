"""The month of a practice: what it comes to, code by code, and the services behind each figure."""
