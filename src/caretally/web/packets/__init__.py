"""Audit packets: one month of a patient, and whole request lists."""
