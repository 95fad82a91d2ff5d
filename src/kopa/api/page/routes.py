"""All that the page asks for, of one city."""

from __future__ import annotations

from starlette.routing import Route

from kopa.api import addresses, alert_feed, open311
from kopa.api import tiles as tiling
from kopa.api.announce import Announcer
from kopa.api.desk import Desk
from kopa.api.heard import Hearing
from kopa.api.page import ask, assets, city, decisions, files, moments, notices, reports, resident
from kopa.api.page import screens as screening
from kopa.api.page.screens import Screens
from kopa.api.watch import Watch
from kopa.city.places import Places
from kopa.city.tiles import Tiles
from kopa.store import Store


def page_routes(
    watch: Watch,
    store: Store,
    screens: Screens,
    tiles: Tiles,
    simulated: bool,
    hearing: Hearing,
) -> list[Route]:
    """The routes of the page.

    Parameters
    ----------
    watch
        Who watches the city.
    store
        Where decisions, notices and reports are kept.
    screens
        Runs screens.
    tiles
        The city's tiles, and addresses.
    simulated
        True where its telemetry is simulated.
    hearing
        Listens to the alerts of others.
    """
    places = Places(watch.city)
    announced = notices.notices_of(store, watch.hub, clock=watch.clock)
    reported = reports.reports_of(store, watch.hub, clock=watch.clock)
    desk, limit = Desk(watch, places), reports.per_address()
    residents = resident.Residents(watch.city, watch, announced, simulated)
    return [
        *files.routes(),
        *city.routes(watch.city, places, tiles, simulated),
        *tiling.routes(tiles),
        *addresses.routes(tiles),
        *assets.routes(assets.Directory(watch.city, places), watch),
        *moments.routes(moments.Moments(store, watch)),
        *ask.routes(watch),
        *screening.routes(screens),
        *decisions.routes(decisions.decisions_of(store, watch.hub, clock=watch.clock)),
        *notices.routes(announced, watch, Announcer(watch)),
        *alert_feed.routes(announced, watch.city.settings, hearing),
        *reports.routes(reported, desk, limit),
        *open311.routes(reported, desk, limit),
        *resident.routes(residents),
    ]
