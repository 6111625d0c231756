"""graph1d: the computation graph of a 1-D layer, run forwards and backwards one step at a time."""

import numpy as np

from conv_course.widgets._controls import Button, Choice, Range
from conv_lib.graph import conv1d_graph, fully_connected_graph

TITLE = "Run the chain rule along the graph"
X = np.array([7.0, -2, 8, 5, 9])
W = np.array([4.0, -3, 2])
B = np.array([8.0])
DENSE_W = np.array([[1.0, 2, -1, 0, 1], [2, 1, 1, -1, 0], [-1, 0, 2, 1, 1]])
DENSE_B = np.array([1.0, 0, -1])
DOUT = np.array([5.0, 7, -6])
# what the reader may change
INPUTS = {"x": X, "w": W, "b": B, "dense": DENSE_W, "biases": DENSE_B, "dout": DOUT}

GRAPHS = (
    ("correlation", "correlation"),
    ("convolution", "kernel flipped"),
    ("dense", "fully connected"),
)


def build(kind):
    """Return the graph of one kind after its forward pass, and its backward steps in the engine's order."""
    if kind == "dense":
        graph = fully_connected_graph(X, DENSE_W, DENSE_B)
    else:
        graph = conv1d_graph(X, W, B[0], flip=kind == "convolution")
    graph.forward()
    return graph, list(graph.backward_steps(DOUT))


def by_child(steps):
    """Return the backward steps, grouped by the node whose gradient is passed on."""
    groups = []
    for step in steps:
        if not groups or groups[-1][0] is not step.child:
            groups.append((step.child, []))
        groups[-1][1].append(step)
    return groups


def last_step(kind):
    graph, steps = build(kind)
    return 1 + len(graph.outputs) + len(by_child(steps))


NODES = dict.fromkeys(node.name for kind, _ in GRAPHS for node in build(kind)[0].nodes)

CONTROLS = [
    Range("step", "Step", 0, max(last_step(kind) for kind, _ in GRAPHS), 0),
    Choice("graph", "Graph", GRAPHS, "correlation"),
    Choice("node", "Node to look at", tuple((name, name) for name in NODES), "x2"),
    Button("back", "◀ Step back"),
    Button("next", "Next step ▶"),
]

TEXT = {
    "correlation": "All 3 outputs share the 3 taps of _w_ and the bias _b_.",
    "convolution": "All 3 outputs share the 3 taps of _w_ and the bias _b_.",
    "dense": "Each of the 3·5 = 15 arrows from a sample has a weight of its own, and each output has a bias.",
}


def place(node, kind, graph):
    """Return the column (0 to 3) and row of a node in the drawing."""
    products = [other.name for other in graph.nodes if other.role == "product"]
    rows = len(products) + (3 if kind == "dense" else 0)
    if node.role == "product":
        return 2, products.index(node.name)
    if node.role == "y":
        return 3, (len(products) // 3) * node.index + (len(products) // 3 - 1) / 2
    if node.role == "b":
        return 2, len(products) + node.index
    if kind == "dense":
        return (1, node.index) if node.role == "w" else (0, node.index * (rows - 1) / 4)
    # samples and taps take turns, the taps in the order in which a window meets its samples: few lines cross
    turns = [f"x{m}" for m in range(5)]
    for k in range(3):
        turns.insert(2 * k + 1, f"w{2 - k if kind == 'convolution' else k}")
    return 0, turns.index(node.name) * rows / (len(turns) - 1)


def input_of(node, kind):
    """Return where a node's number comes from: "x3" for entry 3 of x, "" for a product."""
    names = {"x": "x", "w": "w", "b": "b", "y": "dout"}
    if kind == "dense":
        names |= {"w": "dense", "b": "biases"}
    return f"{names[node.role]}{node.index}" if node.role in names else ""


def terms(node, groups):
    """Return a node's gradient terms: [step, other factor's name, its value, child's name, its gradient].

    A product has the same gradient as the output that it is a term of, and is listed under the output's name.
    """
    found = []
    for number, (child, steps) in enumerate(groups):
        for step in steps:
            if step.parent is node:
                others = [factor for factor in child.parents if factor is not node]
                through = others[0].name if child.op == "multiply" else ""
                found.append([number, through, step.local, f"y{child.index}", child.grad])
    return found


def as_json(kind):
    graph, steps = build(kind)
    groups = by_child(steps)
    order = {node: number for number, node in enumerate(graph.nodes)}
    return {
        "nodes": [[n.name, n.role, n.value, *place(n, kind, graph), input_of(n, kind)] for n in graph.nodes],
        "edges": [[order[parent], order[child]] for parent, child in graph.edges],
        "outputs": [order[node] for node in graph.outputs],
        "back": [
            [order[child], [[order[s.parent], s.contribution] for s in group]] for child, group in groups
        ],
        "terms": [terms(node, groups) for node in graph.nodes],
    }


def data():
    return {**INPUTS, "graphs": {kind: as_json(kind) for kind, _ in GRAPHS}}


def values(kind, step):
    """Return the tables at one step: the part of y computed so far, and the gradients passed back so far."""
    graph, steps = build(kind)
    outputs = len(graph.outputs)
    grads = dict.fromkeys(graph.nodes, 0.0)
    if step > outputs:
        grads.update(zip(graph.outputs, DOUT, strict=True))
    for _, group in by_child(steps)[: max(step - outputs - 1, 0)]:
        for done in group:
            grads[done.parent] += done.contribution
    shape = {"w": DENSE_W.shape if kind == "dense" else W.shape}

    def collect(role, value):
        return np.array([value(n) for n in graph.by_role(role)], dtype=object).reshape(shape.get(role, -1))

    y = [node.value if number < step else None for number, node in enumerate(graph.outputs)]
    return [
        ("x", "x", collect("x", lambda node: node.value)),
        ("w", "w", collect("w", lambda node: node.value)),
        ("b", "b", collect("b", lambda node: node.value)),
        ("y", "y", y),
        ("dout", "dout", DOUT if step > outputs else [None] * outputs),
        ("dx", "dx so far", collect("x", grads.get)),
        ("dw", "dw so far", collect("w", grads.get)),
        ("db", "db so far", collect("b", grads.get)),
    ]


def shown(graph, node, step):
    return values(graph, min(step, last_step(graph))), TEXT[graph]
