"""What devices and their vendors send, made into readings of patients; pure, without a database."""
