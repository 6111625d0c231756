"""A small reverse-mode engine on named scalar nodes, to draw the 1-D layer and run the chain rule on it.

A `Node` holds one number. It is an input, a constant, a product of two nodes or a sum of several. A `Graph`
puts the nodes that lead to some outputs in order, runs them forwards and sends gradients backwards:

- `graph.nodes` in topological order, `graph["x0"]` by name, `graph.edges` as (parent, child) pairs;
- `graph.layers`, columns from left to right: a node stands one column after its furthest parent;
- `node.role` ("x", "w", "b", "zero", "product", "y") and `node.index` say what a node stands for.
"""

from conv_lib.graph.builders import conv1d_graph, fully_connected_graph
from conv_lib.graph.engine import Graph, Node, Step, add, constant, multiply, variable

__all__ = [
    "Graph",
    "Node",
    "Step",
    "add",
    "constant",
    "conv1d_graph",
    "fully_connected_graph",
    "multiply",
    "variable",
]
