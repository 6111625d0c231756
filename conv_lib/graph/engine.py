"""Scalar nodes, and the graph that runs them forwards and backwards."""

from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["Graph", "Node", "Step", "add", "constant", "multiply", "variable"]

_OPS = ("variable", "constant", "add", "multiply")


class Node:
    """One number of a computation.

    Attributes
    ----------
    name : str
    op : str
        "variable", "constant", "add" or "multiply".
    parents : tuple of Node
        What the number is computed from.
    value : float
    grad : float
        Derivative of the (weighted) outputs with respect to this node, after `Graph.backward`.
    role : str
        What the node stands for in a layer; empty in graphs of your own.
    index : int or None
        Position along the layer's axis: of the sample, tap or output. Padding before x0 counts -1, -2...
    """

    def __init__(self, op, parents=(), value=0.0, *, name="", role="", index=None):
        self.op, self.parents = op, tuple(parents)
        if op not in _OPS:
            raise ValueError(f"op must be one of {', '.join(_OPS)}, got {op!r}")
        if op == "multiply" and len(self.parents) != 2:
            raise ValueError(f"a product has 2 factors, got {len(self.parents)}")
        self.value, self.grad = float(value), 0.0
        self.name, self.role, self.index = name, role, index
        self.evaluate()

    def evaluate(self):
        """Recompute the value from the parents' values."""
        if self.op == "add":
            self.value = sum(parent.value for parent in self.parents)
        elif self.op == "multiply":
            left, right = self.parents
            self.value = left.value * right.value

    def local_derivatives(self):
        """Derivative of this node with respect to each of its parents, in their order.

        A sum passes changes on as they are; in a product each factor's rate of change is the other factor.
        """
        if self.op == "add":
            return (1.0,) * len(self.parents)
        if self.op == "multiply":
            left, right = self.parents
            return right.value, left.value
        return ()

    def __add__(self, other):
        return add(self, other)

    def __radd__(self, other):
        return add(other, self)

    def __mul__(self, other):
        return multiply(self, other)

    def __rmul__(self, other):
        return multiply(other, self)

    def __repr__(self):
        return f"Node({self.name or self.op}, value={self.value:g}, grad={self.grad:g})"


def variable(value, name="", *, role="", index=None):
    """Return a node whose value is set from outside and whose gradient is wanted."""
    return Node("variable", value=value, name=name, role=role, index=index)


def constant(value, name="", *, role="", index=None):
    """Return a node whose value stays."""
    return Node("constant", value=value, name=name, role=role, index=index)


def _as_node(value):
    return value if isinstance(value, Node) else constant(value)


def add(*terms, name="", role="", index=None):
    """Return the sum of one or more nodes or numbers."""
    if not terms:
        raise ValueError("add needs at least 1 term, got 0")
    return Node("add", map(_as_node, terms), name=name, role=role, index=index)


def multiply(left, right, *, name="", role="", index=None):
    """Return the product of two nodes or numbers."""
    return Node("multiply", (_as_node(left), _as_node(right)), name=name, role=role, index=index)


class Step(NamedTuple):
    """One use of the chain rule: `parent.grad` grew by `contribution` = child.grad * local."""

    child: Node
    parent: Node
    local: float
    contribution: float


class Graph:
    """The nodes that lead to some outputs, ready to run forwards and backwards.

    Parameters
    ----------
    outputs : sequence of Node
    extra : sequence of Node
        Nodes that no output depends on but that belong to the picture: samples left over by a stride.

    Raises
    ------
    ValueError
        If two nodes have the same name. Nodes without a name are called n0, n1...

    Examples
    --------
    >>> a, b = variable(3.0, "a"), variable(-2.0, "b")
    >>> graph = Graph([a * b + a])
    >>> graph.outputs[0].value
    -3.0
    >>> graph.backward([1.0])
    >>> a.grad, b.grad  # d(ab + a)/da = b + 1, d(ab + a)/db = a
    (-1.0, 3.0)
    >>> graph["a"].value = 5.0
    >>> graph.forward()
    [-5.0]
    """

    def __init__(self, outputs, extra=()):
        self.outputs = list(outputs)
        self.nodes = _topological_order([*extra, *self.outputs])
        self._by_name = {}
        unnamed = 0
        for node in self.nodes:
            if not node.name:
                node.name = f"n{unnamed}"
                unnamed += 1
            if node.name in self._by_name:
                raise ValueError(f"two nodes are called {node.name!r}")
            self._by_name[node.name] = node

    def __getitem__(self, name):
        """Return the node of that name."""
        return self._by_name[name]

    def by_role(self, role):
        """Return the nodes of a role in the order of their index: graph.by_role("x") is x0, x1..."""
        return sorted((node for node in self.nodes if node.role == role), key=lambda node: node.index)

    @property
    def edges(self):
        """The arrows of the drawing, forward direction, as (parent, child) pairs."""
        return [(parent, node) for node in self.nodes for parent in node.parents]

    @property
    def layers(self):
        """Columns of nodes from left to right; every arrow points to a later column."""
        column = {}
        for node in self.nodes:
            column[node] = 1 + max((column[parent] for parent in node.parents), default=-1)
        layers = [[] for _ in range(1 + max(column.values(), default=-1))]
        for node in self.nodes:
            layers[column[node]].append(node)
        return layers

    def forward(self):
        """Recompute every node from the variables; return the outputs' values."""
        for node in self.nodes:
            node.evaluate()
        return [node.value for node in self.outputs]

    def backward(self, dout):
        """Fill in every node's `grad`: the derivative of sum_i dout[i] * outputs[i] with respect to it.

        Parameters
        ----------
        dout : sequence of float, one per output
        """
        for _ in self.backward_steps(dout):
            pass

    def backward_steps(self, dout) -> Iterator[Step]:
        """Do what `backward` does one arrow at a time, from the outputs to the inputs.

        When a node's own arrows are reached, its gradient is complete: every node that uses it came before.

        Examples
        --------
        >>> import numpy as np
        >>> from conv_lib.graph import conv1d_graph
        >>> graph = conv1d_graph(np.array([1.0, 2, 3]), np.array([4.0, 5]), 6.0)
        >>> for step in graph.backward_steps([1.0, 10.0]):
        ...     if step.parent.name == "w0":
        ...         print(f"{step.child.name}: {step.child.grad:g} * {step.local:g} = {step.contribution:g}")
        w0x1: 10 * 2 = 20
        w0x0: 1 * 1 = 1
        """
        if len(dout) != len(self.outputs):
            raise ValueError(f"dout has {len(dout)} entries but the graph has {len(self.outputs)} outputs")
        for node in self.nodes:
            node.grad = 0.0
        for node, gradient in zip(self.outputs, dout, strict=True):
            node.grad += float(gradient)
        for node in reversed(self.nodes):
            for parent, local in zip(node.parents, node.local_derivatives(), strict=True):
                contribution = node.grad * local
                parent.grad += contribution
                yield Step(node, parent, local, contribution)


def _topological_order(outputs):
    """Every node after its parents. An explicit stack, so that long sums do not hit the recursion limit."""
    order, seen = [], set()
    stack = [(node, False) for node in reversed(outputs)]
    while stack:
        node, parents_done = stack.pop()
        if parents_done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((parent, False) for parent in reversed(node.parents))
    return order
