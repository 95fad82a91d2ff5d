from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import breadth_first_order, connected_components

from kopa.model.graph import components, reached

edges = st.integers(1, 25).flatmap(
    lambda n: st.tuples(
        st.just(n),
        st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=40),
    )
)


@given(edges)
@settings(deadline=None)
def test_components_are_those_of_scipy(case: tuple[int, list[tuple[int, int]]]) -> None:
    n, pairs = case
    a, b = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    matrix = coo_matrix((np.ones(len(a)), (a, b)), (n, n))
    _, expected = connected_components(matrix, directed=False)
    label = components(n, a, b)
    same = label[:, None] == label[None, :]
    assert np.array_equal(same, expected[:, None] == expected[None, :])
    assert all(label[node] == np.flatnonzero(label == label[node]).min() for node in range(n))


@given(edges, st.data())
@settings(deadline=None)
def test_one_way_edges_lead_one_way(
    case: tuple[int, list[tuple[int, int]]], data: st.DataObject
) -> None:
    n, pairs = case
    a, b = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    one_way = np.array(data.draw(st.lists(st.booleans(), min_size=len(a), max_size=len(a))), bool)
    source = data.draw(st.integers(0, n - 1))
    start = np.zeros(n, dtype=bool)
    start[source] = True
    both = ~one_way
    rows, columns = np.concatenate([a, b[both]]), np.concatenate([b, a[both]])
    matrix = coo_matrix((np.ones(len(rows)), (rows, columns)), (n, n)).tocsr()
    expected = np.zeros(n, dtype=bool)
    expected[breadth_first_order(matrix, source, return_predecessors=False)] = True
    assert np.array_equal(reached(n, a, b, start, one_way), expected)
