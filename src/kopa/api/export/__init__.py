"""What a city has, as tables: CSV, Parquet, GeoJSON."""
