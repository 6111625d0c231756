"""Place the nodes of a graph in layers with few crossings (a simple form of Sugiyama's method)."""

from collections import defaultdict


def columns_of(nodes, edges):
    """Return the column of each node: the longest path to it. An input is just left of its first reader."""
    column = {}
    for node in nodes:
        before = [column[parent] for parent, child, _ in edges if child is node]
        column[node] = 1 + max(before) if before else 0
    for node in nodes:
        readers = [column[child] for parent, child, _ in edges if parent is node]
        if readers and not node.parents:
            column[node] = min(readers) - 1
    return column


def rows_of(column, edges):
    """Return the row of each node, found by sweeps that move it towards the mean of its neighbours."""
    members = defaultdict(list)
    for node, c in column.items():
        members[c].append(node)
    two_columns = len(members) == 2
    row = {}
    tallest = max(map(len, members.values()))
    for nodes in members.values():
        apart = 1.0
        if two_columns:
            nodes.sort(key=_reading_order)
            apart = max(1.0, 0.75 * (tallest - 1) / max(len(nodes) - 1, 1))
        for i, node in enumerate(nodes):
            row[node] = (i - (len(nodes) - 1) / 2) * min(apart, 1.6)
    if two_columns:
        return row
    neighbours = defaultdict(list)
    for parent, child, _ in edges:
        neighbours[parent].append(child)
        neighbours[child].append(parent)
    best, fewest = dict(row), _crossings(column, row, edges)
    for sweep in range(16):
        leftward = sweep % 2 == 0
        for c in sorted(members, reverse=leftward):
            wish = {}
            for node in members[c]:
                pull = [row[m] for m in neighbours[node] if (column[m] > c) == leftward]
                wish[node] = sum(pull) / len(pull) if pull else row[node]
            members[c].sort(key=wish.get)
            _spread(members[c], wish, row)
        if (count := _crossings(column, row, edges)) < fewest:
            best, fewest = dict(row), count
    return best


def _reading_order(node):
    """Return a sort key: padding on the left, x0, x1, ..., padding on the right, then the biases."""
    return node.name.startswith("b"), -1 if node.index is None else node.index


def _crossings(column, row, edges):
    ends = [(column[p], column[c], row[p], row[c]) for p, c, _ in edges]
    return sum(
        a[:2] == b[:2] and (a[2] - b[2]) * (a[3] - b[3]) < 0 for i, a in enumerate(ends) for b in ends[:i]
    )


def _spread(nodes, wish, row):
    """Place sorted nodes at least one row apart, as close as possible to the rows in `wish`.

    Nodes that would overlap form a run with a spacing of one row, centred on the mean of their desired rows.
    """
    runs = []
    for node in nodes:
        runs.append((wish[node], [node]))
        while len(runs) > 1:
            (a, left), (b, right) = runs[-2:]
            total = len(left) + len(right)
            if b - a >= total / 2:
                break
            runs[-2:] = [((a * len(left) + b * len(right)) / total, left + right)]
    for centre, run in runs:
        for i, node in enumerate(run):
            row[node] = centre + i - (len(run) - 1) / 2
