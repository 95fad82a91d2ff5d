"""Telemetry on its way into the store: devices, payloads, brokers, replay."""
