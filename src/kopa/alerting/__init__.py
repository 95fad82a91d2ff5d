"""Alerts from what a city loses: area, words, drafts, and who may publish them."""
