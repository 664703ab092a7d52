"""Charts of vital signs: drawing, page, table and download."""
