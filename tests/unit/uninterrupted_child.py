"""Prints whether the first process that is started uninterrupted holds Ctrl-C back."""

from __future__ import annotations

import multiprocessing
import signal
from multiprocessing.connection import Connection

from kopa.parallel import uninterrupted


def told(line: Connection) -> None:
    line.send(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ()))


if __name__ == "__main__":
    context = multiprocessing.get_context("spawn")
    line, other = context.Pipe()
    process = context.Process(target=told, args=(other,))
    with uninterrupted():
        process.start()
    print(line.recv())
    process.join()
