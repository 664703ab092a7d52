"""Engines that hear and speak, behind three small ports."""
