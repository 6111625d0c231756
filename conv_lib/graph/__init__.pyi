from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple, TypeAlias

from conv_lib.kinds import Array, Padding1d

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

_Op: TypeAlias = Literal["variable", "constant", "add", "multiply"]

class Node:
    op: _Op
    parents: tuple[Node, ...]
    value: float
    grad: float
    name: str
    role: str
    index: int | None
    def __init__(
        self,
        op: _Op,
        parents: Iterable[Node] = (),
        value: float = 0.0,
        *,
        name: str = "",
        role: str = "",
        index: int | None = None,
    ) -> None: ...
    def evaluate(self) -> None: ...
    def local_derivatives(self) -> tuple[float, ...]: ...
    def __add__(self, other: Node | float) -> Node: ...
    def __radd__(self, other: float) -> Node: ...
    def __mul__(self, other: Node | float) -> Node: ...
    def __rmul__(self, other: float) -> Node: ...

class Step(NamedTuple):
    child: Node
    parent: Node
    local: float
    contribution: float

class Graph:
    outputs: list[Node]
    nodes: list[Node]
    def __init__(self, outputs: Sequence[Node], extra: Sequence[Node] = ()) -> None: ...
    def __getitem__(self, name: str) -> Node: ...
    def by_role(self, role: str) -> list[Node]: ...
    @property
    def edges(self) -> list[tuple[Node, Node]]: ...
    @property
    def layers(self) -> list[list[Node]]: ...
    def forward(self) -> list[float]: ...
    def backward(self, dout: Sequence[float] | Array) -> None: ...
    def backward_steps(self, dout: Sequence[float] | Array) -> Iterator[Step]: ...

def variable(value: float, name: str = "", *, role: str = "", index: int | None = None) -> Node: ...
def constant(value: float, name: str = "", *, role: str = "", index: int | None = None) -> Node: ...
def add(*terms: Node | float, name: str = "", role: str = "", index: int | None = None) -> Node: ...
def multiply(
    left: Node | float, right: Node | float, *, name: str = "", role: str = "", index: int | None = None
) -> Node: ...
def conv1d_graph(
    x: Array,
    w: Array,
    b: float = 0.0,
    *,
    stride: int = 1,
    padding: Padding1d = 0,
    dilation: int = 1,
    flip: bool = False,
) -> Graph: ...
def fully_connected_graph(x: Array, w: Array, b: Array) -> Graph: ...
