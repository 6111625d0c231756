"""Which products two functions add up: missing ones, superfluous ones, ones that are counted too often."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .letters import letters
from .quantities import some
from .rules import right_axis, unravel
from .sentences import listed

MOST_PRODUCTS = 20_000  # of the arrays of a case, that are gone through
LEAST_ENTRIES = 3  # that tell a total which is not reset: of two, the second may have more for another reason
MOST_LOST = 2  # places along an axis that are listed
CONSTANT = "The constant is there where it is asked for"
PRODUCTS = "§"  # stands in a fact's text for the products that it is about


@dataclass(frozen=True)
class Fact:
    kind: str  # selects the hint
    text: str
    of: str = ""
    wrapped: tuple = ()  # lengths of the axes along which the rule wraps around


class Table:
    """The products of a function's sums as rows of places, grouped by kind (the arrays of their factors)."""

    def __init__(self, sums):
        self.shape, self.kinds = sums.shape, {}
        names = np.array([n for n, _ in sums.codes] + [""], object)
        spots = np.array([k for _, k in sums.codes] + [-1], int)
        rows = {}
        good = sums.proven[sums.at] if len(sums.at) else np.zeros(0, bool)
        for o, i, j, c in zip(sums.at[good], sums.i[good], sums.j[good], sums.c[good], strict=True):
            product = [(sums.main, int(i))] if i >= 0 else []
            product += [(names[j], int(spots[j]))] if j >= 0 else []
            product.sort()
            rows.setdefault(tuple(n for n, _ in product), []).append(
                (int(o), *(k for _, k in product), float(c))
            )
        for kind, found in rows.items():
            table = np.array(found)
            self.kinds[kind] = table[:, :-1].astype(int), table[:, -1]


class Products:
    """The products of one kind in both sums. Places are rows: those of the entry, then those of each factor.

    `sides` are (name, letters, shape of mine, shape of right) for the entry and for each factor.
    """

    def __init__(self, comparison, kind, sides):
        self.question, self.label, self.shapes = comparison.question, comparison.label, comparison.shapes
        self.kind, self.product, self.sides = kind, "*".join(kind), sides
        self.is_split = any(comparison.split.get(name) for name, *_ in sides)
        self.shape, self.same_shape = comparison.right.shape, comparison.mine.shape == comparison.right.shape
        self.whole, self.given = comparison.whole, comparison.given
        self.axes = len(self.shape)  # of an entry
        mine, right = comparison.mine, comparison.right
        known = comparison.proven if not self.whole and self.same_shape else None
        common = None if self.same_shape else np.minimum(mine.shape, right.shape)
        self.counted = self._counts(mine, common)
        self.asked = self._counts(right, common, known)

    def _counts(self, table, common, known=None):
        """Return {places: how often}, of the entries that both results have and whose sums are known."""
        rows, times = table.kinds[self.kind]
        if known is not None:
            rows, times = rows[known[rows[:, 0]]], times[known[rows[:, 0]]]
        shapes = [table.shape, *(self.shapes[name] for name in self.kind)]
        rows = np.hstack([unravel(rows[:, k], shape) for k, shape in enumerate(shapes)])
        if common is not None:
            few = (rows[:, : self.axes] < common).all(1)
            rows, times = rows[few], times[few]
        return {tuple(row): n for row, n in zip(rows.tolist(), times.tolist(), strict=True)}

    def fact(self):
        """Return a `Fact` on the differing products, or None."""
        if not self.whole and not self.same_shape:
            return None
        missing = [r for r in self.asked if r not in self.counted]
        extra = [r for r in self.counted if r not in self.asked]
        if missing and extra:
            return None
        if missing:
            return self._missing(missing) if self._often_alike() else None
        return (self._carried(extra) or self._more(extra)) if extra else self._often()

    def _often_alike(self):
        """Return whether the products that both have are counted equally often."""
        return all(abs(self.counted[r] - n) <= 1e-9 for r, n in self.asked.items() if r in self.counted)

    def _often(self):
        """Return a `Fact` if the right products are there, counted another number of times."""
        kind, product = self.kind, self.product
        values = [self.counted[r] / n for r, n in self.asked.items()]
        if all(abs(q - 1) < 1e-9 for q in values) or not values:
            return None
        if max(values) - min(values) < 1e-9:
            if abs(values[0] + 1) < 1e-9:
                return Fact("often", f"{product} has the wrong sign.")
            if kind == ():
                return Fact("often", f"The constant is {some(values[0])} times what is asked for.")
            if len(kind) == 1:
                return Fact("often", f"{product} is counted {some(values[0])} times as often as asked for.")
            text = f"Every product {product} is counted {some(values[0])} times as often as asked for."
            return Fact("often", text)
        if all(abs(q - round(q)) < 1e-9 for q in values) and min(values) >= 1:
            more = [n for q, n in zip(values, self.asked.values(), strict=True) if q > 1.5]
            if all(abs(abs(n) - 1) > 1e-9 for n in more):  # the formula has factors of its own
                times = f"up to {some(max(values))} times the factor that is asked for"
                return Fact("share", f"In {self.label}, {product} has {times}.")
            return Fact(
                "often", f"{product} is counted up to {some(max(values))} times in one entry of {self.label}."
            )
        return None

    def _more(self, extra):
        """Return a `Fact` about products of this kind beside all the right ones."""
        if not self.whole or not self.same_shape or not self._often_alike():
            return None
        every = f"Every entry of {self.product} that is asked for is there" if self.kind else CONSTANT
        if len(self.kind) > 1:
            every = f"Every product {self.product} that is asked for is there"
        text = f"{every}, and {len(extra)} not asked for are in {self.label} too"
        asked, extra = np.array([*self.asked]), np.array(extra)
        if why := self._wrapped(asked, extra):
            text = f"{every}, and 1 not asked for is in {self.label} too" if len(extra) == 1 else text
            return Fact("wraps" if "below 0" in why else "round", f"{text}: {why}.")
        if fact := self._further(asked, extra):
            return fact
        if len(extra) == 1:
            return Fact("more", f"{every}, and 1 not asked for is in {self.label} too.")
        return Fact("more", f"{text}{self._lie(extra)}.")

    def _lie(self, extra):
        """Return where the other products lie, if they share an index or lie where none belongs, or ""."""
        n, letters_ = self.axes, self.sides[0][1]
        if len(extra) < 2 or not n or self.is_split or len(letters_) != n:
            return ""
        for a, letter in enumerate(letters_):
            values = sorted(set(extra[:, a].tolist()))
            if len(values) == 1 and self.shape[a] > 1:
                return f", all of them in entries with {letter} = {values[0]}"
        if not {row[:n] for row in self.asked} & set(map(tuple, extra[:, :n].tolist())):
            return ", all of them in entries that are to have none"
        return ""

    def _wrapped(self, asked, extra):
        """Explain the other products by the rule of those that are asked for, at places outside the array."""
        found = ""
        for axis, length in enumerate(self.shape):
            rule = right_axis(np.delete(asked, axis, 1), asked[:, axis])
            if rule is None or not rule.steps[self.axes - 1 :].any():
                continue
            place = np.delete(extra, axis, 1) @ rule.steps + rule.start
            if (place == extra[:, axis] - length).all():
                return "a place below 0 counts from the end"
            outside = (place < 0) | (place >= length)
            if outside.all() and len(place) > 1 and (place % length == extra[:, axis]).all():
                found = "a place beyond one end wraps round to the other"
        return found

    def _further(self, asked, extra):
        """Return a `Fact` if the further products follow a rule too: each product goes to two places."""
        n = self.axes
        names = [letter for side in self.sides[1:] for letter in side[1]]
        if not n or len(names) != asked.shape[1] - n or self.is_split:
            return None
        both = [[right_axis(rows[:, n:], rows[:, a]) for a in range(n)] for rows in (asked, extra)]
        if len(extra) < 2 or None in both[0] or None in both[1]:
            return None
        told = (_told_of(*each, extra[:, n:], names) for each in self._reached(asked, both, names))
        which = next((one for one in told if one is not None), None)
        if which is None:
            return None
        without, inside = which
        first, second = (f"{self.label}[{', '.join(axis.text(names) for axis in axes)}]" for axes in both)
        spots = "*".join(f"{name}[{', '.join(own)}]" if own else name for name, own, *_ in self.sides[1:])
        text = f"{spots} goes to {first}, as asked for, and to {second} as well, where that is inside."
        if without:
            text = f"{spots} goes to {first}, as asked for, and with {without} to {second} as well."
        elif inside:
            text = f"{spots} goes to {first}, as asked for, and to {second} as well."
        return Fact("more", text)

    def _reached(self, asked, both, names):
        """Return [(products, which have their second place in the result)]: of all, of those asked for."""
        n, shape = self.axes, self.shape
        places = lambda rows, axes: np.column_stack([rows @ axis.steps + axis.start for axis in axes])  # noqa: E731
        within = lambda rows, axes: ((places(rows, axes) >= 0) & (places(rows, axes) < shape)).all(1)  # noqa: E731
        found = [asked[:, n:]]
        lengths = [length for side in self.sides[1:] for length in side[3]]
        if len(lengths) == len(names) and np.prod(lengths) <= MOST_PRODUCTS:
            every = np.indices(lengths).reshape(len(lengths), -1).T
            for k, name in enumerate(names):  # the same letter in two factors
                every = every[every[:, k] == every[:, names.index(name)]]
            if _rows(every[within(every, both[0])]) == _rows(asked[:, n:]):
                found.insert(0, every)  # the rule holds beyond the ends too: some are asked for nowhere
        return [(rows, within(rows, both[1])) for rows in found]

    def _carried(self, extra):
        """Return a `Fact` if each entry also has the products of the entries before it: a total not reset."""
        n = self.axes
        if not self.same_shape or not n or len(extra) < 2:
            return None
        own = [set() for _ in range(int(np.prod(self.shape)))]
        if len(own) < LEAST_ENTRIES:
            return None
        for row in [*self.asked, *extra]:
            own[int(np.ravel_multi_index(row[:n], self.shape))].add(row[n:])
        if all(before < entry for before, entry in pairwise(own)):
            return Fact("carried", f"Each entry of {self.label} starts with what the one before it holds.")
        return None

    def _missing(self, missing):
        """Return a `Fact` about the place that the missing products have in common, or None."""
        kept = [r for r in self.asked if r in self.counted]
        if not kept:
            return Fact("absent", f"No product {self.product} that is asked for is there.")
        there, gone, names = np.array(kept), np.array(missing), self._columns()
        if there.shape[1] != len(names):
            return None
        best = None
        for c, (name, letter) in enumerate(names):
            keep, lost = set(there[:, c].tolist()), set(gone[:, c].tolist())
            few = min(len(keep), len(lost))
            if not keep & lost and (best is None or few < best[0]):
                best = few, name, letter, sorted(keep), sorted(lost), c < self.axes
        if best is None or best[0] > 2:
            return self._on_two_axes(there, gone, names) or self._overwritten(there, gone, names)
        _, name, letter, keep, lost, of_entry = best
        entry = self._entry(names)
        values, word = (keep, "only") if len(keep) <= len(lost) else (lost, "no")
        which = f"{letter} = {listed(map(str, values)).replace(' and ', ' or ')}"
        if of_entry and word == "only":
            return Fact("part", f"Only the entries {entry} with {which} get {PRODUCTS}.", self.product)
        if of_entry:
            text = f"The entries {entry} with {which} do not get {PRODUCTS}."
            return Fact("lost", text, self.product)
        if word == "only":
            return Fact("part", f"Only the products with {which} of {name} are there.")
        return Fact("lost", f"The products with {which} of {name} are missing.")

    def _on_two_axes(self, there, gone, names):
        """Return a `Fact` if the entries of some rows and of some columns get nothing, and all others do."""
        lost = [
            sorted(set(gone[:, c].tolist()) - set(there[:, c].tolist())) if c < self.axes else []
            for c in range(len(names))
        ]
        axes = [c for c, values in enumerate(lost) if 0 < len(values) <= MOST_LOST]
        if len(axes) != 2 or not np.any([np.isin(gone[:, c], lost[c]) for c in axes], axis=0).all():
            return None
        where = " or ".join(f"{names[c][1]} = {' or '.join(map(str, lost[c]))}" for c in axes)
        text = f"The entries {self._entry(names)} with {where} do not get {PRODUCTS}."
        return Fact("lost", text, self.product)

    def _entry(self, names):
        return f"{self.label}[{', '.join(letter for _, letter in names[: self.axes])}]"

    def _columns(self):
        """Return (name, letter) of each column of the places."""
        sides = self.sides
        if self.is_split:
            shapes = [self.shape, *(self.shapes[name] for name in self.kind)]
            sides = [
                (side[0], letters(self.question, side[0], self.given, len(shape)))
                for side, shape in zip(sides, shapes, strict=True)
            ]
        return [(name, letter) for name, own, *_ in sides for letter in own]

    def _overwritten(self, there, gone, names):
        """Return a `Fact` if each entry has only the products of the last place that contributes to it."""
        last, entry = [], self.axes
        for c in range(entry, there.shape[1]):
            most, seen = {}, {}
            for row in np.vstack([there, gone]).tolist():
                most.setdefault(tuple(row[:entry]), set()).add(row[c])
            for row in there.tolist():
                seen.setdefault(tuple(row[:entry]), set()).add(row[c])
            several = [e for e in most if len(most[e]) > 1]
            if several and all(seen.get(e) == {max(most[e])} for e in several):
                last.append(c)
        if not last:
            return None
        first = names[last[0]][0]
        own = [names[c][1] for c in last if names[c][0] == first]
        text = f"In each entry of {self.label} only the products with the largest {listed(own)} of {first}"
        return Fact("overwritten", f"{text} are there: what came before is overwritten.")


def _rows(table):
    return {tuple(row) for row in table.tolist()}


def _told_of(rows, inside, some, names):
    """Return ("i < 3", or "" for all inside, whether no such row is outside) for some rows, or None."""
    every, some = _rows(rows), _rows(some)
    if some == _rows(rows[inside]):
        return "", inside.all()
    left = every - some
    if not some <= every:
        return None
    for k, name in enumerate(names):
        kept, lost = {row[k] for row in some}, {row[k] for row in left}
        if max(kept) < min(lost):
            return f"{name} < {min(lost)}", True
        if min(kept) > max(lost):
            return f"{name} > {max(lost)}", True
    return None
