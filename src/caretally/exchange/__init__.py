"""All input and output but web and database."""
