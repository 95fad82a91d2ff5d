"""Schools, kindergartens and their groups, in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kopa.model import Assets, BoolArray, FloatArray, IntArray

PACKAGE = "kopa.domains.education"
SCHOOL_KINDS = ("kindergarten", "school")
STORED = ("electricity", "water", "heat")
"""What a school needs and may have a store of; the rooms themselves store heat."""


@dataclass(frozen=True)
class Schools:
    """Schools and kindergartens; each of shape (school,).

    Parameters
    ----------
    ids, kinds, names, zones
        What each is.
    x, y
        In the city's CRS, m.
    staff, floor_area
        People who work there and area of all floors, m²; NaN where unknown.
    opens, closes
        Hours of the day.
    stores_h
        By service: hours that its own store lasts.
    closed
        True where the file says that it takes nobody.
    """

    ids: tuple[str, ...]
    kinds: tuple[str, ...]
    names: tuple[str, ...]
    zones: tuple[str, ...]
    x: FloatArray
    y: FloatArray
    staff: FloatArray
    floor_area: FloatArray
    opens: FloatArray
    closes: FloatArray
    stores_h: Mapping[str, FloatArray]
    closed: BoolArray

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Groups:
    """Age groups and grades of schools; each of shape (group,).

    Parameters
    ----------
    school
        Row of the school.
    names
        Age group or grade.
    age_from, age_to
        Ages of its pupils, years.
    places, pupils
        Children whom it can take, and who are there.
    """

    school: IntArray
    names: tuple[str, ...]
    age_from: FloatArray
    age_to: FloatArray
    places: FloatArray
    pupils: FloatArray

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True)
class Network:
    """The schools of a city.

    Parameters
    ----------
    schools, groups
        What there is.
    care_age
        Children younger than this are not left alone, years.
    crs
        CRS of the schools; empty where the files do not say it.
    """

    schools: Schools
    groups: Groups
    care_age: float
    crs: str = ""

    def of_school(self, values: FloatArray) -> FloatArray:
        """Sum over the groups of each school, shape (school,).

        Parameters
        ----------
        values
            Shape (group,).
        """
        return np.bincount(self.groups.school, values, len(self.schools)).astype(np.float64)

    @cached_property
    def pupils(self) -> FloatArray:
        """Pupils of each school, shape (school,)."""
        return self.of_school(self.groups.pupils)

    @cached_property
    def minded(self) -> FloatArray:
        """Pupils of each school who must not be alone, shape (school,).

        Ages within a group are taken to be spread evenly over whole years.
        """
        groups = self.groups
        years = groups.age_to - groups.age_from + 1
        young = np.clip(self.care_age - groups.age_from, 0, years)
        return self.of_school(groups.pupils * young / years)

    @cached_property
    def assets(self) -> Assets:
        """One asset a school; its people are its pupils."""
        schools = self.schools
        return Assets(
            domain="education",
            ids=schools.ids,
            kinds=schools.kinds,
            names=schools.names,
            x=schools.x,
            y=schools.y,
            people=self.pupils,
            zones=schools.zones,
        )
