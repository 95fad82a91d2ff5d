"""What a program with the library ngsildclient does; `test_clients` runs it."""

import sys

from ngsildclient import Client, Entity

client = Client(hostname="127.0.0.1", port=int(sys.argv[1]), port_temporal=int(sys.argv[1]))
assert client.is_connected()
device = Entity("Device", "d1")
device.prop("temperature", 21.5, unitcode="CEL", observedat="2026-11-22T10:00:00Z")
device.loc(56.9, 24.1).rel("controls", "urn:ngsi-ld:Pump:water:U")
assert client.upsert(device)
assert client.get("Device:d1")["temperature.value"] == 21.5
device["temperature.value"] = 22
assert client.update(device)
assert client.exists("Device:d1")
assert [one.id for one in client.query(type="Device", q="temperature>21.9")] == [device.id]
assert client.query(type="Device", q="temperature>22.1") == []
assert client.count(type="Device") == 1
assert "Device" in client.types.list()
past = client.temporal.get("Device:d1")
assert past["temperature"]["values"] == [[22, "2026-11-22T10:00:00Z"]]
more = [Entity("Device", f"m{n}").prop("n", n) for n in range(250)]
assert client.upsert(*more)
assert len(list(client.query(type="Device"))) == 251
assert client.delete(device)
assert not client.exists("Device:d1")
print("done")
