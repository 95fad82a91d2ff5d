"""Holds links closed against the file's own controls, and lets them go again.

A control, a rule or a speed pattern would reopen a pump that has no electricity. While a link
is held, its simple controls are off and followed here, its rules act between two solutions
as if nothing held it, and it is closed again before the next. So when it is let go it takes
the position that its controls ask for at that time.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .engine_epanet import Count, LinkValue, NodeValue, Project
from .network import CHECK_VALVE, PUMP, TANK, Network

_BLOCKED = 1e20
"""Minor loss that stops a pipe with a check valve, which EPANET does not close (error 207)."""

_LOW, _HIGH, _TIMER = 0, 1, 2  # EN_ControlType; 3 is the time of day


@dataclass
class _Held:
    """A link that is held closed, and what its controls have asked for meanwhile."""

    status: float
    setting: float
    pattern: float = 0.0
    controls: list[tuple[int, float, int, float]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)


class Forcing:
    """Links of one project that are held closed.

    Parameters
    ----------
    project
        The open project.
    network
        Its network.
    """

    def __init__(self, project: Project, network: Network) -> None:
        self._project = project
        self._network = network
        self._held: dict[int, _Held] = {}
        self._controlled: list[int] = []  # of the held links, those that something may move
        self._blocked: dict[int, float] = {}

    @property
    def links(self) -> set[int]:
        """Links that are held closed now."""
        return self._held.keys() | self._blocked.keys()

    def hold(self, links: frozenset[int]) -> None:
        """Hold exactly these links closed from now on."""
        for link in self.links - links:
            self._release(link)
        for link in links - self.links:
            self._take(link)

    def before_solution(self, at: int, clock: int) -> None:
        """Close what is held; `at` and `clock` are seconds of the run and of the day."""
        for link in self._controlled:
            held = self._held[link]
            held.status = self._project.link_value(link + 1, LinkValue.STATUS)
            held.setting = self._project.link_value(link + 1, LinkValue.SETTING)
            self._follow(held, at, clock)
            self._project.set_link(link + 1, LinkValue.STATUS, 0)

    def after_solution(self) -> None:
        """Give controlled links the position that rules expect to find."""
        for link in self._controlled:
            if self._held[link].status > 0:
                self._position(link, self._held[link])

    def _take(self, link: int) -> None:
        project, network = self._project, self._network
        if network.link_types[link] == CHECK_VALVE:
            self._blocked[link] = project.link_value(link + 1, LinkValue.MINOR_LOSS)
            project.set_link(link + 1, LinkValue.MINOR_LOSS, _BLOCKED)
            return
        held = _Held(
            project.link_value(link + 1, LinkValue.STATUS),
            project.link_value(link + 1, LinkValue.SETTING),
        )
        if not network.controlled[link]:
            project.set_link(link + 1, LinkValue.STATUS, 0)  # nothing will open it
        else:
            self._controlled.append(link)
            for number in range(1, project.count(Count.CONTROLS) + 1):
                kind, of, setting, node, level = project.control(number)
                if of == link + 1:
                    held.controls.append((kind, setting, node, level))
                    held.numbers.append(number)
                    project.set_control_enabled(number, False)
            if network.link_types[link] == PUMP:
                held.pattern = project.link_value(link + 1, LinkValue.PATTERN)
                project.set_link(link + 1, LinkValue.PATTERN, 0)
        self._held[link] = held

    def _release(self, link: int) -> None:
        project = self._project
        if link in self._blocked:
            project.set_link(link + 1, LinkValue.MINOR_LOSS, self._blocked.pop(link))
            return
        held = self._held.pop(link)
        if link in self._controlled:
            self._controlled.remove(link)
        for number in held.numbers:
            project.set_control_enabled(number, True)
        if held.pattern:
            project.set_link(link + 1, LinkValue.PATTERN, held.pattern)
        if held.status > 0:
            self._position(link, held)

    def _position(self, link: int, held: _Held) -> None:
        kind = self._network.link_types[link]
        if kind > PUMP and held.status == 1:
            self._project.set_link(link + 1, LinkValue.STATUS, 1)
        elif kind >= PUMP and held.setting > 0:
            self._project.set_link(link + 1, LinkValue.SETTING, held.setting)
        else:
            self._project.set_link(link + 1, LinkValue.STATUS, 1)

    def _follow(self, held: _Held, at: int, clock: int) -> None:
        """Do to `held` what EPANET's `controls()` would do now."""
        for kind, setting, node, level in held.controls:
            if kind in (_LOW, _HIGH):
                now = self._level(node)
                acts = now <= level if kind == _LOW else now >= level
            else:
                acts = (at if kind == _TIMER else clock % 86_400) == int(level)
            if acts:
                held.status = float(setting > 0)
                held.setting = setting

    def _level(self, node: int) -> float:
        """Pressure at a junction, or water level in a tank, in the file's units."""
        pressure = self._project.node_value(node, NodeValue.PRESSURE)
        if self._network.node_types[node - 1] != TANK:
            return pressure
        units = self._network.units
        return pressure * units.pressure / units.length
