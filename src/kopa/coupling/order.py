"""The order in which domains are solved: strongly connected components, suppliers first."""

from __future__ import annotations

from collections.abc import Iterable


def components_in_order(names: Iterable[str], feeds: set[tuple[str, str]]) -> list[tuple[str, ...]]:
    """Groups of domains that supply one another, in the order of supply.

    Parameters
    ----------
    names
        The domains.
    feeds
        Pairs of which the first supplies the second.

    Returns
    -------
    list of tuple
        Each group sorted by name; the order of the groups does not depend on that of `names`.

    References
    ----------
    Tarjan (1972), Depth-first search and linear graph algorithms, SIAM J. Comput. 1(2).
    """
    following = {name: sorted(b for a, b in feeds if a == name) for name in sorted(set(names))}
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    groups: list[tuple[str, ...]] = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for after in following[name]:
            if after not in index:
                visit(after)
                low[name] = min(low[name], low[after])
            elif after in stack:
                low[name] = min(low[name], index[after])
        if low[name] == index[name]:
            at = stack.index(name)
            groups.append(tuple(sorted(stack[at:])))
            del stack[at:]

    for name in following:
        if name not in index:
            visit(name)
    return groups[::-1]
