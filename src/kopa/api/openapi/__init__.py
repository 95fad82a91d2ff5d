"""The description of what is served: OpenAPI 3.1, made of the routes and their types."""
