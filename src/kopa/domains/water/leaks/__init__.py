"""Leaks found in readings: where, since when, how much."""
