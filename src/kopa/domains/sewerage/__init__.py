"""Sewerage: EPA SWMM networks."""
