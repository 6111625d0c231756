"""Determine the sums of products that a function computes from its results, and verify them.

One array, the *main* one, gets unit impulses, while the others hold random numbers r. If an entry contains
one product c * r[j] with the impulse, two calls with different r identify j by the quotient of the results,
whatever c is. If it contains several, the other arrays get impulses too. Sums that do not reproduce the
function's results on fresh arguments are discarded.
"""

from dataclasses import dataclass, field

import numpy as np

from .ask import Asked, NoAnswer

TINY = 1e-9


@dataclass
class Sums:
    """The terms of one output: entry `at`, place `i` in `main`, index `j` in `codes`, coefficient `c`.

    A place of -1 means that there is no such array. `proven` tells for each entry whether its sum is
    verified.
    """

    shape: tuple
    main: str
    codes: list  # (array, flat place) of each number in the other arrays
    at: np.ndarray
    i: np.ndarray
    j: np.ndarray
    c: np.ndarray
    proven: np.ndarray
    shapes: dict = field(default_factory=dict)

    def of(self, entry):
        """Return the sum of one entry as {product: coefficient}, with products as sorted (array, place)."""
        found = {}
        for k in np.flatnonzero(self.at == entry):
            product = ((self.main, int(self.i[k])),) if self.i[k] >= 0 else ()
            product += (self.codes[self.j[k]],) if self.j[k] >= 0 else ()
            found[tuple(sorted(product))] = found.get(tuple(sorted(product)), 0) + float(self.c[k])
        return {p: c for p, c in found.items() if abs(c) > TINY}


class Probe:
    """Probes one output of a function on one case by varying the arrays `names`. Others stay unchanged."""

    def __init__(self, question, function, one, output, names):
        self.asked, self.output, self.names = Asked(question, function, one), output, names
        self.shapes = {n: self.asked.arrays[n].shape for n in names}
        rng = np.random.default_rng(11)
        self.first, self.second = ({n: _generic(rng, s) for n, s in self.shapes.items()} for _ in range(2))
        self.fresh = [{n: rng.normal(0, scale, s) for n, s in self.shapes.items()} for scale in (3, 50)]
        self.own = {n: self.asked.arrays[n] for n in names}
        self.shape = None

    def result(self, numbers):
        """Return the output for these numbers. Raise `NoAnswer` if it is not finite or its shape changes."""
        value = self.asked(numbers).get(self.output)
        if value is None or (self.shape is not None and value.shape != self.shape):
            raise NoAnswer("another shape" if value is not None else "no numbers")
        if not np.isfinite(value).all():
            raise NoAnswer("not finite")
        self.shape = value.shape
        return value

    def zeros(self):
        return {n: np.zeros(s) for n, s in self.shapes.items()}

    def linear_in(self, name):
        """Return whether the output is affine in one array, or None if it does not depend on it."""
        a, b, zero = self.first[name], self.second[name], np.zeros(self.shapes[name])
        others = self.first
        at = lambda v: self.result({**others, name: v})  # noqa: E731
        none = at(zero)
        together, apart = at(a + b) - none, at(a) + at(b) - 2 * none
        scale = max(np.abs(together).max(initial=0), np.abs(none).max(initial=0) * 1e-6)
        if max(np.abs(together).max(initial=0), np.abs(apart).max(initial=0)) <= 1e-9:
            return None
        return bool(np.allclose(together, apart, rtol=0, atol=1e-9 * scale))

    def sums(self, main, entry=None, most=400):
        """Return the `Sums`. Make at most `most` calls for impulses that occur in several products."""
        codes = [(n, k) for n in self.names if n != main for k in range(int(np.prod(self.shapes[n])))]
        r1, r2 = (
            np.array([v[n].reshape(-1)[k] for n, k in codes] + [1.0]) for v in (self.first, self.second)
        )
        rows, unclear = self._one_by_one(main, r1, r2, len(codes), most)
        again = self._pairs(main, codes, unclear, most)
        rows = [row for row in rows if not again or row[1] not in unclear] + again
        at, i, j, c = (np.array(v) for v in zip(*rows, strict=True)) if rows else (np.zeros(0, int),) * 4
        j = np.where(j == len(codes), -1, j)
        found = Sums(self.shape, main, codes, at, i, j, c, np.ones(0, bool), self.shapes)
        found.proven = self._proof(found)
        return found

    def _one_by_one(self, main, r1, r2, others, most):
        """Return the rows, and the impulses that occur in several products. Impulse -1 means no impulse.

        It ends early if none is clear so far and `_pairs` would need more than `most` calls.
        """
        size = int(np.prod(self.shapes[main]))
        impulses = [np.zeros(self.shapes[main]), *np.eye(size).reshape(size, *self.shapes[main])]
        rest = self.result({**self.first, main: impulses[0]}).ravel()
        other_rest, rows, unclear, clear = None, [], [], False
        for k, impulse in enumerate(impulses):
            row = self.result({**self.first, main: impulse}).ravel() - rest if k else rest
            filled = np.flatnonzero(np.abs(row) > TINY)
            if not filled.size:
                continue
            j, c = _match(row[filled], r1)
            if others and (j < 0).any():
                if other_rest is None:
                    other_rest = self.result({**self.second, main: impulses[0]}).ravel()
                again = self.result({**self.second, main: impulse}).ravel() - other_rest if k else other_rest
                j, c = _match_pair(row[filled], again[filled], r1, r2)
            elif not others:
                j, c = np.zeros(len(filled), int), row[filled]
            clear = clear or (k > 0 and (j >= 0).any())
            if (j < 0).any():
                unclear.append(k - 1)
                if not clear and others * (len(unclear) + 1) > most:
                    break
                filled, j, c = filled[j >= 0], j[j >= 0], c[j >= 0]
            rows += zip(filled.tolist(), [k - 1] * len(filled), j.tolist(), c.tolist(), strict=True)
        return rows, unclear

    def _pairs(self, main, codes, unclear, most):
        """Return the rows of impulses in several products. Try each number of the other arrays alone."""
        if not unclear or len(codes) * (len(unclear) + 1) > most:
            return []
        size = int(np.prod(self.shapes[main]))
        single = lambda i: np.eye(1, size, i).reshape(self.shapes[main])  # noqa: E731
        rows = []
        empty = self.result(self.zeros()).ravel()
        nothing = np.zeros_like(empty)
        matters = self._matters(self.zeros(), empty)
        alone = [
            self.result(self._only(place)).ravel() - empty if place[0] in matters else nothing
            for place in codes
        ]
        for i in unclear:
            if i < 0:
                found = [*alone, empty]
            else:
                start = self.result({**self.zeros(), main: single(i)}).ravel()
                matters = self._matters({**self.zeros(), main: single(i)}, start)
                found = [
                    self.result({**self._only(place), main: single(i)}).ravel() - start - alone[j]
                    if place[0] in matters
                    else -alone[j]
                    for j, place in enumerate(codes)
                ] + [start - empty]
            for j, row in enumerate(found):
                for o in np.flatnonzero(np.abs(row) > TINY):
                    rows.append((int(o), i, j, float(row[o])))
        return rows

    def _matters(self, numbers, without):
        """Return the arrays that change the result `without` when their numbers are added to `numbers`."""
        return {
            n
            for n in self.names
            if not np.any(numbers[n])
            and np.abs(self.result({**numbers, n: self.first[n]}).ravel() - without).max(initial=0) > TINY
        }

    def _only(self, place):
        name, k = place
        numbers = self.zeros()
        numbers[name].reshape(-1)[k] = 1
        return numbers

    def _proof(self, found):
        """Return, for each entry, whether its sum gives the function's results on fresh arguments."""
        right = np.ones(int(np.prod(self.shape)), bool)
        turned = {**self.fresh[0], found.main: -self.fresh[0][found.main]}  # a ReLU is 0 on one side only
        for numbers in (*self.fresh, turned, self.own):
            value = self.result(numbers).ravel()
            main = np.append(numbers[found.main].ravel(), 1.0)
            code = np.array([numbers[n].reshape(-1)[k] for n, k in found.codes] + [1.0])
            total = np.zeros(len(value))
            np.add.at(total, found.at, found.c * main[found.i] * code[found.j])
            size = np.zeros(len(value))
            np.add.at(size, found.at, np.abs(found.c * main[found.i] * code[found.j]))
            right &= np.abs(total - value) <= 1e-8 * (size + 1e-3)
        return right


def _generic(rng, shape):
    return rng.uniform(1, 2, shape) * rng.choice([-1, 1], shape)


def _match(values, codes):
    """Return (j, c) with value = c * codes[j] and c = 1 or -1; j = -1 if there is no such j."""
    order = np.argsort(np.abs(codes))
    sizes = np.abs(codes)[order]
    k = np.searchsorted(sizes, np.abs(values))
    best, near = np.full(len(values), -1), np.zeros(len(values))
    for step in (-1, 0):
        at = np.clip(k + step, 0, len(codes) - 1)
        hit = np.abs(sizes[at] - np.abs(values)) < TINY * sizes[at]
        best[hit] = order[at[hit]]
    near = np.where(best >= 0, np.round(values / codes[best]), 0)
    return best, near


def _match_pair(first, second, r1, r2):
    """Return (j, c) with first = c * r1[j] and second = c * r2[j]; j = -1 if there is no such j."""
    with np.errstate(all="ignore"):
        quotient = np.where(np.abs(second) > TINY, first / second, np.inf)
    q = r1 / r2
    order = np.argsort(q)
    k = np.searchsorted(q[order], quotient)
    best = np.full(len(first), -1)
    for step in (-1, 0):
        at = order[np.clip(k + step, 0, len(q) - 1)]
        hit = np.abs(first - second * q[at]) < TINY * np.abs(first)
        best[hit] = at[hit]
    c = np.where(best >= 0, first / r1[best], 0)
    return best, np.where(np.abs(c - np.round(c)) < 1e-9, np.round(c), c)
