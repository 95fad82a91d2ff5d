"""Maps: streets, buildings and ground, in the city's own coordinates."""
