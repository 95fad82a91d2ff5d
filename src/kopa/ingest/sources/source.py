"""What a source is, and what asking it gives."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

from kopa.errors import EngineError
from kopa.ingest.sources.writable import Writable

T_co = TypeVar("T_co", covariant=True)
Quality = Literal["good", "suspect", "bad"]


@dataclass(frozen=True)
class Source:
    """Something that is asked at intervals; a table of ``sources.toml``.

    Parameters
    ----------
    device
        Its name, as `devices.csv` has it, in small letters.
    kind
        Its protocol: a name of `kinds.KINDS`.
    address
        Where it is: host and port, or a URL.
    every_s
        Seconds from the beginning of a round to the next.
    timeout_s
        Seconds that a round may take.
    folder
        Where the file stands that names it; other files are named from there.
    settings
        What else its protocol wants to know, by name; secrets are in it, so it is never shown.
    writable
        What may be written, by path; nothing else ever is.
    """

    device: str
    kind: str
    address: str
    every_s: float = 10.0
    timeout_s: float = 10.0
    folder: Path = Path()
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    writable: Mapping[str, Writable] = field(default_factory=dict)

    def host_and_port(self, port: int) -> tuple[str, int]:
        """The two parts of an address such as ``10.0.0.7:502``; `port` where it has none."""
        host, colon, number = self.address.rpartition(":")
        if not colon or self.address.endswith("]"):
            return self.address.strip("[]"), port
        return host.strip("[]"), int(number)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a device said at one of its paths.

    Parameters
    ----------
    path
        As `devices.csv` has it.
    value
        A number, a truth or a text; None if it said none.
    at
        When, by the device's own clock, µs since 1970 UTC; None where the protocol has no time.
    quality
        What the device thinks of it; of what is ``bad`` the value does not count.
    problem
        Why there is no value, or what the device says of it: half a sentence.
    """

    path: str
    value: float | str | None
    at: int | None = None
    quality: Quality = "good"
    problem: str = ""


class Poller(Protocol[T_co]):
    """A connection to a source. It connects when it is asked, and again after a failure."""

    def read(self) -> AsyncGenerator[T_co, None]:
        """One round: what the source says, as it comes; what came before a failure counts.

        Raises
        ------
        EngineError
            If the source as a whole does not answer; one bad path is a reading with a problem.
        """

    async def close(self) -> None:
        """Let go of the connection, whatever state it is in; `read` makes a new one.

        It is called after a round that failed, or was not kept: the next one says all again.
        """


class RefusedError(EngineError):
    """The device said no, or was not asked: nothing was written, for sure."""

    code = "refused"


Send = Callable[[], Awaitable[None]]
"""Sends a value that was prepared.

Raises `RefusedError` if the device said no. After any other error nobody knows whether it was
written.
"""


class Writer(Poller[Reading], Protocol):
    """A connection by which values are written as well; those of a device, not yet scaled."""

    async def prepare(
        self, path: str, value: float | None, priority: int, returning: bool = False
    ) -> Send:
        """Do all but the sending: connect, learn the type, encode the value.

        Parameters
        ----------
        path
            One of its paths.
        value
            The value; None releases what was written (BACnet).
        priority
            At which place of the priority array (BACnet).
        returning
            True where a value is taken back: then it does not matter who commands before us.

        Raises
        ------
        Exception
            If it cannot be written. Nothing was sent, whatever is raised.
        """

    async def held(
        self, path: str, value: float | None, priority: int, returning: bool = False
    ) -> tuple[Reading, str]:
        """Read back: what the device has, and why that is not what was written; empty if it is.

        Parameters
        ----------
        path, value, priority, returning
            As `prepare` had them.
        """
