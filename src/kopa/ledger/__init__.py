"""Effects in people, environment and money."""
