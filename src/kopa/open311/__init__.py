"""Open311 GeoReport v2: requests and services, what explains them, and what may be published."""
