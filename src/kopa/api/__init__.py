"""What Kopa serves over HTTP, by the field's standards."""
