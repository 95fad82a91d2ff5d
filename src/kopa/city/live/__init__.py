"""The city as it is now: what was measured, what it means, what it leads to."""
