"""Patients whose readings have become few."""
