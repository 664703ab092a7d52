"""Claims: made from signed decisions, checked before they leave, written, and answered."""
