"""Describe how the sums of two functions differ over all entries: which products, where, how often.

Each fact is tested on every product of every entry before it is reported.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .letters import letters
from .quantities import some
from .rules import right_axis, solve, unravel, windows
from .sentences import listed


@dataclass(frozen=True)
class Fact:
    kind: str  # selects the hint
    text: str  # with § in place of the products that it is about
    of: str = ""
    wrapped: tuple = ()  # lengths of the axes along which the rule wraps around


WRAPS_SURELY = 5  # places; on a shorter axis a wrapping rule must be confirmed on another case


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
            Fact(kind, text.replace("§", "their products" if len(of) == every else listed(of)))
            for (kind, text), of in found.items()
        ]

    def _fact(self, kind):
        if 0 in self.mine.shape:
            return None
        product = "*".join(kind)
        if kind not in self.right.kinds:
            if not kind:
                return Fact("extra", f"A part of {self.label} does not change with {listed(self.shapes)}.")
            return Fact("extra", f"{self.label} has products of the kind {product}, which are not asked for.")
        if kind not in self.mine.kinds:
            if not self.mine.kinds:
                return Fact("absent", f"Nothing is added to {self.label} here: all of it is 0.")
            # without products of any of these arrays, they may have been computed but multiplied by zeros
            met = any(set(kind) & set(other) for other in self.mine.kinds)
            word = "absent" if met or not kind else "nothing"
            return Fact(word, f"{product or 'The constant'} is nowhere in {self.label} here.")
        if len(self.mine.shape) != len(self.right.shape):
            return None
        rule = self.rule(kind) if kind else None
        if isinstance(rule, Fact) and self._is_sure(kind, rule):
            return rule
        return None if self.data else self._sets(kind, product)

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
        if ours is None:
            return None
        if all(a.same(b) for a, b in zip(ours, asked, strict=True)):
            return "same"
        wrapped = tuple(n for axis, n in zip(ours, sides[at][2], strict=True) if axis.wraps)
        text = self._rule_text(sides, at, names, ours, asked)
        return Fact(_why(ours, asked, names), text, wrapped=wrapped)

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
        kind_of = _why(ours, asked, names)
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
        if at == 0:
            start = f"{'*'.join(given)} goes to "
        elif len(given) == 2:
            start = f"In {given[0]}, {given[1]} meets "
        else:
            start = f"{given[0]} takes "
        text = f"{start}{mine}"
        if mine != right:
            text += f", asked for {right}"
        text = text[0].upper() + text[1:] if text.startswith("In ") else text
        if wraps:
            text += ". A place below 0 counts from the end"
        if "g" in names and "groups" in self.given:
            text += " (g is the group, f and d count inside it)"
        return text + "."

    # ---- which products, and how often

    def _sets(self, kind, product):
        """Return a `Fact` on missing products, superfluous ones, or ones counted too often, or None."""
        (M, mc), (R, rc) = self.mine.kinds[kind], self.right.kinds[kind]
        if not self.whole:  # ignore entries whose sum is unknown
            if self.mine.shape != self.right.shape:
                return None
            R, rc = R[self.proven[R[:, 0]]], rc[self.proven[R[:, 0]]]

        def keys(rows, shape):
            return np.column_stack([unravel(rows[:, 0], shape), rows[:, 1:]])

        M, R = keys(M, self.mine.shape), keys(R, self.right.shape)
        if self.mine.shape != self.right.shape:  # compare the common entries only
            both = np.minimum(self.mine.shape, self.right.shape)
            few = lambda rows: (rows[:, : len(both)] < both).all(1)  # noqa: E731
            mc, rc = mc[few(M)], rc[few(R)]
            M, R = M[few(M)], R[few(R)]
        counted = {tuple(r): c for r, c in zip(M.tolist(), mc.tolist(), strict=True)}
        asked = {tuple(r): c for r, c in zip(R.tolist(), rc.tolist(), strict=True)}
        missing = [r for r in asked if r not in counted]
        extra = [r for r in counted if r not in asked]
        if missing and not extra:
            kept = [r for r in asked if r in counted]
            if any(abs(counted[r] - asked[r]) > 1e-9 for r in kept):
                return None
            return self._missing(kind, product, missing, kept)
        if extra and not missing:
            return self._carried(kind, product, extra, asked) or self._more(
                kind, product, extra, counted, asked
            )
        if extra:
            return None
        ratios = {r: counted[r] / asked[r] for r in asked}
        values = list(ratios.values())
        if all(abs(q - 1) < 1e-9 for q in values) or not values:
            return None
        if max(values) - min(values) < 1e-9:
            if abs(values[0] + 1) < 1e-9:
                return Fact("often", f"{product} has the wrong sign.")
            if kind == ():
                return Fact("often", f"The constant is {some(values[0])} times what is asked for.")
            every = f"{product} is" if len(kind) == 1 else f"Every product {product} is"
            return Fact("often", f"{every} counted {some(values[0])} times as often as asked for.")
        if all(abs(q - round(q)) < 1e-9 for q in values) and min(values) >= 1:
            return Fact(
                "often", f"{product} is counted up to {some(max(values))} times in one entry of {self.label}."
            )
        return None

    def _more(self, kind, product, extra, counted, asked):
        """Return a `Fact` if all the right products are there, and further ones of the same kind."""
        if not self.whole or self.mine.shape != self.right.shape:
            return None
        if any(abs(counted[r] - asked[r]) > 1e-9 for r in asked):
            return None
        what = "product" if len(kind) > 1 else "term"
        text = f"Every {what} {product} that is asked for is there, and {len(extra)} more in {self.label}"
        if why := self._wrapped(kind, extra, asked):
            return Fact("wraps" if "below 0" in why else "round", f"{text}: {why}.")
        return self._further(kind, extra, asked) or Fact("more", f"{text}.")

    def _wrapped(self, kind, extra, asked):
        """Explain the other products by the rule of those that are asked for, at places outside the array."""
        n = len(self.right.shape)
        whole = lambda rows: np.array([(*r[:n], *self._factors(kind, r[n:])) for r in rows])  # noqa: E731
        asked, extra, found = whole(asked), whole(extra), ""
        for axis, length in enumerate(self.right.shape):
            rule = right_axis(np.delete(asked, axis, 1), asked[:, axis])
            if rule is None or not rule.steps[n - 1 :].any():
                continue
            place = np.delete(extra, axis, 1) @ rule.steps + rule.start
            if (place == extra[:, axis] - length).all():
                return "a place below 0 counts from the end"
            outside = (place < 0) | (place >= length)
            if outside.all() and len(place) > 1 and (place % length == extra[:, axis]).all():
                found = "a place beyond one end is taken from the other"
        return found

    def _further(self, kind, extra, asked):
        """Return a `Fact` if the further products follow a rule too: each product goes to two places."""
        n = len(self.right.shape)
        whole = lambda rows: np.array([(*r[:n], *self._factors(kind, r[n:])) for r in rows])  # noqa: E731
        asked, extra = whole(asked), whole(extra)
        sides = self._sides(kind)
        names = [letter for side in sides[1:] for letter in side[1]]
        if not n or len(names) != asked.shape[1] - n or any(self.split.get(s[0]) for s in sides):
            return None
        both = [[right_axis(rows[:, n:], rows[:, a]) for a in range(n)] for rows in (asked, extra)]
        if len(extra) < 2 or None in both[0] or None in both[1]:
            return None
        there = np.column_stack([asked[:, n:] @ axis.steps + axis.start for axis in both[1]])
        inside = ((there >= 0) & (there < self.right.shape)).all(1)
        if set(map(tuple, asked[inside, n:].tolist())) != set(map(tuple, extra[:, n:].tolist())):
            return None
        first, second = (f"{self.label}[{', '.join(axis.text(names) for axis in axes)}]" for axes in both)
        spots = "*".join(f"{name}[{', '.join(own)}]" if own else name for name, own, *_ in sides[1:])
        return Fact("more", f"{spots} goes to {first}, as asked for, and to {second} as well.")

    def _carried(self, kind, product, extra, asked):
        """Return a `Fact` if each entry also has the products of the entries before it: a total not reset."""
        n = len(self.right.shape)
        shape = self.right.shape
        if self.mine.shape != shape or not n or len(extra) < 2:
            return None
        flat = lambda row: int(np.ravel_multi_index(row[:n], shape))  # noqa: E731
        own = [set() for _ in range(int(np.prod(shape)))]
        for row in [*asked, *extra]:
            own[flat(row)].add(row[n:])
        if all(before < entry for before, entry in pairwise(own)):
            return Fact("carried", f"Each entry of {self.label} starts with what the one before it holds.")
        return None

    def _letters(self, kind):
        found = []
        for name, letter, mine, right in self._sides(kind):
            split = self.split.get(name)
            found.append((name, letter, (mine, right), bool(split)))
        return found

    def _missing(self, kind, product, missing, kept):
        if not kept:
            return Fact("absent", f"No product {product} that is asked for is there.")
        sides = self._sides(kind)
        if any(self.split.get(s[0]) for s in sides):
            sides = [
                (n, letters(self.question, n, self.given, len(self.shapes.get(n, self.right.shape))), m, r)
                for n, _, m, r in sides
            ]
        entry = len(self.right.shape)

        def whole(rows):
            return np.array([(*r[:entry], *self._factors(kind, r[entry:])) for r in rows])

        there, gone = whole(kept), whole(missing)
        names = [(n, a, letter) for n, ls, *_ in sides for a, letter in enumerate(ls)]
        if there.shape[1] != len(names):
            return None
        best = None
        for c, (name, _, letter) in enumerate(names):
            keep, lost = set(there[:, c].tolist()), set(gone[:, c].tolist())
            if keep & lost:
                continue
            few = min(len(keep), len(lost))
            if best is None or few < best[0]:
                best = few, name, letter, sorted(keep), sorted(lost), c < entry
        if best is not None and best[0] <= 2:
            _, name, letter, keep, lost, c_entry = best
            values, word = (keep, "only") if len(keep) <= len(lost) else (lost, "no")
            which = f"{letter} = {listed(map(str, values)).replace(' and ', ' or ')}"
            if c_entry:
                if word == "only":
                    return Fact("part", f"Only the entries of {self.label} with {which} get §.", product)
                return Fact("part", f"The entries of {self.label} with {which} do not get §.", product)
            side = name
            if word == "only":
                return Fact("part", f"Only the products with {which} of {side} are there.")
            return Fact("part", f"The products with {which} of {side} are missing.")
        return self._overwritten(there, gone, names, entry)

    def _factors(self, kind, places):
        return [a for n, k in zip(kind, places, strict=True) for a in _at(k, self.shapes[n])]

    def _overwritten(self, there, gone, names, entry):
        """Return a `Fact` if each entry has only the products of the last place that contributes to it."""
        last = []
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
        own = [names[c][2] for c in last if names[c][0] == first]
        text = f"In each entry of {self.label} only the products with the largest {listed(own)} of {first}"
        return Fact("overwritten", f"{text} are there: what came before is overwritten.")


def _vary_alike(X, Z):
    """Return False if an index is constant in one set of sums and takes other values in the other.

    The rules would omit such an index on both sides, as if they agreed in it.
    """
    return all(
        set(x.tolist()) == set(z.tolist()) or (np.ptp(x) > 0 and np.ptp(z) > 0)
        for x, z in zip(X.T, Z.T, strict=True)
    )


def _at(k, shape):
    return tuple(int(a) for a in np.unravel_index(k, shape)) if shape else ()


def _why(ours, asked, names):
    """Return the kind of difference between two rules, a key of HINTS."""
    if any(a.wraps for a in ours):
        return "wraps"
    if any(a.every != b.every for a, b in zip(ours, asked, strict=True)):
        return "every"
    for mine, right in zip(ours, asked, strict=True):
        if mine.length != right.length and (mine.steps == right.steps).all():
            return "window"
    for mine, right in zip(ours, asked, strict=True):
        changed = np.flatnonzero(mine.steps != right.steps)
        for k in changed:
            if (mine.steps[changed] == -right.steps[changed]).all():
                return "flip"
            if not mine.steps[k]:
                return "axes" if (mine.steps[changed] != 0).any() else "letter"
            if not right.steps[k]:
                return "axes"
            return "gap" if names[k] in "kuv" else "step" if names[k] in "ijmpq" else "axes"
    return "start"
