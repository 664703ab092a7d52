"""One file a question; `proof` holds what they measure against what was asked."""
