"""NGSI-LD (ETSI GS CIM 009): entities, their history, and subscriptions to them."""
