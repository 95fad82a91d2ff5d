"""Links, compiled against the ports of the domains: what arrives where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kopa.domain import Domain
from kopa.errors import UsageError
from kopa.model import BoolArray, FloatArray, IntArray, Link, Port, PortSeries, Window
from kopa.model.links import buffered, combine, delayed

Outputs = Mapping[str, PortSeries]
"""Series at the out-ports of every domain."""


@dataclass(frozen=True)
class _Group:
    """Targets of one port that have the same rule and equally many sources."""

    port: Port
    rule: str
    k: int
    columns: IntArray  # of the port, shape (target,)
    rows: IntArray  # of the inlet, shape (target, source)


@dataclass(frozen=True)
class Inlet:
    """All links into one domain, a row each.

    Parameters
    ----------
    domain
        The domain that is fed.
    links
        Numbers of the links, shape (row,).
    sources
        Out-port that rows take from, ``(domain, port)``, with the rows and the columns.
    """

    domain: str
    links: IntArray
    sources: tuple[tuple[str, str, IntArray, IntArray], ...]
    neutral: FloatArray
    threshold: FloatArray
    buffer_h: FloatArray
    delay_h: FloatArray
    curves: tuple[tuple[IntArray, FloatArray, FloatArray], ...]
    groups: tuple[_Group, ...]

    def gather(self, outputs: Outputs, window: Window) -> FloatArray:
        """What each row brings: threshold, curve, delay and buffer applied.

        Returns
        -------
        FloatArray
            Shape (step, row).
        """
        values = np.empty((window.steps, len(self.links)))
        for domain, port, rows, columns in self.sources:
            values[:, rows] = outputs[domain][port][:, columns]
        limited = ~np.isnan(self.threshold)
        if limited.any():
            values[:, limited] = values[:, limited] >= self.threshold[limited]
        for rows, x, y in self.curves:
            values[:, rows] = np.interp(values[:, rows], x, y)
        for row in np.flatnonzero(self.delay_h > 0).tolist():
            steps = self.delay_h[row] / window.hours_per_step
            values[:, [row]] = delayed(values[:, [row]], steps, self.neutral[row])
        kept = self.buffer_h > 0
        if kept.any():
            values[:, kept] = buffered(
                values[:, kept], self.neutral[kept], self.buffer_h[kept], window.hours_per_step
            )
        return values

    def combine(self, values: FloatArray, inputs: Mapping[str, FloatArray]) -> PortSeries:
        """Series at the in-ports, from what the rows bring.

        Parameters
        ----------
        values
            From `gather`.
        inputs
            Neutral series, which are overwritten where something is linked.
        """
        for group in self.groups:
            cap = group.port.neutral if group.port.quantity == "share" else None
            inputs[group.port.name][:, group.columns] = combine(
                group.rule,  # type: ignore[arg-type]  # a group's rule comes from a Link
                values[:, group.rows],
                group.k,
                cap,
            )
        return inputs


class Wiring:
    """All links of a city.

    Parameters
    ----------
    domains
        The domains by name.
    links
        The links; rows of one target share their rule.

    Raises
    ------
    UsageError
        If a link names a domain, port or asset that is not there.
    """

    def __init__(self, domains: Mapping[str, Domain], links: Sequence[Link]) -> None:
        self.domains, self.links = domains, tuple(links)
        self.ports = {name: domain.ports() for name, domain in domains.items()}
        self._assets = {name: domain.assets() for name, domain in domains.items()}
        self._port: dict[tuple[str, str, str], Port] = {
            (name, port.direction, port.name): port
            for name, ports in self.ports.items()
            for port in ports
        }
        self.ends = [(self._end(link, "out"), self._end(link, "in")) for link in self.links]
        by_domain: dict[str, list[int]] = defaultdict(list)
        for number, link in enumerate(self.links):
            by_domain[link.target.domain].append(number)
        self.inlets = {name: self._inlet(name, numbers) for name, numbers in by_domain.items()}

    @cached_property
    def feeds(self) -> set[tuple[str, str]]:
        """Pairs of domains of which the first supplies the second."""
        return {(link.source.domain, link.target.domain) for link in self.links}

    @cached_property
    def _fed(self) -> dict[tuple[str, str, int], list[tuple[str, str, int]]]:
        found: dict[tuple[str, str, int], list[tuple[str, str, int]]] = defaultdict(list)
        for link, ((out, _, row), (into, column, _)) in zip(self.links, self.ends, strict=True):
            key = (link.source.domain, out.name, row)
            found[key].append((link.target.domain, into.name, column))
        return found

    def fed_by(self, domain: str, port: str, row: int) -> Sequence[tuple[str, str, int]]:
        """Domain, in-port and column of all that an asset's out-port feeds."""
        return self._fed.get((domain, port, row), ())

    def in_ports(self, domain: str) -> dict[str, Port]:
        """What a domain needs, by name."""
        return {port.name: port for port in self.ports[domain] if port.direction == "in"}

    def neutral_inputs(self, domain: str, window: Window) -> dict[str, FloatArray]:
        """Inputs of a domain that nothing supplies."""
        return {name: p.neutral_series(window) for name, p in self.in_ports(domain).items()}

    def neutral_outputs(self, domain: str, window: Window) -> PortSeries:
        """Outputs that a domain would give if all were well."""
        ports = self.ports[domain]
        return {p.name: p.neutral_series(window) for p in ports if p.direction == "out"}

    def _end(self, link: Link, direction: str) -> tuple[Port, int, int]:
        end = link.source if direction == "out" else link.target
        assets = self._assets.get(end.domain)
        if assets is None:
            raise UsageError(f"link {link}: there is no domain '{end.domain}'", "link.domain")
        port = self._port.get((end.domain, direction, end.port))
        if port is None:
            names = [p.name for p in self.ports[end.domain] if p.direction == direction]
            word = "offers" if direction == "out" else "needs"
            raise UsageError(
                f"link {link}: {end.domain} {word} no '{end.port}', only "
                f"{', '.join(names) or 'nothing'}",
                "link.port",
            )
        row = assets.find(end.asset)
        column = port.column.get(row)
        if column is None:
            kind = assets.kinds[row]
            raise UsageError(f"link {link}: a {kind} has no port '{end.port}'", "link.port")
        return port, column, row

    def _inlet(self, name: str, numbers: Sequence[int]) -> Inlet:
        links = [self.links[number] for number in numbers]
        sources: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
        targets: dict[tuple[str, int], list[int]] = defaultdict(list)
        for row, (number, link) in enumerate(zip(numbers, links, strict=True)):
            (out, out_column, _), (into, in_column, _) = self.ends[number]
            sources[link.source.domain, out.name].append((row, out_column))
            targets[into.name, in_column].append(row)
        shapes: dict[tuple[str, str, int, int], list[tuple[int, list[int]]]] = defaultdict(list)
        for (port, column), rows in targets.items():
            first = links[rows[0]]
            shapes[port, first.rule, first.k, len(rows)].append((column, rows))
        curves: dict[tuple[tuple[float, float], ...], list[int]] = defaultdict(list)
        for row, link in enumerate(links):
            if link.rule == "curve":
                curves[link.curve].append(row)
        ports = self.in_ports(name)
        return Inlet(
            domain=name,
            links=np.array(numbers),
            sources=tuple(
                (domain, port, *np.array(pairs, dtype=np.int64).T)
                for (domain, port), pairs in sources.items()
            ),
            neutral=np.array([self.ends[number][1][0].neutral for number in numbers]),
            threshold=np.array(
                [np.nan if link.threshold is None else link.threshold for link in links]
            ),
            buffer_h=np.array([link.buffer_h for link in links]),
            delay_h=np.array([link.delay_h for link in links]),
            curves=tuple(
                (np.array(rows), *np.array(curve, dtype=np.float64).T)
                for curve, rows in curves.items()
            ),
            groups=tuple(
                _Group(
                    ports[port],
                    rule,
                    k,
                    np.array([column for column, _ in members]),
                    np.array([rows for _, rows in members]),
                )
                for (port, rule, k, _), members in shapes.items()
            ),
        )


def moved(values: FloatArray, usual: FloatArray) -> BoolArray:
    """Rows that differ from the baseline at any step, shape (row,)."""
    return np.asarray((values != usual).any(axis=0))
