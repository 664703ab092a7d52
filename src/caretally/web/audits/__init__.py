"""The self-audit: the practice's own outliers, the evidence behind each, and a mock audit."""
