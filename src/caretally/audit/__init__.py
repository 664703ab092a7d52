"""Answers to auditors: packets, proofs, and one's own measures before anybody asks."""
