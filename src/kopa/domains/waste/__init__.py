"""Waste collection."""
