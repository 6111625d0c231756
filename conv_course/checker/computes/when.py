"""Describe which cases fail: find the property that all failing cases have and no passing one."""

import numpy as np

from .quantities import sizes_of
from .sentences import listed

LEFT = "the stride leaves samples over"


def when(question, cases, failing):
    """Return a fact that holds for exactly the cases `failing`, for example "padding is not 0", or None."""
    passing = [i for i in range(len(cases)) if i not in failing]
    if not passing or not failing:
        return None
    facts = [facts_of(question, one) for one in cases]
    common = set.intersection(*(facts[i] for i in failing))
    parting = sorted(f for f in common if not any(f in facts[i] for i in passing))
    for name in ("padding", "stride", "output_padding"):  # two properties of one argument are told together
        some = f"{name} is not {1 if name == 'stride' else 0}"
        if {some, f"the numbers in {name} differ"} == set(parting):
            return f"the numbers in {name} differ"
        if some in parting and all(f == some or f.endswith(f"differ in {name}") for f in parting):
            return some
    # with several facts the cause is unknown, unless they state the same property of several arguments
    if "padding is not 0" in parting:
        parting = [f for f in parting if not f.startswith("zeros stand")]
    counted = [f for f in parting if f.endswith((" axis", " axes"))]
    parting = counted or parting  # an image also has sizes that a signal does not have
    if not parting or len({f.split(" ", 1)[1] for f in parting}) > 1:
        return None
    return _together(question, parting)


def _together(question, parting):
    """Join facts on several arguments: "x and dout have 2 axes"."""
    same = parting[0].split(" ", 1)[1]
    names = [n for n in question.parameters if f"{n} {same}" in parting]
    if len(names) < 2:
        return parting[0]
    both, count = listed(names), same.split()[1]
    told = {
        "has 1 axis": f"{both} have 1 axis",
        f"has {count} axes": f"{both} have {count} axes",
        "holds integers": f"{both} hold integers",
        "is float32": f"{both} are float32",
        "is empty": f"{both} are empty",
        "has large numbers": f"{both} have large numbers",
        "is not 0": f"{both} are not 0",
        "is not 1": f"{both} are not 1",
    }
    return told.get(same, parting[0])


def facts_of(question, one):
    """Return the facts about one case, each as the end of "the cases in which ..."."""
    given = dict(zip(question.parameters, one.args, strict=False)) | one.kwargs
    facts = set()
    for name, value in given.items():
        if isinstance(value, np.ndarray):
            facts |= _of_array(name, value)
        elif isinstance(value, str):
            facts.add(f'{name} is "{value}"')
        elif isinstance(value, tuple):
            facts.add(f"{name} is a pair" if len(value) == 2 else f"{name} has {len(value)} numbers")
            flat = np.array(value, object).ravel() if not _nested(value) else np.ravel(value)
            if name.startswith(("padding", "output_padding")) and any(v != 0 for v in flat):
                facts.add(f"{name} is not 0")
            if name.startswith(("padding", "output_padding")) and any(v == 0 for v in flat):
                facts.add(f"a number in {name} is 0")
            if name.startswith(("stride", "dilation")) and any(v != 1 for v in flat):
                facts.add(f"{name} is not 1")
            if _nested(value):
                facts |= _of_ends(name, value)
            elif len(set(flat)) > 1:
                facts.add(f"the numbers in {name} differ")
        elif type(value) is int and name == "b":
            facts.add("b is an integer")
        elif type(value) is int:
            if name.startswith(("padding", "output_padding")):
                facts.add(f"{name} is 0" if value == 0 else f"{name} is not 0")
            if name.startswith(("stride", "dilation", "groups")):
                facts.add(f"{name} is 1" if value == 1 else f"{name} is not 1")
    sizes = sizes_of(question, given)
    facts |= _of_windows(given, sizes)
    for a, b in (("H", "W"), ("kH", "kW"), ("D", "F"), ("N", "D"), ("rows", "threads")):
        if a in sizes and b in sizes:
            facts.add(
                f"{a} < {b}" if sizes[a] < sizes[b] else f"{a} > {b}" if sizes[a] > sizes[b] else f"{a} = {b}"
            )
            facts.add(f"{a} is not {b}" if sizes[a] != sizes[b] else f"{a} = {b}")
    if {"H", "W", "m"} <= set(sizes) and (sizes["H"] % sizes["m"] or sizes["W"] % sizes["m"]):
        facts.add("H or W is no multiple of m")
    for name in ("N", "D", "F", "H'", "W'"):
        if name in sizes:
            facts.add(f"{name} is 1" if sizes[name] == 1 else f"{name} is larger than 1")
    return facts


def _of_windows(given, sizes):
    """Return facts on one-sided padding and leftover samples, for one axis or two."""
    found = set()
    stride, padding = given.get("stride", 1), given.get("padding", 0)
    if "W" not in sizes or "kW" not in sizes or not isinstance(padding, (int, tuple)):
        return found
    two = "H" in sizes and "kH" in sizes
    sides = padding if isinstance(padding, tuple) else (padding, padding)
    if not two:
        if isinstance(padding, tuple):
            found |= {f"zeros stand on the {w}" for w, p in zip(("left", "right"), sides, strict=True) if p}
        elif padding:
            found |= {"zeros stand on the left", "zeros stand on the right"}
        rest = [sizes["W"] + sum(sides) - (given.get("dilation", 1) * (sizes["kW"] - 1) + 1)]
        strides = [stride]
    else:
        if any(isinstance(p, tuple) for p in sides) or not isinstance(stride, tuple):
            return found
        rest = [sizes[a] + 2 * p - sizes[f"k{a}"] for a, p in zip("HW", sides, strict=True)]
        strides = stride
    if all(type(s) is int and s > 0 for s in strides):
        left = any(n % s for n, s in zip(rest, strides, strict=True))
        found.add(LEFT if left else "the stride fits")
    return found


def _of_ends(name, value):
    """Return facts on a pair of pairs, the two ends of each axis."""
    found = set()
    if any(len(set(np.atleast_1d(ends).tolist())) > 1 for ends in value):
        found.add(f"the two ends of an axis differ in {name}")
    if len(set(value)) > 1:
        found.add(f"the two axes differ in {name}")
    return found


def _nested(value):
    return any(isinstance(v, tuple) for v in value)


def _of_array(name, value):
    facts = {f"{name} has 1 axis" if value.ndim == 1 else f"{name} has {value.ndim} axes"}
    if value.dtype.kind in "iu":
        facts.add(f"{name} holds integers")
    if value.dtype.name == "float32":
        facts.add(f"{name} is float32")
    if value.size == 0:
        facts.add(f"{name} is empty")
    if value.dtype.kind in "iuf" and np.abs(value).max(initial=0) > 500:
        facts.add(f"{name} has large numbers")
    return facts
