"""Today's rounds as they are driven: what is emptied, what is missed, and why."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from kopa.geo.fastest import Fastest, Leg, State
from kopa.model import FloatArray, Window

from .calendar import DAY_S, driven_on, under_way
from .contents import Contents
from .network import Network
from .plants import Plants

STREETS, TRUCK, PLANT, STAFF = "streets", "truck", "plant", "staff"
"""Reasons for which a stop is missed; a shift that is too short has those of its delays."""


@dataclass(frozen=True)
class Setting:
    """What is given to the trucks in a window.

    Parameters
    ----------
    states
        State of the streets in each step.
    broken
        By truck: stretches of time in which it does not drive, s.
    manned
        Share of the staff that is there, by step and facility.
    """

    states: Sequence[State]
    broken: dict[int, list[tuple[float, float]]]
    manned: FloatArray


@dataclass
class Shift:
    """A truck on a day.

    Parameters
    ----------
    truck
        Its row.
    end
        When it must be back at the depot, s.
    stops
        Containers in their order.
    node
        Where it is.
    clock
        When, s.
    done
        Stops behind it.
    kg, body
        What it carries, kg, and m³ as it lay in the containers.
    stream
        What that is, empty for nothing.
    metres, seconds, lifts
        What it drove in the window, how long it was under way, and how many stops it emptied.
    reasons
        What delayed it: reasons, with the number of a street or a facility.
    missed
        Stops that it did not empty, with the reasons.
    left
        True once it has left the depot.
    stranded
        True once it drives no more, wherever it is.
    """

    truck: int
    end: float
    stops: Sequence[int]
    node: int
    clock: float
    done: int = 0
    kg: float = 0.0
    body: float = 0.0
    stream: str = ""
    metres: float = 0.0
    seconds: float = 0.0
    lifts: int = 0
    reasons: set[tuple[str, int]] = field(default_factory=set)
    missed: list[tuple[int, frozenset[tuple[str, int]]]] = field(default_factory=list)
    left: bool = False
    stranded: bool = False

    def __lt__(self, other: Shift) -> bool:
        return (self.clock, self.truck) < (other.clock, other.truck)


class Drive:
    """Drives the rounds of a window.

    Parameters
    ----------
    network, ways
        What there is, and the ways on its streets.
    window, setting
        When, and what is given.
    contents, plants
        What is in the containers and at the facilities; both change while trucks drive.
    """

    def __init__(
        self,
        network: Network,
        ways: Fastest,
        window: Window,
        setting: Setting,
        contents: Contents,
        plants: Plants,
    ) -> None:
        self._network, self._ways, self._window = network, ways, window
        self._setting, self._contents, self._plants = setting, contents, plants
        self._at = network.container_nodes
        self._plant_at = network.facility_nodes

    def run(self) -> list[Shift]:
        """All shifts that are under way in the window, driven to their ends."""
        shifts = self._shifts()
        heap = [one for one in shifts if one.stops]
        heapq.heapify(heap)
        while heap:
            shift = heap[0]
            if self._next(shift):
                heapq.heapreplace(heap, shift)
            else:
                heapq.heappop(heap)
        self._plants.finish()
        return shifts

    def _shifts(self) -> list[Shift]:
        network, found = self._network, []
        there: Counter[tuple[int, int]] = Counter()
        for one, day, begin, end in under_way(network, self._window):
            depot = int(network.trucks.depot[one.truck])
            at = int(self._plant_at[depot])
            shift = Shift(one.truck, end, one.stops.tolist(), at, begin)
            found.append(shift)
            there[depot, day] += 1
            if there[depot, day] > self._crews(depot, begin, day):
                self._give_up(shift, {(STAFF, depot)})
        return found

    def _crews(self, depot: int, at: float, day: int) -> int:
        """Trucks of a depot that the staff suffices for on a day."""
        trucks = self._network.trucks
        rounds = sum(trucks.depot[one.truck] == depot for one in driven_on(self._network, day))
        return int(self._setting.manned[self._step(at), depot] * rounds + 1e-9)

    def _step(self, at: float) -> int:
        window = self._window
        return min(max(int((at - window.start) // window.step), 0), window.steps - 1)

    def _next(self, shift: Shift) -> bool:
        """One thing that a truck does; False when its day is over."""
        if self._out(shift):
            self._give_up(shift, {(TRUCK, shift.truck)})
            shift.stranded = True
            return False
        if shift.done == len(shift.stops):
            self._home(shift)
            return False
        stop = shift.stops[shift.done]
        leg = self._leg(shift, int(self._at[stop]))
        if not np.isfinite(leg.seconds):
            shift.missed.append((stop, frozenset(shift.reasons)))
            shift.done += 1
            return True
        some = self._network.containers
        arrive = shift.clock + self._drive_s(shift, leg)
        arrive = max(arrive, arrive // DAY_S * DAY_S + some.early[stop])
        kg = max(float(np.nan_to_num(self._contents.at(stop, arrive))), 0.0)
        if shift.kg > 0 and not self._fits(shift, stop, kg):
            return self._unload(shift, last=False) or self._cut(shift)
        if not self._in_time(shift, stop, arrive):
            return self._cut(shift)
        if arrive % DAY_S > some.late[stop]:
            shift.missed.append((stop, frozenset(shift.reasons)))
            shift.done += 1
            return True
        self._go(shift, leg, arrive, int(self._at[stop]))
        self._empty(shift, stop, kg)
        return True

    def _out(self, shift: Shift) -> bool:
        spells = self._setting.broken.get(shift.truck, ())
        return any(low <= shift.clock < high for low, high in spells)

    def _cut(self, shift: Shift) -> bool:
        """The rest is missed; gives False, the day is over."""
        self._give_up(shift, set())
        self._home(shift)
        return False

    def _give_up(self, shift: Shift, reasons: set[tuple[str, int]]) -> None:
        shift.reasons |= reasons
        why = frozenset(shift.reasons)
        shift.missed += [(stop, why) for stop in shift.stops[shift.done :]]
        shift.stops = shift.stops[: shift.done]

    def _leg(self, shift: Shift, node: int) -> Leg:
        """The way to a crossing; slow streets on the usual one are noted as reasons."""
        state = self._setting.states[self._step(shift.clock)]
        leg = self._ways.leg(shift.node, node, state)
        if state is not self._ways.usual:
            usual = self._ways.leg(shift.node, node, self._ways.usual)
            met = usual.edges[state.slow[usual.edges]]
            shift.reasons |= {(STREETS, int(edge)) for edge in met}
        return leg

    def _drive_s(self, shift: Shift, leg: Leg) -> float:
        return leg.seconds / float(self._network.trucks.speed[shift.truck])

    def _go(self, shift: Shift, leg: Leg, arrive: float, node: int) -> None:
        shift.left = True
        within = self._within(shift.clock, arrive)
        shift.metres += leg.metres * within / max(arrive - shift.clock, 1e-9)
        shift.seconds += within
        shift.clock, shift.node = arrive, node

    def _within(self, start: float, end: float) -> float:
        """Time between two seconds that lies in the window, s."""
        window = self._window
        return max(min(end, window.end) - max(start, window.start), 0.0)

    def _fits(self, shift: Shift, stop: int, kg: float) -> bool:
        trucks, some = self._network.trucks, self._network.containers
        if some.streams[stop] != shift.stream:
            return False
        body = shift.body + kg / some.density[stop]
        return bool(
            shift.kg + kg <= trucks.payload[shift.truck] and body <= trucks.body[shift.truck]
        )

    def _empty(self, shift: Shift, stop: int, kg: float) -> None:
        trucks, some = self._network.trucks, self._network.containers
        room = min(
            trucks.payload[shift.truck] - shift.kg,
            (trucks.body[shift.truck] - shift.body) * some.density[stop],
        )
        taken = min(kg, float(room))
        self._contents.take(stop, shift.clock, taken)
        shift.kg += taken
        shift.body += taken / some.density[stop]
        shift.stream = some.streams[stop]
        done = shift.clock + float(some.service[stop])
        shift.lifts += self._window.start <= shift.clock < self._window.end
        shift.seconds += self._within(shift.clock, done)
        shift.clock = done
        shift.done += 1

    def _in_time(self, shift: Shift, stop: int, arrive: float) -> bool:
        """True if a truck that goes to a stop can unload and be back within its shift."""
        network = self._network
        at = int(self._at[stop])
        state = self._setting.states[self._step(shift.clock)]
        depot = int(self._plant_at[network.trucks.depot[shift.truck]])
        back = min(
            (
                self._drive_s(shift, self._ways.leg(at, int(self._plant_at[plant]), state))
                + network.facilities.unload[plant]
                + self._drive_s(shift, self._ways.leg(int(self._plant_at[plant]), depot, state))
                for plant in network.facilities.taking(network.containers.streams[stop])
            ),
            default=float("inf"),
        )
        return bool(arrive + network.containers.service[stop] + back <= shift.end)

    def _unload(self, shift: Shift, last: bool) -> bool:
        """Unload at the plant that is nearest by time; False if none takes it."""
        network = self._network
        depot = int(self._plant_at[network.trucks.depot[shift.truck]])
        state = self._setting.states[self._step(shift.clock)]
        choices = []
        for plant in network.facilities.taking(shift.stream):
            leg = self._ways.leg(shift.node, int(self._plant_at[plant]), state)
            after = self._ways.leg(int(self._plant_at[plant]), depot, state) if last else leg
            choices.append((leg.seconds + (after.seconds if last else 0.0), plant))
        for seconds, plant in sorted(choices):
            if not np.isfinite(seconds):
                continue
            leg = self._leg(shift, int(self._plant_at[plant]))
            come = shift.clock + self._drive_s(shift, leg)
            day = come // DAY_S * DAY_S
            arrive = max(come, day + network.facilities.opens[plant])
            open_ = arrive <= day + network.facilities.closes[plant]
            open_ &= arrive <= max(come, shift.end)  # nobody waits beyond the shift
            if not open_ or not self._plants.takes(plant, shift.kg, arrive):
                shift.reasons.add((PLANT, plant))
                continue
            self._go(shift, leg, arrive, int(self._plant_at[plant]))
            self._plants.bring(plant, shift.kg, shift.stream, arrive)
            done = arrive + float(network.facilities.unload[plant])
            shift.seconds += self._within(arrive, done)
            shift.clock = done
            shift.kg = shift.body = 0.0
            shift.stream = ""
            return True
        return False

    def _home(self, shift: Shift) -> None:
        """Unload, and go back to the depot, if it left it."""
        if not shift.left:
            return
        if shift.kg > 0:
            self._unload(shift, last=True)
        depot = int(self._plant_at[self._network.trucks.depot[shift.truck]])
        leg = self._leg(shift, depot)
        if np.isfinite(leg.seconds):
            self._go(shift, leg, shift.clock + self._drive_s(shift, leg), depot)
