"""Tags and filters that templates may use."""
