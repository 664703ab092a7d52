"""Pages of calls by an automated voice."""
