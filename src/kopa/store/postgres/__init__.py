"""The scale-out store: PostgreSQL with PostGIS, for several processes."""
