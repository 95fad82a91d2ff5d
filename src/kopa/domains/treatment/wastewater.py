"""A wastewater plant over a window of time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from kopa.errors import EngineError
from kopa.model import FloatArray, Window

from .asm1 import SNH, SOLIDS, Q, nitrogen
from .influent import diluted, dry_day, mean_water
from .kept import kept
from .network import WastewaterPlant
from .storm import Routed, route

DAY_S = 86_400
LONGEST_STEP_S = 900
"""A step of the model is no longer than the quarter of an hour of BSM1's influent files."""
WARM_DAYS = 10
"""Dry days from the steady state to the state at midnight."""
TOLERANCE = 1e-4
SATURATION_G_M3 = 8.0
"""Oxygen at saturation at 15 °C (Alex et al. 2008), to which the transfer's energy refers."""
MIXED_BELOW_PER_D = 20.0
"""A tank with less oxygen transfer is mixed by mixers (Alex et al. 2008)."""


@dataclass(frozen=True)
class Forcing:
    """What is done to a plant, one number a model step.

    Parameters
    ----------
    inflow
        m³/d; negative where the plant's own dry weather comes.
    power
        1 with electricity, 0 without.
    running
        1 in service, 0 out of it.
    load
        Times the usual load.
    oxygen
        Set-point of all tanks with air, g/m³; negative where the plant's own hold.
    """

    inflow: tuple[float, ...]
    power: tuple[float, ...]
    running: tuple[float, ...]
    load: tuple[float, ...]
    oxygen: tuple[float, ...]

    @property
    def calm(self) -> bool:
        """True where nothing but the inflow is of its own."""
        ones = {*self.power, *self.running, *self.load} == {1.0}
        return ones and all(value < 0 for value in self.oxygen)


def usual(steps: int) -> Forcing:
    """Dry weather, nothing wrong."""
    ones, none = (1.0,) * steps, (-1.0,) * steps
    return Forcing(none, ones, ones, ones, none)


@dataclass(frozen=True)
class PlantRun:
    """A plant over a window, by model step.

    Parameters
    ----------
    days
        Length of a step, d.
    routed
        Where the inflow went.
    waters
        What came, shape (time, 21).
    amounts
        What the engine added up, shape (time, amount): see `AMOUNTS`.
    energy
        kWh by use, each of shape (time,).
    oxygen
        Mean oxygen of the tanks, g/m³, shape (time, 5).
    stored_nitrogen
        How much more nitrogen tanks and settler hold at the end, g.
    """

    days: float
    routed: Routed
    waters: FloatArray
    amounts: FloatArray
    energy: dict[str, FloatArray]
    oxygen: FloatArray
    stored_nitrogen: float

    def amount(self, name: str) -> FloatArray:
        """An amount of each step: m³, or g, shape (time,)."""
        return self.amounts[:, AMOUNTS.index(name)]

    @property
    def overflow(self) -> FloatArray:
        """Water past the biology, m³ a step, shape (time,)."""
        return self.routed.past[:, Q] * self.days

    @property
    def ammonia(self) -> FloatArray:
        """Ammonia nitrogen that leaves, water past the biology included, g a step."""
        return self.amount("ammonia") + self.overflow * self.routed.past[:, SNH]

    @property
    def nitrogen(self) -> FloatArray:
        """All nitrogen that leaves with water, water past the biology included, g a step."""
        return self.amount("nitrogen") + self.overflow * nitrogen(self.routed.past)

    def nitrogen_gap(self) -> float:
        """Share of the nitrogen through the biology that the balance misses.

        What went in, against effluent, waste sludge, nitrogen gas and what is stored.
        """
        into = float((self.routed.biology[:, Q] * nitrogen(self.routed.biology)).sum() * self.days)
        out = sum(float(self.amount(n).sum()) for n in ("nitrogen", "waste_nitrogen", "gas"))
        scale = max(into, out, abs(self.stored_nitrogen), 1e-9)
        return (into - out - self.stored_nitrogen) / scale


AMOUNTS = (
    *("outflow", "ammonia", "nitrogen", "cod", "bod5", "solids", "waste_nitrogen", "gas"),
    *("nitrate", "waste_solids", "waste_water"),
)
"""What the engine adds up, in its order (``MEAN_OUTFLOW`` and what follows it): m³ and g."""


def model_window(window: Window) -> Window:
    """The window in steps of the model: the longest that fit and are short enough."""
    parts = -(-window.step // LONGEST_STEP_S)
    while window.step % parts:
        parts += 1
    return Window(window.start, window.step // parts, window.steps * parts, window.date)


def simulate(plant: WastewaterPlant, fine: Window, forcing: Forcing) -> PlantRun:
    """A plant over a window in steps of the model.

    Parameters
    ----------
    plant, fine
        The plant, and the window from `model_window`.
    forcing
        What is done to it.

    Raises
    ------
    EngineError
        If the engine has no answer.
    """
    days = fine.step / DAY_S
    power, running = np.array(forcing.power), np.array(forcing.running)
    waters = diluted(dry_day(plant, fine.starts), np.array(forcing.inflow), np.array(forcing.load))
    taken = running * power if plant.inflow.pumped else running
    routed = route(plant.inflow, waters, taken, days)

    def solve() -> tuple[FloatArray, float]:
        state = start_state(plant, fine.start % DAY_S)
        amounts, end = _solve(plant, state, routed.biology, forcing, days)
        return amounts, _held(plant, end) - _held(plant, state)

    if forcing.calm and not routed.past[:, Q].any():
        amounts, stored = kept((plant, fine.start % DAY_S, fine.step, forcing), solve)
    else:
        amounts, stored = solve()
    return PlantRun(
        days,
        routed,
        waters,
        amounts[:, : len(AMOUNTS)],
        _energy(plant, amounts, routed, power * running, days),
        amounts[:, len(AMOUNTS) : len(AMOUNTS) + 5] / days,
        stored,
    )


@lru_cache(maxsize=64)
def start_state(plant: WastewaterPlant, second: int) -> FloatArray:
    """The state of a plant at a time of a dry day, after many dry days.

    Parameters
    ----------
    plant
        The plant.
    second
        Seconds since midnight.

    Raises
    ------
    EngineError
        If there is no steady state, or the days have no answer.
    """
    if second == 0:
        state, seconds = steady_state(plant), WARM_DAYS * DAY_S
    else:
        state, seconds = start_state(plant, 0), second
    steps = -(-seconds // LONGEST_STEP_S)
    length = seconds / steps
    waters = dry_day(plant, np.linspace(0, seconds, steps, endpoint=False))
    return _solve(plant, state, waters, usual(steps), length / DAY_S)[1]


@lru_cache(maxsize=64)
def steady_state(plant: WastewaterPlant) -> FloatArray:
    """The state that a plant comes to with the mean of a dry day for ever.

    Raises
    ------
    EngineError
        If none is found.
    """
    from .steady import first_guess, steady

    feed = mean_water(plant)
    found = steady(feed, _plan(plant), first_guess(feed))
    if found is None:
        raise EngineError(f"{plant.place.id}: no steady state is found")
    found.flags.writeable = False
    return found


def _plan(plant: WastewaterPlant, power: float = 1.0, oxygen: float = -1.0) -> FloatArray:
    """Flows, volumes and set-points as the engine takes them."""
    from . import engine_bsm2 as engine

    plan = np.zeros(engine.PLAN)
    air, sludge = plant.aeration, plant.sludge
    plan[engine.PLAN_RETURN] = sludge.return_m3_d * power
    plan[engine.PLAN_RECIRCULATION] = sludge.recirculation_m3_d * power
    plan[engine.PLAN_WASTE] = sludge.waste_m3_d * power
    plan[engine.PLAN_AREA] = plant.tanks.settler_area_m2
    plan[engine.PLAN_HEIGHT] = plant.tanks.settler_depth_m
    plan[engine.PLAN_POWER] = power
    aired = slice(2, engine.TANKS)

    def by_tank(first: int) -> FloatArray:
        return plan[first : first + engine.TANKS]

    by_tank(engine.PLAN_VOLUME)[:] = plant.tanks.volumes_m3
    by_tank(engine.PLAN_SET_POINT)[:] = -1.0
    by_tank(engine.PLAN_MOST)[aired] = air.greatest_transfer_per_d
    if oxygen >= 0:
        by_tank(engine.PLAN_SET_POINT)[aired] = oxygen
    elif air.oxygen_g_m3:
        by_tank(engine.PLAN_SET_POINT)[aired] = air.oxygen_g_m3
    else:
        by_tank(engine.PLAN_FIXED)[aired] = air.transfer_per_d
    return plan


def _solve(
    plant: WastewaterPlant, state: FloatArray, waters: FloatArray, forcing: Forcing, days: float
) -> tuple[FloatArray, FloatArray]:
    """Amounts of each step, and the state at the end."""
    from . import engine_bsm2 as engine

    amounts = np.zeros((len(waters), engine.MEANS))
    step = 1e-5
    plans: dict[tuple[float, float], FloatArray] = {}
    for number, water in enumerate(waters):
        key = (forcing.power[number] * forcing.running[number], forcing.oxygen[number])
        if key not in plans:
            plans[key] = _plan(plant, *key)
        state, amounts[number], step, done = engine.advance(
            state, water, plans[key], days, TOLERANCE, step
        )
        if done < 0:
            raise EngineError(f"{plant.place.id}: the activated sludge model gives no answer")
    state.flags.writeable = False
    return amounts, state


def _held(plant: WastewaterPlant, state: FloatArray) -> float:
    """Nitrogen in tanks and settler, g."""
    from . import engine_bsm2 as engine

    tanks = state[: engine.TANK_STATES].reshape(engine.TANKS, -1)
    total = float(nitrogen(tanks) @ np.array(plant.tanks.volumes_m3))
    layers = state[engine.TANK_STATES : engine.TANK_STATES + engine.SETTLER_STATES]
    settled = layers.reshape(engine.SETTLED, -1)
    layer = plant.tanks.settler_area_m2 * plant.tanks.settler_depth_m / engine.LAYERS
    kilogram = np.zeros(tanks.shape[1])
    kilogram[list(SOLIDS)] = state[engine.HELD - len(SOLIDS) : engine.HELD]
    total += layer * float((settled[3] + settled[4] + settled[5]).sum())
    return total + layer * float(settled[7].sum()) * float(nitrogen(kilogram)) / 1000


def _energy(
    plant: WastewaterPlant, amounts: FloatArray, routed: Routed, power: FloatArray, days: float
) -> dict[str, FloatArray]:
    """Electricity of each step by use, kWh.

    References
    ----------
    Alex et al. (2008), section 4.2: aeration, pumping and mixing energy.
    """
    volumes, sludge = np.array(plant.tanks.volumes_m3), plant.sludge
    transfer = amounts[:, len(AMOUNTS) + 5 : len(AMOUNTS) + 10]
    per_m3 = SATURATION_G_M3 / (plant.aeration.oxygen_kg_kwh * 1000)
    pumped = (
        sludge.return_m3_d * sludge.return_kwh_m3
        + sludge.recirculation_m3_d * sludge.recirculation_kwh_m3
        + sludge.waste_m3_d * sludge.waste_kwh_m3
    )
    mixed = ((transfer < MIXED_BELOW_PER_D * days) * volumes).sum(axis=1)
    lifted = routed.biology[:, Q] * days * plant.inflow.lift_kwh_m3
    return {
        "aeration": per_m3 * (transfer @ volumes),
        "pumping": pumped * days * power + lifted,
        "mixing": sludge.mixing_kw_m3 * 24 * days * mixed * power,
    }
