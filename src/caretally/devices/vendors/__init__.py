"""A folder a vendor: verify who sent a delivery, parse it, make samples for simulators."""
