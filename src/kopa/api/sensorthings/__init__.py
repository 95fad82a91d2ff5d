"""OGC SensorThings API 1.1 (18-088) over the entities of a city and their observations."""
