"""Routing problems: what the engine is given, how it is searched, published files."""
