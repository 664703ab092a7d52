"""Terra: health records of consumers' devices and apps, pushed and signed."""
