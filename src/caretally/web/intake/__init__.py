"""Pages of what arrives: connections, deliveries, what is held back, and tables of readings."""
