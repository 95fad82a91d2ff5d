"""The built page."""
