"""Describe how the sums of two functions differ over all entries: which products, where, how often.

Each fact is tested on every product of every entry before it is reported.
"""

import numpy as np

from .letters import letters
from .products import MOST_PRODUCTS, PRODUCTS, Fact, Products, Table
from .rules import kept_inside, solve, unravel, windows
from .sentences import listed

WRAPS_SURELY = 5  # places; on a shorter axis a wrapping rule must be confirmed on another case


class Comparison:
    """Compares the products of `mine` and `right`, both `Sums` of the output named `label`."""

    def __init__(self, question, given, label, mine, right, split=None, wraps_elsewhere=None):
        self.question, self.given, self.label = question, given, label
        self.mine, self.right, self.split = Table(mine), Table(right), split or {}
        self.shapes = right.shapes
        # if the numbers of another argument decide which products occur, the products follow no rule
        held = [n for n, v in given.items() if isinstance(v, np.ndarray) and n not in right.shapes]
        self.data = bool(held)
        self.whole = bool(mine.proven.all() and right.proven.all())
        self.proven, self.wraps_elsewhere = mine.proven, wraps_elsewhere

    def facts(self):
        """Return the facts about each kind of product, most factors first."""
        found = {}
        kinds = sorted(set(self.mine.kinds) | set(self.right.kinds), key=lambda k: (-len(k), k))
        for kind in kinds:
            fact = self._fact(kind)
            if fact is not None:
                found.setdefault((fact.kind, fact.text), []).append(fact.of)
        every = len(self.right.kinds)
        return [
            Fact(kind, text.replace(PRODUCTS, "their products" if len(of) == every else listed(of)))
            for (kind, text), of in found.items()
        ]

    def _fact(self, kind):
        if 0 in self.mine.shape:
            return None
        product = "*".join(kind)
        if kind not in self.right.kinds:
            if not kind:
                return Fact("fixed", f"A part of {self.label} does not change with {listed(self.shapes)}.")
            return Fact("extra", f"{self.label} has products of the kind {product}, which are not asked for.")
        if kind not in self.mine.kinds:
            if not self.mine.kinds:
                return Fact("absent", f"Nothing is added to {self.label} here: all of it is 0.")
            # without products of any of these arrays, they may have been computed but multiplied by zeros
            met = any(set(kind) & set(other) for other in self.mine.kinds)
            word = "absent" if met or not kind else "nothing"
            within = [
                other for other in self.mine.kinds if len(kind) < len(other) and set(kind) <= set(other)
            ]
            if kind and within:
                return Fact(word, f"{product} never stands alone in {self.label} here.")
            return Fact(word, f"{product or 'The constant'} is nowhere in {self.label} here.")
        if len(self.mine.shape) != len(self.right.shape):
            return None
        rule = self.rule(kind) if kind else None
        if isinstance(rule, Fact) and self._is_sure(kind, rule):
            return rule
        return None if self.data else Products(self, kind, self._sides(kind)).fact()

    def _is_sure(self, kind, rule):
        """Return whether a rule is not a coincidence: modulo a small number, many places agree."""
        few = bool(rule.wrapped) and min(rule.wrapped) < WRAPS_SURELY
        return not few or (self.wraps_elsewhere is not None and self.wraps_elsewhere(kind, rule.wrapped))

    # ---- index rules

    def _sides(self, kind):
        """Return (name, letters, shape of mine, shape of right) for the entry and for each factor."""
        sides = [(self.label, self.mine.shape, self.right.shape)]
        sides += [(n, self.shapes[n], self.shapes[n]) for n in kind]
        found = []
        for name, mine, right in sides:
            split = self.split.get(name)
            if split and np.prod(split[1]) == np.prod(mine) == np.prod(right):
                found.append((name, list(split[0]), split[1], split[1]))
            else:
                found.append((name, letters(self.question, name, self.given, len(right)), mine, right))
        return found

    def rule(self, kind):
        """Return a `Fact` about a differing rule, "same" if both follow the same rule, or None."""
        if not self.whole or self.data:
            return None
        sides = self._sides(kind)
        mine = [unravel(p, s[2]) for p, s in zip(self.mine.kinds[kind][0].T, sides, strict=True)]
        right = [unravel(p, s[3]) for p, s in zip(self.right.kinds[kind][0].T, sides, strict=True)]
        order = [2, 1, 0] if len(kind) == 2 else [1, 0]
        if len(kind) == 2 and kind[0] == "w":
            order = [2, 0, 1]
        elif len(kind) == 2 and kind[1] == "w":
            order = [1, 0, 2]
        for backwards in (False, True):
            for at in order:
                found = self._form(kind, sides, mine, right, at, backwards)
                if found is not None:
                    return found
        if len(kind) == 1:
            for at in (1, 0):
                found = self._windows(kind, sides, mine, right, at)
                if found is not None:
                    return found
        return None

    def _columns(self, sides, tables, at):
        """Return names and columns of all sides but `at`, each letter once; None if equal letters differ."""
        names, kept = [], []
        for s, (_, letter, *_) in enumerate(sides):
            for a, name in enumerate(letter):
                if s == at:
                    continue
                if name in names:
                    t, b = kept[names.index(name)]
                    if any((table[s][:, a] != table[t][:, b]).any() for table in tables):
                        return None
                    continue
                names.append(name)
                kept.append((s, a))
        stack = lambda table: (  # noqa: E731
            np.stack([table[s][:, a] for s, a in kept], 1) if kept else np.zeros((len(table[0]), 0), int)
        )
        return names, [stack(table) for table in tables]

    def _form(self, kind, sides, mine, right, at, backwards):
        columns = self._columns(sides, (mine, right), at)
        if columns is None or not len(sides[at][1]):
            return None
        names, (X, Z) = columns
        if not _vary_alike(X, Z):
            return None
        sides, mine, right = self._plain(sides, mine, right, at)
        asked = solve(Z, right[at], sides[at][3])
        if asked is None or (any(a.every for a in asked) and not backwards):
            return None
        if any((a.steps < 0).any() for a in asked) != backwards:
            return None
        ours = solve(X, mine[at], sides[at][2], asked)
        ours = self._kept(sides, at, names, X, mine[at], asked, ours) or ours
        if ours is None:
            return None
        if all(a.same(b) for a, b in zip(ours, asked, strict=True)):
            return "same"
        stepped = any((a.steps != b.steps).any() for a, b in zip(ours, asked, strict=True))
        if at == 0 and stepped and not _goes_everywhere(sides, names, X, ours):
            return None
        lengths = {letter: n for side in sides for letter, n in zip(side[1], side[3], strict=True)}
        if any(np.ptp(z) == 0 and lengths[name] > 1 for name, z in zip(names, Z.T, strict=True)):
            return None  # the right rule itself does not show here: of this letter one number occurs
        wrapped = tuple(n for axis, n in zip(ours, sides[at][2], strict=True) if axis.wraps)
        text = self._rule_text(sides, at, names, ours, asked)
        return Fact(_why(ours, asked, names, sides[0][1]), text, wrapped=wrapped)

    def _kept(self, sides, at, names, X, Y, asked, ours):
        """Return the rules with windows that are moved until they lie inside, if these give Y, else None.

        They are looked for where other steps than the right ones fit: those may fit a small array by chance.
        """
        lengths = {letter: n for side in sides for letter, n in zip(side[1], side[2], strict=True)}
        if len(np.unique(X, axis=0)) < np.prod([lengths[name] for name in names]):
            return None  # a part of a window is left out, so it does not move
        taps = [k for k, name in enumerate(names) if name in "kuv" and name in lengths]
        found = list(ours or [None] * len(asked))
        for a, (right, size) in enumerate(zip(asked, sides[at][2], strict=True)):
            if right.every or (found[a] is not None and (found[a].steps == right.steps).all()):
                continue
            moved = (
                kept_inside(X, Y[:, a], right, size, k, lengths[names[k]]) for k in taps if right.steps[k]
            )
            found[a] = next((axis for axis in moved if axis is not None), found[a])
        if ours is None:
            for a, right in enumerate(asked):
                same = (
                    found[a] is None and not right.every and (X @ right.steps + right.start == Y[:, a]).all()
                )
                found[a] = right if same else found[a]
        return None if None in found or not any(axis.kept for axis in found) else found

    def _plain(self, sides, mine, right, at):
        """Return the sides and tables with the array's own, unsplit axes for the side that is solved for."""
        name = sides[at][0]
        if name not in self.split or sides[at][2] is not self.split[name][1]:
            return sides, mine, right
        shapes = (self.mine.shape, self.right.shape) if at == 0 else (self.shapes[name],) * 2
        sides, tables = list(sides), []
        sides[at] = name, letters(self.question, name, self.given, len(shapes[1])), *shapes
        for table, shape in zip((mine, right), shapes, strict=True):
            table = list(table)
            table[at] = unravel(np.ravel_multi_index(table[at].T, self.split[name][1]), shape)
            tables.append(table)
        return sides, *tables

    def _windows(self, kind, sides, mine, right, at):
        columns = self._columns(sides, (mine, right), at)
        if columns is None:
            return None
        names, (X, Z) = columns
        asked, ours = windows(Z, right[at], sides[at][3]), windows(X, mine[at], sides[at][2])
        if asked is None or ours is None:
            return None
        if all(a.same(b) for a, b in zip(ours, asked, strict=True)):
            return "same"
        if len(sides) == 2 and at == 1 and not _all_take(sides[0], mine[0], right[0]):
            return None
        kind_of = _why(ours, asked, names, sides[0][1])
        return Fact(
            "window" if kind_of == "axes" else kind_of, self._rule_text(sides, at, names, ours, asked)
        )

    def _rule_text(self, sides, at, names, ours, asked):
        end, own = sides[at][0], sides[at][1]
        wraps = any(a.wraps for a in ours)

        def inside(axes):
            return ", ".join(
                f"every {letter}" if axis.every else axis.text(names)
                for axis, letter in zip(axes, own, strict=True)
            )

        mine, right = f"{end}[{inside(ours)}]", f"{end}[{inside(asked)}]"
        spots = [f"{n}[{', '.join(letter)}]" if letter else n for n, letter, *_ in sides]
        given = [spots[s] for s in range(len(sides)) if s != at]
        said = _meeting(at, given, mine) if mine == right else _asked(at, given, mine, right)
        if "g" in names and "groups" in self.given:
            said = f"{said} (g is the group, f and d count inside it)"
        return f"{said}. A place below 0 counts from the end." if wraps else f"{said}."


def _goes_everywhere(sides, names, X, rule):
    """Return whether each product is where the rule of the entry leads, if that place exists.

    A rule of few products may fit because the others are nowhere: it would be false of these.
    """
    lengths = {letter: n for side in sides[1:] for letter, n in zip(side[1], side[2], strict=True)}
    counts = [lengths[name] for name in names]
    if any(axis.every or axis.wraps for axis in rule) or np.prod(counts) > MOST_PRODUCTS:
        return True
    products = np.indices(counts).reshape(len(counts), -1).T
    places = np.column_stack([products @ axis.steps + axis.start for axis in rule])
    inside = ((places >= 0) & (places < sides[0][2])).all(1)
    return len(np.unique(X, axis=0)) >= inside.sum()


def _all_take(side, mine, right):
    """Return whether every entry takes something: a rule would be false for one that takes nothing."""
    return all(
        len(np.unique(table, axis=0)) == np.prod(shape)
        for table, shape in zip((mine, right), side[2:4], strict=True)
    )


def _meeting(at, given, mine):
    """Return a rule as a clause. Each clause is one literal, as translators need it."""
    if at == 0:
        return f"{'*'.join(given)} goes to {mine}"
    return f"In {given[0]}, {given[1]} meets {mine}" if len(given) == 2 else f"{given[0]} takes {mine}"


def _asked(at, given, mine, right):
    """Return a rule and the right one as a clause."""
    if at == 0:
        return f"{'*'.join(given)} goes to {mine}, asked for {right}"
    if len(given) == 2:
        return f"In {given[0]}, {given[1]} meets {mine}, asked for {right}"
    return f"{given[0]} takes {mine}, asked for {right}"


def _vary_alike(X, Z):
    """Return False if an index is constant in one set of sums and takes other values in the other.

    The rules would omit such an index on both sides, as if they agreed in it.
    """
    return all(
        set(x.tolist()) == set(z.tolist()) or (np.ptp(x) > 0 and np.ptp(z) > 0)
        for x, z in zip(X.T, Z.T, strict=True)
    )


def _why(ours, asked, names, entry):
    """Return the kind of difference between two rules, a key of HINTS; `entry` are an entry's letters."""
    if any(a.kept for a in ours):
        return "kept"
    if any(a.wraps and a.start == b.start for a, b in zip(ours, asked, strict=True)):
        return "wraps"  # where the right rule leaves the array too, and nothing is there
    if any(a.every != b.every for a, b in zip(ours, asked, strict=True)):
        return "every"
    for mine, right in zip(ours, asked, strict=True):
        if mine.length != right.length and (mine.steps == right.steps).all():
            return "window"
    for mine, right in zip(ours, asked, strict=True):
        changed = np.flatnonzero(mine.steps != right.steps)
        for k in changed:
            if (mine.steps[changed] == -right.steps[changed]).all():
                return "turned" if {names[c] for c in changed} <= set(entry) else "flip"
            if not mine.steps[k]:
                return "axes" if (mine.steps[changed] != 0).any() else "letter"
            if not right.steps[k]:
                return "axes"
            return _of_letter(names[k]) if len(changed) == 1 or names[k] in "kuvijmpq" else "axes"
    return "start"


def _of_letter(name):
    """Return the kind of difference between two rules in which one letter has another factor."""
    if name in "kuv":
        return "gap"
    return "step" if name in "ijmpq" else "group" if name == "g" else "factor"
