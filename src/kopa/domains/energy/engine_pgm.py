"""Power flows by power-grid-model, many states of one grid in one batch.

A single import of the library costs more than a radial outage, so it waits for the first
power flow.

References
----------
Xiang et al., Power Grid Model: a high-performance distribution grid calculation library,
CIRED 2023. The component ``generic_branch`` takes the same pi circuit as pandapower.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from kopa.domains.energy.network import Network
from kopa.domains.energy.topology import State, Topology
from kopa.errors import EngineError
from kopa.model import BoolArray, FloatArray, IntArray

STIFF_VA = 1e20
"""Short-circuit power of a source: so high that it holds its voltage, as a slack bus does."""

TOLERANCE = 1e-9
"""Greatest step of the last iteration, p.u."""

MOST_ITERATIONS = 40
PARTS = (0, 1, 2)
"""Constant power, impedance and current, by the library's own numbers."""

Positions = tuple[tuple[int, bool], ...]
"""Ideal switches between buses that differ from the file: edge, and whether it carries."""


@dataclass(frozen=True)
class Flows:
    """Power flows of some states.

    Parameters
    ----------
    converged
        False where there is no answer: then the state's numbers are NaN, shape (state,).
    volts, angle
        Voltage, p.u. and rad, 0 where de-energised, shape (state, bus).
    begin_mw, end_mw, begin_ka, end_ka, begin_mva, end_mva
        Power into the edge and current at both ends, shape (state, edge).
    source_mw
        Power of each source, shape (state, source).
    used_mw, fed_mw
        What all units draw, and what all generators feed in, shape (state,).
    """

    converged: BoolArray
    volts: FloatArray
    angle: FloatArray
    begin_mw: FloatArray
    end_mw: FloatArray
    begin_ka: FloatArray
    end_ka: FloatArray
    begin_mva: FloatArray
    end_mva: FloatArray
    source_mw: FloatArray
    used_mw: FloatArray
    fed_mw: FloatArray

    @property
    def losses_mw(self) -> FloatArray:
        """Losses of each edge, shape (state, edge)."""
        return self.begin_mw + self.end_mw


def chosen(parts: Sequence[Flows], rows: Sequence[int]) -> Flows:
    """Rows of several flows, counted through all of them."""
    return Flows(
        **{
            field.name: np.concatenate([getattr(part, field.name) for part in parts])[list(rows)]
            for field in fields(Flows)
        }
    )


class PowerFlow:
    """Power flows of one grid.

    Closed switches between buses are no branches of the library: their buses are one node,
    so nothing is lost to a small impedance. Each set of their positions has its own model.

    Parameters
    ----------
    network
        The grid.
    topology
        Its graph.
    """

    def __init__(self, network: Network, topology: Topology) -> None:
        self._network = network
        self._ends = np.array(topology.ends, dtype=bool).reshape(-1, 2)
        circuit = network.edges.circuit
        self._ideal = (circuit.r == 0) & (circuit.x == 0)
        self._groups = _Groups(network)
        self._base: _Model | None = None

    def solve(self, states: Sequence[State], threads: int = 0) -> Flows:
        """Power flows of some states, as many as possible in one batch.

        Parameters
        ----------
        states
            The states.
        threads
            Threads of a batch; 0 takes one for every core.

        Raises
        ------
        EngineError
            If the engine gives no answer at all.
        """
        batches: dict[Positions, list[int]] = {}
        for row, state in enumerate(states):
            batches.setdefault(self._positions(state), []).append(row)
        parts = [
            self._model(positions).solve([states[row] for row in rows], threads)
            for positions, rows in batches.items()
        ]
        order = np.argsort([row for rows in batches.values() for row in rows])
        return chosen(parts, order.tolist())

    def scaled(self, factors: FloatArray, threads: int = 0) -> Flows:
        """Power flows of the grid as the file has it, with other powers of its units.

        Parameters
        ----------
        factors
            Factor of each unit's power, shape (state, unit).
        threads
            As for `solve`.

        Raises
        ------
        EngineError
            If the engine gives no answer at all.
        """
        return self._model(()).scaled(factors, threads)

    def _positions(self, state: State) -> Positions:
        return tuple((edge, b and e) for edge, b, e in state.edges if self._ideal[edge])

    def _model(self, positions: Positions) -> _Model:
        if positions:
            return self._new(positions)
        if self._base is None:
            self._base = self._new(())
        return self._base

    def _new(self, positions: Positions) -> _Model:
        edges = self._network.edges
        carries = self._ideal & self._ends.all(axis=1)
        for edge, carried in positions:
            carries[edge] = carried
        pairs = zip(edges.begin[carries].tolist(), edges.end[carries].tolist(), strict=True)
        node_of = _joined(self._network.buses, pairs)
        # a branch that a closed switch bypasses has both ends at one node and carries nothing
        members = ~self._ideal & (node_of[edges.begin] != node_of[edges.end])
        return _Model(self._network, self._ends, self._groups, node_of, np.nonzero(members)[0])


def _joined(buses: int, pairs: Iterable[tuple[int, int]]) -> IntArray:
    """Node of each bus where pairs of buses are one, shape (bus,)."""
    root = list(range(buses))

    def top(bus: int) -> int:
        while root[bus] != bus:
            root[bus] = root[root[bus]]
            bus = root[bus]
        return bus

    for one, other in pairs:
        a, b = sorted((top(one), top(other)))
        root[b] = a
    return np.array([top(bus) for bus in range(buses)], dtype=np.int64)


class _Groups:
    """Units gathered by bus, part and direction: the library need not see each of them."""

    def __init__(self, network: Network) -> None:
        units = self._units = network.units
        used = ((units.p != 0) | (units.q != 0)) & units.in_service[:, None]
        key = (units.bus[:, None] * len(PARTS) + np.array(PARTS)) * 2 + units.feeds[:, None]
        groups, place = np.unique(key[used], return_inverse=True)
        self.of = np.full(used.shape, -1)
        self.of[used] = place
        self.bus, self.part, self.feeds = groups // 6, groups // 2 % 3, groups % 2 == 1
        self.p = np.bincount(place, units.p[used], len(groups))
        self.q = np.bincount(place, units.q[used], len(groups))
        self._used, self._place = used, place

    def scaled(self, factors: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Power of each group with factors of the units, MW and Mvar, shape (state, group)."""
        from scipy.sparse import csr_array

        unit, shape = np.nonzero(self._used)[0], (len(self._used), len(self.bus))
        p, q = (
            csr_array((power[self._used], (unit, self._place)), shape)
            for power in (self._units.p, self._units.q)
        )
        return factors @ p, factors @ q

    def moved(self, state: State) -> list[tuple[int, float, float]]:
        """Groups whose power differs from the file's, with their power, MW and Mvar."""
        share = dict(state.factors)
        share.update(dict.fromkeys(state.units_out, 0.0))
        power: dict[int, tuple[float, float]] = {}
        for unit, factor in sorted(share.items()):
            for part, group in enumerate(self.of[unit].tolist()):
                if group >= 0:
                    p, q = power.get(group, (self.p[group], self.q[group]))
                    p += (factor - 1) * self._units.p[unit, part]
                    power[group] = p, q + (factor - 1) * self._units.q[unit, part]
        return [(group, *pq) for group, pq in sorted(power.items())]


class _Model:
    """A grid with given positions of the switches between buses, as the library has it.

    Parameters
    ----------
    network
        The grid.
    ends
        Whether beginning and end of each edge are connected in the file, shape (edge, 2).
    groups
        The units.
    node_of
        Node of each bus, shape (bus,).
    members
        The edges that are branches.
    """

    def __init__(
        self,
        network: Network,
        ends: BoolArray,
        groups: _Groups,
        node_of: IntArray,
        members: IntArray,
    ) -> None:
        self._network, self._groups = network, groups
        self._node_of, self._members = node_of, members
        self._edge_id = network.buses
        self._source_id = self._edge_id + len(network.edges.rows)
        self._group_id = self._source_id + len(network.sources.rows)
        self._is_member = np.zeros(len(network.edges.rows), dtype=bool)
        self._is_member[members] = True
        self._core = self._build(ends[members])

    def _build(self, ends: BoolArray) -> Any:
        from power_grid_model import PowerGridModel, initialize_array

        network, groups = self._network, self._groups
        sources, circuit = network.sources, network.edges.circuit
        nodes = np.unique(self._node_of)
        node = initialize_array("input", "node", len(nodes))
        node["id"], node["u_rated"] = nodes, network.bus_kv[nodes] * 1e3
        source = initialize_array("input", "source", len(sources.rows))
        source["id"] = self._source_id + np.arange(len(sources.rows))
        source["node"], source["status"] = self._node_of[sources.bus], sources.in_service
        source["u_ref"], source["u_ref_angle"] = sources.volts, sources.angle
        source["sk"] = STIFF_VA
        branch = initialize_array("input", "generic_branch", len(self._members))
        branch["id"] = self._edge_id + self._members
        branch["from_node"] = self._node_of[network.edges.begin[self._members]]
        branch["to_node"] = self._node_of[network.edges.end[self._members]]
        branch["from_status"], branch["to_status"] = ends[:, 0], ends[:, 1]
        for theirs, ours in (("r1", "r"), ("x1", "x"), ("g1", "g"), ("b1", "b")):
            branch[theirs] = getattr(circuit, ours)[self._members]
        branch["k"], branch["theta"] = circuit.k[self._members], circuit.theta[self._members]
        load = initialize_array("input", "sym_load", len(groups.bus))
        load["id"] = self._group_id + np.arange(len(load))
        load["node"], load["status"], load["type"] = self._node_of[groups.bus], 1, groups.part
        load["p_specified"], load["q_specified"] = groups.p * 1e6, groups.q * 1e6
        tables = {"node": node, "source": source, "generic_branch": branch, "sym_load": load}
        return PowerGridModel(tables, system_frequency=network.frequency)

    def solve(self, states: Sequence[State], threads: int) -> Flows:
        """Power flows of some states; see `PowerFlow.solve`."""
        return self._calculated(self._updates(states), len(states), threads)

    def scaled(self, factors: FloatArray, threads: int) -> Flows:
        """Power flows with other powers; see `PowerFlow.scaled`."""
        from power_grid_model import initialize_array

        p, q = self._groups.scaled(factors)
        load = initialize_array("update", "sym_load", p.shape)
        load["id"] = self._group_id + np.arange(p.shape[1])
        load["p_specified"], load["q_specified"] = p * 1e6, q * 1e6
        return self._calculated({"sym_load": load}, len(factors), threads)

    def _calculated(self, updates: dict[str, Any], states: int, threads: int) -> Flows:
        from power_grid_model.errors import PowerGridError  # type: ignore[attr-defined]  # not in its stubs

        branch = ["p_from", "p_to", "i_from", "i_to", "s_from", "s_to"]
        wanted = {"node": ["u_pu", "u_angle"], "source": ["p"], "generic_branch": branch}
        try:
            answer = self._core.calculate_power_flow(
                update_data=updates,
                error_tolerance=TOLERANCE,
                max_iterations=MOST_ITERATIONS,
                threading=threads if states > 1 else -1,
                output_component_types={**wanted, "sym_load": ["p"]},
                continue_on_batch_error=True,
            )
        except PowerGridError as error:
            raise EngineError(f"power-grid-model: {error}") from None
        errors = self._core.batch_error
        return self._flows(answer, states, [] if errors is None else errors.failed_scenarios)

    def _updates(self, states: Sequence[State]) -> dict[str, Any]:
        """Sparse updates: only what differs from the file, state by state."""
        member = self._is_member
        edges = [
            [(self._edge_id + e, b, t) for e, b, t in state.edges if member[e]] for state in states
        ]
        powers = [
            [(self._group_id + g, p * 1e6, q * 1e6) for g, p, q in self._groups.moved(state)]
            for state in states
        ]
        sources = [[(self._source_id + s, 0) for s in state.sources_out] for state in states]
        return {
            "generic_branch": _sparse("generic_branch", ("id", "from_status", "to_status"), edges),
            "sym_load": _sparse("sym_load", ("id", "p_specified", "q_specified"), powers),
            "source": _sparse("source", ("id", "status"), sources),
        }

    def _flows(self, answer: Any, states: int, failed: Iterable[int]) -> Flows:
        def told(table: str, name: str) -> FloatArray:
            # what the grid has none of has no table in the answer
            none = np.zeros((states, 0))
            return np.asarray(answer[table][name]) if table in answer else none

        edge = {}
        for name, unit in (("p", 1e6), ("i", 1e3), ("s", 1e6)):
            for end in ("from", "to"):
                whole = np.zeros((states, len(self._is_member)))
                whole[:, self._members] = told("generic_branch", f"{name}_{end}") / unit
                edge[f"{name}_{end}"] = whole
        node = np.searchsorted(np.unique(self._node_of), self._node_of)
        power, feeds = told("sym_load", "p") / 1e6, self._groups.feeds
        converged = np.ones(states, dtype=bool)
        converged[list(failed)] = False
        converged &= np.isfinite(answer["node"]["u_pu"]).all(axis=1)
        numbers = {
            "volts": np.array(answer["node"]["u_pu"][:, node]),
            "angle": np.array(answer["node"]["u_angle"][:, node]),
            "begin_mw": edge["p_from"],
            "end_mw": edge["p_to"],
            "begin_ka": edge["i_from"],
            "end_ka": edge["i_to"],
            "begin_mva": edge["s_from"],
            "end_mva": edge["s_to"],
            "source_mw": np.array(answer["source"]["p"] / 1e6),
            "used_mw": power[:, ~feeds].sum(axis=1),
            "fed_mw": -power[:, feeds].sum(axis=1),
        }
        for values in numbers.values():
            values[~converged] = np.nan
        return Flows(converged=converged, **numbers)


def _sparse(component: str, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """One component's updates, state after state."""
    from power_grid_model import initialize_array

    data = [row for part in rows for row in part]
    table = initialize_array("update", component, len(data))
    for name, column in zip(names, zip(*data, strict=True), strict=False):
        table[name] = column
    starts = np.cumsum([0, *(len(part) for part in rows)], dtype=np.int64)
    return {"indptr": starts, "data": table}
