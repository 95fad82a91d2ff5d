"""Where values stand in a Modbus device, and which of them are asked for together.

``holding:40001:float32`` is the register that data sheets call 40001, of a float in two registers.

References
----------
MODBUS Application Protocol Specification V1.1b3, 4.3 and 6.1 to 6.4.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, get_args

from kopa.ingest.sources.writable import truth, whole

Table = Literal["coil", "discrete", "input", "holding"]
TABLES: tuple[Table, ...] = get_args(Table)
_FIRST = {"coil": 0, "discrete": 1, "input": 3, "holding": 4}
"""The digit that data sheets put before the number of a register."""
_FORMATS = {
    "int16": ">h", "uint16": ">H", "int32": ">i", "uint32": ">I", "int64": ">q",
    "uint64": ">Q", "float32": ">f", "float64": ">d",
}  # fmt: skip
_BITS = tuple(f"bit{n}" for n in range(16))
MOST_BITS = 2000
"""Coils that one request may ask for."""
_HELP = (
    "Write table:number:type, such as holding:40001:float32, input:30005:int16, coil:1, "
    "discrete:10001, or holding:@0:uint16 where the data sheet counts from 0."
)


@dataclass(frozen=True, slots=True)
class Register:
    """Where a value stands.

    Parameters
    ----------
    path
        As it was written.
    table
        The table it is in.
    address
        Its first register or bit, counted from 0 as on the wire.
    type
        How its registers are read; empty for a coil or discrete input.
    swapped
        True where the low word comes first.
    """

    path: str
    table: Table
    address: int
    type: str = ""
    swapped: bool = False

    @property
    def count(self) -> int:
        """Registers, or bits, that it takes."""
        return struct.calcsize(_FORMATS[self.type]) // 2 if self.type in _FORMATS else 1

    @property
    def end(self) -> int:
        """The first address after it."""
        return self.address + self.count

    def value(self, words: Sequence[int]) -> float:
        """The value that its registers, or its bit, hold."""
        if not self.type:
            return bool(words[0])
        if self.type in _BITS:
            return bool(words[0] >> _BITS.index(self.type) & 1)
        ordered = reversed(words) if self.swapped else words
        raw = struct.pack(f">{len(words)}H", *ordered)
        number: float = struct.unpack(_FORMATS[self.type], raw)[0]
        return number

    def words(self, value: float) -> list[int]:
        """The registers, or the bit, that hold a value: what `value` reads back.

        Raises
        ------
        ValueError
            If it cannot be written there, or the type does not hold it.
        """
        if self.table in ("discrete", "input"):
            raise ValueError(f"a register of the table {self.table} is only read")
        if self.type in _BITS:
            raise ValueError("one bit of a register is not written: others would change with it")
        if not self.type:
            return [int(truth(value))]
        number = value if self.type.startswith("float") else whole(value)
        try:
            raw = struct.pack(_FORMATS[self.type], number)
        except (struct.error, OverflowError):
            raise ValueError(f"{value:g} is no {self.type}") from None
        found = list(struct.unpack(f">{len(raw) // 2}H", raw))
        return found[::-1] if self.swapped else found


@dataclass(frozen=True, slots=True)
class Block:
    """Registers of one table that one request asks for, sorted by address."""

    registers: tuple[Register, ...]

    @property
    def table(self) -> Table:
        """Their table."""
        return self.registers[0].table

    @property
    def start(self) -> int:
        """Address of the first."""
        return self.registers[0].address

    @property
    def count(self) -> int:
        """How many are asked for, those between them included."""
        return max(register.end for register in self.registers) - self.start

    def halves(self) -> tuple[Block, Block]:
        """Two blocks in its place, parted where the widest gap is, else in the middle."""
        row = self.registers
        middle = len(row) / 2

        def gap(place: int) -> tuple[int, float]:
            return row[place].address - row[place - 1].end, -abs(place - middle)

        place = max(range(1, len(row)), key=gap)
        return Block(row[:place]), Block(row[place:])


def register_of(path: str) -> Register:
    """The register that a path names.

    Raises
    ------
    ValueError
        If it names none; the message says what to write.
    """
    table, _, rest = path.partition(":")
    number, _, form = rest.partition(":")
    kind, _, order = form.partition(":")
    if table not in TABLES:
        raise ValueError(f"'{table}' is no table of registers. {_HELP}")
    address = _address(table, number)
    if table in ("coil", "discrete"):
        if form:
            raise ValueError(f"a {table} is one bit and has no type. {_HELP}")
        return Register(path, table, address)
    kind = kind or "uint16"
    if kind not in (*_FORMATS, *_BITS):
        raise ValueError(f"'{kind}' is no type. Use {', '.join(_FORMATS)} or bit0 to bit15.")
    if order not in ("", "swapped"):
        raise ValueError(f"'{order}' is no order of words. Leave it out, or write swapped.")
    found = Register(path, table, address, kind, order == "swapped")
    if found.end > 0x10000:
        raise ValueError("it goes beyond the last register, 65536. Check number and type.")
    return found


def _address(table: Table, number: str) -> int:
    """Address on the wire of a number as data sheets print it, or of ``@`` and an address."""
    try:
        address = int(number[1:], 0) if number.startswith("@") else _counted(table, number)
    except ValueError:
        address = -1
    if not 0 <= address < 0x10000:
        raise ValueError(f"'{number}' is no number of a {table} register. {_HELP}")
    return address


def _counted(table: Table, number: str) -> int:
    """40001 and 400001 are the first holding register, 1 and 00001 the first coil."""
    if not (number.isascii() and number.isdigit()):
        raise ValueError
    first = _FIRST[table]
    if table == "coil":
        return int(number) - 1
    if len(number) not in (5, 6) or int(number[0]) != first:
        raise ValueError
    return int(number[1:]) - 1


def blocks(registers: Iterable[Register], gap: int, most: int) -> Iterator[Block]:
    """Registers in as few requests as may be.

    Parameters
    ----------
    registers
        What is wanted.
    gap
        So many registers that nobody wants may lie between two that are asked for together.
    most
        Registers that one request may ask for.
    """
    order = sorted(registers, key=lambda one: (TABLES.index(one.table), one.address, one.count))
    for table, found in groupby(order, key=lambda one: one.table):
        limit = MOST_BITS if table in ("coil", "discrete") else most
        waiting: list[Register] = []
        end = 0
        for one in found:
            reach = max(end, one.end)
            if waiting and (one.address - end > gap or reach - waiting[0].address > limit):
                yield Block(tuple(waiting))
                waiting, reach = [], one.end
            waiting.append(one)
            end = reach
        yield Block(tuple(waiting))
