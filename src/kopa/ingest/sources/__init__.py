"""Sources that Kopa asks by itself: Modbus, OPC UA, BACnet, GTFS-Realtime."""
