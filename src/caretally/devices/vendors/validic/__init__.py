"""Validic Inform: records of many vendors' devices, streamed or pushed in batches."""
