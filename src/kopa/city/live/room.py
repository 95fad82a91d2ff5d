"""The kernel in a process of its own: an engine that crashes or hangs ends one answer only."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, cast

from kopa.city.affected import affected
from kopa.city.decide import Measure
from kopa.city.documents import Document, whatif_document
from kopa.city.live.memory import Shown
from kopa.city.live.present import Measured, Now, Present
from kopa.city.load import load_city
from kopa.city.story import story
from kopa.console import plain
from kopa.decide.compare import Frequency
from kopa.domain.affected import Affected
from kopa.errors import EngineError, KopaError
from kopa.model import Window
from kopa.parallel import end_with, uninterrupted

TIMEOUT_S = 120.0
"""An answer that takes longer is none."""


class EngineRoom:
    """Answers what `Present` answers, from a process of its own, one question after another.

    Parameters
    ----------
    folder
        The city's folder.
    timeout_s
        An answer that takes longer ends the process; the next question starts another.
    """

    def __init__(self, folder: Path, timeout_s: float = TIMEOUT_S) -> None:
        self._folder, self._timeout_s = folder, timeout_s
        self._lock, self._closed = threading.Lock(), False
        self._process: Any = None
        self._line: Connection | None = None

    def __enter__(self) -> EngineRoom:
        return self

    def __exit__(self, *error: object) -> None:
        self._closed = True
        if self._process is not None:
            self._process.kill()  # who waits for an answer hears that there is none
        with self._lock:
            self._end()

    @property
    def pid(self) -> int | None:
        """The process that answers; None before the first question."""
        return None if self._process is None else cast(int, self._process.pid)

    def now(self, window: Window, measured: Measured, shown: Sequence[Shown]) -> Now:
        """As `Present.now`.

        Raises
        ------
        EngineError
            If the engine crashed, or took too long.
        """
        return cast(Now, self._ask("now", window, measured, shown))

    def what_if(self, window: Window, measured: Measured, texts: Sequence[str]) -> Document:
        """As `Present.what_if`, as a document."""
        return cast(Document, self._ask("what_if", window, measured, texts))

    def story(self, window: Window, measured: Measured, texts: Sequence[str]) -> Document:
        """As `Present.what_if`, as people read it."""
        return cast(Document, self._ask("story", window, measured, texts))

    def affected(self, window: Window, texts: Sequence[str]) -> Affected:
        """Who is cut off by changes, on a usual day."""
        return cast(Affected, self._ask("affected", window, texts))

    def decide(
        self,
        window: Window,
        measured: Measured,
        events: Sequence[str],
        measures: Sequence[Measure],
        often: Frequency,
    ) -> Document:
        """As `Present.decide`."""
        return cast(Document, self._ask("decide", window, measured, events, measures, often))

    def _ask(self, name: str, *arguments: Any) -> Any:
        with self._lock:
            if self._closed:
                raise EngineError("Kopa is ending: there is no answer any more")
            line = self._line or self._begin()
            try:
                line.send((name, arguments))
                if not line.poll(self._timeout_s):
                    self._end()
                    raise EngineError(f"no answer in {self._timeout_s:g} s: it is unknown")
                answer = line.recv()
            except (EOFError, OSError):
                self._end()
                raise EngineError("an engine crashed: this answer is unknown") from None
        if isinstance(answer, KopaError):
            raise answer
        return answer

    def _begin(self) -> Connection:
        # spawned: a fork of a process with threads may wait for a lock that nobody holds
        context = multiprocessing.get_context("spawn")
        line, other = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(other, self._folder, os.getpid()), name="kopa-engines"
        )
        with uninterrupted():
            self._process.start()
        other.close()
        self._line = line
        if self._closed:  # meanwhile: nobody would end it
            self._end()
            raise EngineError("Kopa is ending: there is no answer any more")
        return line

    def _end(self) -> None:
        if self._process is not None and self._line is not None:
            self._process.kill()
            self._process.join()
            self._line.close()
            self._line = None


def _what_if(present: Present, *arguments: Any) -> Document:
    return cast(Document, plain(whatif_document(present.city, present.what_if(*arguments))))


def _story(present: Present, *arguments: Any) -> Document:
    told = story(present.city, present.what_if(*arguments), present.places)
    return cast(Document, plain(told))


def _affected(present: Present, window: Window, texts: Sequence[str]) -> Affected:
    return affected(present.city, present.what_if(window, {}, texts))


def _decide(present: Present, *arguments: Any) -> Document:
    return cast(Document, plain(present.decide(*arguments)))


_ANSWERS: Mapping[str, Callable[..., object]] = {
    "now": Present.now,
    "what_if": _what_if,
    "story": _story,
    "affected": _affected,
    "decide": _decide,
}


def _serve(line: Connection, folder: Path, parent: int) -> None:
    """Answer until nobody asks any more."""
    end_with(parent)
    present: Present | None = None
    answer: object
    while True:
        try:
            name, arguments = line.recv()
        except EOFError:
            return
        try:
            present = present or Present(load_city(folder))
            answer = _ANSWERS[name](present, *arguments)
        except KopaError as error:
            answer = error
        except Exception as error:  # noqa: BLE001  a fault of ours ends one answer, and is told
            answer = EngineError(f"Kopa failed: {type(error).__name__}: {error}", "kopa.fault")
        line.send(answer)
