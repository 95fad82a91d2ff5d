"""Kopa: one live model of a city's networks and services."""

__version__ = "0.1.0"
