"""Staff load: what everybody has on record in a week, as a picture and a table."""
