"""Observations as columns: what is written and what is read has one shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from kopa.errors import RangeError
from kopa.model import FloatArray, IntArray

EARLIEST = -62_135_596_800_000_000
"""0001-01-01 in µs since 1970."""
LATEST = 253_402_300_800_000_000
"""10000-01-01 in µs since 1970."""


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """A series: an attribute of an entity, and the data set where it has several."""

    entity: str
    attribute: str
    dataset: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Label:
    """What is said of a value beside the value.

    Parameters
    ----------
    unit
        UN/CEFACT code, as it came.
    quality
        A word such as ``good``, ``suspect``, ``bad``; empty where nobody judged.
    simulated
        True where no sensor measured it.
    """

    unit: str = ""
    quality: str = ""
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Observation:
    """One observation, for the places where there is only one.

    Parameters
    ----------
    key
        The series.
    at
        observedAt, µs since 1970 UTC.
    value
        A number, a text, or None where what came could not be interpreted.
    label
        Unit, quality, simulated.
    raw
        What came, where it could not be interpreted.
    """

    key: Key
    at: int
    value: float | str | None
    label: Label = Label()
    raw: str | None = None


@dataclass(frozen=True)
class Observations:
    """Observations of one tenant, one row each.

    A row is named by tenant, key and `at`. Written again, the later write replaces it; reading
    gives rows sorted by key and `at`.

    Parameters
    ----------
    tenant
        Whose they are.
    keys
        The series that occur.
    series
        Number of the row's series in `keys`, shape (row,).
    at
        observedAt, µs since 1970 UTC, shape (row,).
    value
        The number, NaN where the value is none, shape (row,).
    texts
        Row → text, for values that are texts.
    labels, label
        The labels that occur, and each row's number in them, shape (row,).
    raws
        Row → what came, where it could not be interpreted.

    Raises
    ------
    RangeError
        If a column has another length, a number points nowhere or is infinite, a time lies
        outside the years 1 to 9999, or a text holds U+0000.
    """

    tenant: str
    keys: tuple[Key, ...]
    series: IntArray
    at: IntArray
    value: FloatArray
    texts: Mapping[int, str] = field(default_factory=dict)
    labels: tuple[Label, ...] = (Label(),)
    label: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    raws: Mapping[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n = len(self.at)
        if len(self.label) == 0:
            object.__setattr__(self, "label", np.zeros(n, dtype=np.int64))
        if not len(self.series) == len(self.value) == len(self.label) == n:
            raise RangeError("the columns of observations differ in length")
        if n == 0:
            return
        for column, limit in ((self.series, len(self.keys)), (self.label, len(self.labels))):
            if column.min() < 0 or column.max() >= limit:
                raise RangeError("an observation names a series or label that is not there")
        if self.at.min() < EARLIEST or self.at.max() >= LATEST:
            raise RangeError("observedAt must lie in the years 1 to 9999, in µs since 1970")
        if np.isinf(self.value).any():
            raise RangeError("an observation is infinite: keep what came as raw")
        words = [text for key in self.keys for text in (key.entity, key.attribute, key.dataset)]
        words += [word for label in self.labels for word in (label.unit, label.quality)]
        check_texts([self.tenant, *words, *self.texts.values(), *self.raws.values()])

    def __len__(self) -> int:
        return len(self.at)

    @classmethod
    def of(cls, tenant: str, rows: Iterable[Observation]) -> Observations:
        """Columns of single observations."""
        rows = list(rows)
        keys: dict[Key, int] = {}
        labels: dict[Label, int] = {}
        series = [keys.setdefault(row.key, len(keys)) for row in rows]
        label = [labels.setdefault(row.label, len(labels)) for row in rows]
        numbers = [row.value if isinstance(row.value, float | int) else np.nan for row in rows]
        return cls(
            tenant,
            tuple(keys),
            np.array(series, dtype=np.int64),
            np.array([row.at for row in rows], dtype=np.int64),
            np.array(numbers, dtype=np.float64),
            {i: row.value for i, row in enumerate(rows) if isinstance(row.value, str)},
            tuple(labels) or (Label(),),
            np.array(label, dtype=np.int64),
            {i: row.raw for i, row in enumerate(rows) if row.raw is not None},
        )

    def rows(self) -> list[Observation]:
        """The rows, one object each."""
        columns = zip(
            self.series.tolist(),
            self.at.tolist(),
            self.value.tolist(),
            self.label.tolist(),
            strict=True,
        )
        return [
            Observation(
                self.keys[series],
                at,
                self.texts.get(row, None if value != value else value),
                self.labels[label],
                self.raws.get(row),
            )
            for row, (series, at, value, label) in enumerate(columns)
        ]

    def take(self, rows: IntArray) -> Observations:
        """Some of the rows, in the order given."""
        chosen = rows.tolist()
        return Observations(
            self.tenant,
            self.keys,
            self.series[rows],
            self.at[rows],
            self.value[rows],
            _sparse(self.texts, chosen),
            self.labels,
            self.label[rows],
            _sparse(self.raws, chosen),
        )

    def distinct(self) -> Observations:
        """Every (series, at) once, as written last, sorted by them."""
        order = np.lexsort((self.at, self.series))  # stable: equal ones stay in their order
        series, at = self.series[order], self.at[order]
        last = np.ones(len(order), dtype=bool)
        last[:-1] = (series[1:] != series[:-1]) | (at[1:] != at[:-1])
        return self.take(order[last])


def _sparse(texts: Mapping[int, str], rows: Sequence[int]) -> dict[int, str]:
    if not texts:
        return {}
    return {new: texts[old] for new, old in enumerate(rows) if old in texts}


def check_texts(texts: Iterable[str]) -> None:
    """Refuse what one of the stores cannot keep.

    Raises
    ------
    RangeError
        If a text holds U+0000 or half of a surrogate pair.
    """
    joined = "".join(texts)
    if "\0" in joined:
        raise RangeError("a text holds the character U+0000, which cannot be kept")
    if not joined.isascii():
        try:
            joined.encode()
        except UnicodeEncodeError:
            raise RangeError("a text holds half of a surrogate pair (U+D800 to U+DFFF)") from None
