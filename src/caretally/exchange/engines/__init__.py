"""What runs the parts of a population: this machine, Ray, or Spark."""
