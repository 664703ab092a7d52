"""The parts of `benchmarks.million_readings`: what is told, and the count that parses nothing."""
