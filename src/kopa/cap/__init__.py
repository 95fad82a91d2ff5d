"""The Common Alerting Protocol: alerts read, checked, written, signed, verified."""
