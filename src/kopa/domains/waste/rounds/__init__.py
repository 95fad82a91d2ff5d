"""Rounds of a day: tasks, plans, walks, and what crews take along."""
