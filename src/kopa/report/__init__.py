"""The report of a city: one page that a browser shows and a printer prints."""
