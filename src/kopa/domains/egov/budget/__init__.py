"""Participatory budgeting: an election, rules that choose, and why."""
