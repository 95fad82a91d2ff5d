"""The embedded store: SQLite for what is hot, Parquet for what is cold, one folder."""
