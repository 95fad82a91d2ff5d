"""A city: its files read and checked, and what happens in it."""
