"""Writes to devices: planned first, within limits, audited, and taken back by themselves."""
