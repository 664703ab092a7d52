"""Dexcom: estimated glucose values of continuous sensors, fetched user by user."""
