"""The map of a city as vector tiles: its networks and places, and what lies below them."""

from kopa.city.tiles.find_address import Address, Addresses
from kopa.city.tiles.read_mbtiles import TileSet
from kopa.city.tiles.tiles import Tiles

__all__ = ["Address", "Addresses", "TileSet", "Tiles"]
