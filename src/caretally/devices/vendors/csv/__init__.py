"""Tables of readings as text, with a mapping from their columns to what is measured."""
