"""Parquet tables for bulk work: parts of a journal in, parts of decisions out."""
