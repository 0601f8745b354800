"""The same roads at another pace: a graph whose seconds are scaled by group, for one kind of hour.

The search reads scaled weights like any others, so it is as fast as before; the arrays that say where roads lie are
shared. Refuses to know how factors were found.
"""

from dataclasses import replace

import numpy as np

from tocsin.geo.graph import I4, Graph
from tocsin.geo.pace import GROUP_OF_CLASS, JUNCTIONS, Floats, Ints
from tocsin.geo.roads import Roads


def groups_of(graph: Graph) -> Ints:
    """The pace group of each state, S."""
    return GROUP_OF_CLASS[graph.piece_class[graph.edge_piece[graph.state_edge]]]


def paced(roads: Roads, factor: Floats) -> Roads:
    """Roads at the pace of (2, G) factors: without siren, with. The roads themselves where every factor is 1."""
    if (factor == 1.0).all():
        return roads
    graph = roads.graph
    by_state = factor[:, groups_of(graph)].astype(np.float32)
    by_arc = factor[:, JUNCTIONS].astype(np.float32)
    return Roads(
        replace(
            graph,
            out_row=_rows(graph.out_row, by_state),
            in_row=_rows(graph.in_row, by_state),
            out_arc=_arcs(graph.out_arc, by_arc),
            in_arc=_arcs(graph.in_arc, by_arc),
        )
    )


def _rows(row: I4, factor: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> I4:
    made = np.array(row)
    made.view(np.float32)[:-1, 1:3] *= factor.T
    return _like(made, row)


def _arcs(arc: I4, factor: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> I4:
    made = np.array(arc)
    made.view(np.float32)[:, 1:3] *= factor
    return _like(made, arc)


def _like(made: I4, before: I4) -> I4:
    """As unwritable as what it was made from: the compiled search is compiled anew for another kind of array."""
    made.flags.writeable = before.flags.writeable
    return made
