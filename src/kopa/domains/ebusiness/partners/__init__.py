"""Members of a cluster, and what a city needs of them."""
