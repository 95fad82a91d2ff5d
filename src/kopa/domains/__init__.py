"""The domains that Kopa brings; each is found by its entry point."""
