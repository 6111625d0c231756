"""Tell in which cases an answer is right: tried on cases that differ in one property only."""

from itertools import combinations

import numpy as np

from .arrays import sizes_of
from .found import Found

# a layer with nothing simple about it: N, D, F, kernel, stride, padding, H' x W', pixels left over
PLAIN = {"N": 2, "D": 2, "F": 3, "k": (3, 2), "S": (2, 3), "P": (1, 2), "out": (3, 4), "rest": (1, 2)}
SIMPLE = (
    {"N": 1},
    {"D": 1},
    {"F": 1},
    {"S": (1, 1), "rest": (0, 0)},
    {"P": (0, 0)},
    {"rest": (0, 0)},
    {"k": (1, 1)},
    {"k": (1, 3)},
    {"k": (3, 1)},
    {"k": (2, 2)},
    {"S": (2, 2), "rest": (1, 1)},
    {"S": (2, 1), "rest": (1, 0)},
    {"S": (1, 2), "rest": (0, 1)},
    {"P": (1, 1)},
    {"P": (1, 0)},
    {"P": (0, 1)},
    {"N": 1, "F": 1},
    {"N": 1, "D": 1},
    {"D": 1, "F": 1},
    {"P": (0, 0), "S": (1, 1), "rest": (0, 0)},
    {"P": (0, 0), "rest": (0, 0)},
    {"P": (0, 0), "N": 1},
    {"S": (1, 1), "rest": (0, 0), "N": 1},
    {"S": (1, 1), "rest": (0, 0), "D": 1},
    {"N": 1, "D": 1, "F": 1, "P": (0, 0)},
    {"N": 1, "D": 1, "F": 1, "S": (1, 1), "rest": (0, 0)},
    {"N": 1, "D": 1, "F": 1, "P": (0, 0), "S": (1, 1), "rest": (0, 0)},
)
ENOUGH = 4
BASIC = (
    "one image",
    "one channel",
    "one filter",
    "a stride of [1 1]",
    "no padding",
    "a square kernel",
    "nothing left over behind the last window",
)
SEVERAL = {"one image": "several images", "one channel": "several channels", "one filter": "several filters"}
LOST = "Where does a dimension of length 1 get lost in your lines, and what do they take for it then?"
HINTS = {
    "stride": "Which of your lines use the stride, and what do they do with [2 3]?",
    "padding": "Where do the zeros around the image stand, and which of your lines know of them?",
    "image": "What do your lines do where there are several images, and what is asked for then?",
    "channel": "What do your lines do where there are several channels, and what is asked for then?",
    "filter": "What do your lines do where there are several filters, and what is asked for then?",
    "left over": "Where does the last window end, and what is behind it?",
    "kernel": "Which of your lines use the height of the kernel, and which its width?",
    "row": "Which of your lines use i, and which j?",
}


def layers(make):
    """Return the layers to try, by `make(N, D, H, W, F, kH, kW, stride, padding)`."""
    found = []
    for simple in ({}, *SIMPLE):
        one = PLAIN | simple
        H, W = (
            (o - 1) * s + k - 2 * p + r
            for o, s, k, p, r in zip(*(one[n] for n in ("out", "S", "k", "P", "rest")), strict=True)
        )
        found.append(make(one["N"], one["D"], H, W, one["F"], *one["k"], one["S"], one["P"]))
    return found


def facts_of(given):
    """Return the simple properties of a case, each as it goes on after "with", with the key of its hint."""
    sizes, found = sizes_of(given), {}
    if "kernel" in given:
        sizes |= {"kH": given["kernel"][0], "kW": given["kernel"][1]}
    for name, word in (("N", "image"), ("D", "channel"), ("F", "filter")):
        if sizes.get(name) == 1:
            found[f"one {word}"] = word
    stride, padding = given.get("stride"), given.get("padding")
    if stride is not None:
        found |= _of_stride(stride)
    if padding is not None:
        found |= _of_padding(padding)
    k = (sizes["kH"], sizes["kW"]) if "kH" in sizes else None
    if k is not None:
        found |= {
            text: "kernel"
            for text, holds in (
                ("a kernel of one row", k[0] == 1),
                ("a kernel of one column", k[1] == 1),
                ("a kernel of one row or column", 1 in k),
                ("a square kernel", k[0] == k[1]),
            )
            if holds
        }
        if stride is not None:
            found |= (
                {"windows that do not overlap": "stride"} if stride[0] >= k[0] and stride[1] >= k[1] else {}
            )
    if {"i", "j"} <= set(given):
        found |= {f"{n} = 1": "row" for n in "ij" if given[n] == 1}
        found |= {"i = j": "row"} if given["i"] == given["j"] else {}
    size = given.get("x_size", given.get("in", (sizes.get("H"), sizes.get("W"))))
    if k is not None and stride is not None and size[0] and "xpad" not in given:
        P = padding or (0, 0)
        rest = [(size[a] + 2 * P[a] - k[a]) % stride[a] for a in (0, 1)]
        found |= {"nothing left over behind the last window": "left over"} if not any(rest) else {}
    return found


def _of_stride(stride):
    found = {"a stride of [1 1]": "stride"} if tuple(stride) == (1, 1) else {}
    found |= {"stride(1) = stride(2)": "stride"} if stride[0] == stride[1] else {}
    return found | {f"stride({k + 1}) = 1": "stride" for k in (0, 1) if stride[k] == 1}


def _of_padding(padding):
    found = {"no padding": "padding"} if not any(padding) else {}
    found |= {"padding(1) = padding(2)": "padding"} if padding[0] == padding[1] else {}
    return found | {f"padding({k + 1}) = 0": "padding" for k in (0, 1) if padding[k] == 0}


def parting(cases, chosen):
    """Return what all chosen cases have and no other one, as it goes on after "with", or ""."""
    facts = [facts_of(given) for given in cases]
    names = dict.fromkeys(fact for one in facts for fact in one)
    if not 1 < sum(chosen) < len(cases) - 1:
        return ""
    found = [n for n in names if all((n in f) == c for f, c in zip(facts, chosen, strict=True))]
    keys = {name: key for one in facts for name, key in one.items()}
    found = list({keys[name]: name for name in reversed(found)}.values())[::-1]  # the first of each kind
    return " and ".join(found) if len(found) < 3 else ""


def find(cases, right, judged=0):
    """Return a `Found` about the cases, dictionaries of arguments, in which an answer is right, or None.

    One property, or two, has to part the cases that are right from those that are wrong. The first `judged`
    cases are those of the points, of which the learner has read.
    """
    facts = [facts_of(given) for given in cases]
    good = np.array(right)
    if good.sum() < 2 or (~good).sum() < 2:
        return None
    names = list(dict.fromkeys(fact for one in facts for fact in one))
    have = {name: np.array([name in one for one in facts]) for name in names}
    keys = {name: key for one in facts for name, key in one.items()}
    total = len(cases)
    more = f"With {total - judged} more cases tried, " if 0 < judged < total else ""
    for name in names:
        if (have[name] == good).all():
            text = f"{more}{good.sum()} of {total} are right: exactly those with {name}."
            return Found((text,), HINTS[keys[name]], "computes")
        if (have[name] == ~good).all():
            text = f"{more}{(~good).sum()} of {total} are wrong: exactly those with {name}."
            return Found((text,), HINTS[keys[name]], "computes")
    if min(good.sum(), (~good).sum()) < ENOUGH:  # two properties may part a few cases by chance
        return None
    for a, b in combinations([name for name in names if name in BASIC], 2):
        for made, word in ((have[a] & have[b], "and"), (have[a] | have[b], "or")):
            if (made == good).all():
                text = f"{more}{good.sum()} of {total} are right: exactly those with {a} {word} {b}."
                return Found((text,), HINTS[keys[a]], "computes")
    for a in [name for name in names if name in BASIC]:
        for b, other in SEVERAL.items():
            if b in names and b != a and ((have[a] & ~have[b]) == ~good).all():
                text = f"{more}{(~good).sum()} of {total} are wrong: exactly those with {a} and {other}."
                return Found((text,), LOST, "computes")
    return None
