"""Find a formula that gives all of some integers: L or L // S + M, where L and M are sums of the arguments.

All sums with small coefficients are tried at once. The shortest one that gives every number is chosen.
"""

from itertools import combinations, product

import numpy as np

ROUNDED = {
    "//": lambda L, S: np.floor(L / S),
    "up": lambda L, S: np.ceil(L / S),
    "near": lambda L, S: np.round(L / S),
    "%": lambda L, S: np.mod(L, S),
    "/": lambda L, S: L / S,
}
PLAIN = {"//": 1, "%": 1.5, "/": 2, "up": 1.5, "near": 1.6}
CHOICES = {
    "size": (1, 0),
    "kernel": (-1, 0, -2, 1),
    "padding": (2, 1, 0, 4),
    "dilation": (0, 1, -1),
    "span": (0, -1),
}


def role_of(name):
    if name.startswith("stride") or name in ("S", "m"):
        return "stride"
    if name.startswith("padding") or name in ("P", "zeros"):
        return "padding"
    if name.startswith("dilation") or name == "D":
        return "dilation"
    if name.startswith("k"):
        return "kernel"
    return "size"


def formula(variables, values, only=tuple(ROUNDED)):
    """Return the text of a formula for `values`, or None. `variables` maps a name to one number per call.

    `only` names the roundings that may be in it.
    """
    values = np.asarray(values, float)
    names = []
    for n, v in variables.items():
        if np.ptp(v) > 0 and not any(np.array_equal(v, variables[m]) for m in names):
            names.append(n)
    table = {n: np.asarray(variables[n], float) for n in names}
    if len(values) < 5 or not np.isfinite(values).all():
        return None
    found = [*_linear(table, values), *_single(table, values), *_divided(table, values, only)]
    return min(found, key=lambda f: f[0])[1] if found else None


def _features(table, products):
    names = list(table)
    columns = [np.ones(len(next(iter(table.values()))))] if table else []
    texts = [""]
    for n in names:
        columns.append(table[n])
        texts.append(n)
    if products:
        for a, b in [(a, b) for k, a in enumerate(names) for b in names[k:]]:
            columns.append(table[a] * table[b])
            texts.append(f"{a}*{b}")
    return texts, np.stack(columns, 1)


def _linear(table, values):
    """Return [(length, text)] of a sum of arguments, or of products of two, that gives all values."""
    if not table:
        return [(0, terms_text([("", values[0])]))] if np.ptp(values) == 0 else []
    for products in (False, True):
        texts, X = _features(table, products)
        if len(values) < X.shape[1] + 2 or np.linalg.matrix_rank(X) < X.shape[1]:
            continue
        c = np.linalg.lstsq(X, values, rcond=None)[0]
        whole = np.round(c)
        if (
            np.abs(c - whole).max() < 1e-6
            and np.abs(X @ whole - values).max() < 1e-6
            and np.abs(whole).max() < 10
        ):
            terms = [(t, v) for t, v in zip(texts, whole, strict=True) if v]
            if len(terms) <= 4:
                return [(_length(terms), terms_text(terms))]
    return []


def _single(table, values):
    """Return [(length, text)] of one product of arguments that gives all values."""
    for few in (2, 3, 4):
        for names in combinations(table, few):
            made = np.prod([table[n] for n in names], axis=0)
            if made.any() and (made * (values[made != 0][0] / made[made != 0][0]) == values).all():
                c = values[made != 0][0] / made[made != 0][0]
                if c == round(c) and c:
                    return [(few, terms_text([("*".join(names), c)]))]
    return []


def _divided(table, values, only):
    """Return (length, text) of all formulas like L // S + M, with other roundings, that give all values."""
    found = []
    roles = {n: role_of(n) for n in table}
    texts, X = _features(table, False) if table else ([], np.zeros((0, 0)))
    strides = [n for n in table if roles[n] == "stride"]
    of = {role: [n for n in table if roles[n] == role] for role in ("size", "kernel", "padding", "dilation")}
    if not strides or not table:
        return found
    if len(of["padding"]) == 2:  # the numbers of a pair, taken for those of the two ends
        table = table | {"sum(padding)": sum(table[n] for n in of["padding"])}
        of["padding"].append("sum(padding)")
    if "H" in of["size"]:  # of an image: only its height and width are divided by a stride
        of["size"] = [n for n in of["size"] if n in ("H", "W")]
    if np.linalg.matrix_rank(X) < X.shape[1] or len(values) < X.shape[1] + 2:
        return found
    inverse = np.linalg.pinv(X)
    for S, size, kernel, padding in product(
        strides, of["size"] or [""], of["kernel"] or [""], of["padding"] or [""]
    ):
        inside = {n: table[n] for n in (size, kernel, padding) if n}
        for n in of["dilation"]:
            inside[n] = table[n]
            if kernel:
                inside[f"{n}*{kernel}"] = table[n] * table[kernel]
        coefs = _coefficients(inside)
        L = coefs @ np.stack([*inside.values(), np.ones(len(values))])
        for kind in only:
            turn = ROUNDED[kind]
            rest = values - turn(L, table[S])
            M = np.round(rest @ inverse.T)
            good = (np.abs(M @ X.T - rest).max(1) < 1e-6) & ((M != 0).sum(1) <= 2) & (np.abs(M).max(1) <= 3)
            for k in np.flatnonzero(good):
                top = [(n, c) for n, c in zip([*inside, ""], coefs[k], strict=True) if c]
                if not any(n and c > 0 for n, c in top):  # no length that is divided
                    continue
                more = [(t, c) for t, c in zip(texts, M[k], strict=True) if c]
                found.append(
                    (_length(top) + 1.2 * _length(more) + PLAIN[kind], _quotient(top, S, kind, more))
                )
    return found


def _coefficients(inside):
    """Return one row for each choice of small coefficients, constant last."""
    choices = [CHOICES["span"] if "*" in n else CHOICES.get(role_of(n), (1, 0)) for n in inside]
    return np.array(list(product(*choices, (0, 1, -1, 2, -2))), float)


def _length(terms):
    return sum(1 + 0.3 * (abs(c) - 1) + 0.3 * ("*" in n) for n, c in terms)


def _quotient(top, S, kind, more):
    inside = terms_text(top)
    inside = f"({inside})" if len(top) > 1 or "*" in inside else inside
    text = {
        "//": f"{inside}//{S}",
        "up": f"{inside}/{S} rounded up",
        "near": f"{inside}/{S} rounded to the nearest number",
        "%": f"{inside} % {S}",
        "/": f"{inside}/{S}",
    }[kind]
    if not more:
        return text
    end = terms_text(more)
    joined = f" - {end[1:]}" if end.startswith("-") else f" + {end}"
    return (f"({text})" if kind in ("up", "near", "%") else text) + joined


def terms_text(terms):
    """Return a sum as text, arguments first and the constant last: W + 2*padding - kW + 1."""
    order = sorted(_steps(dict(terms)).items(), key=lambda t: (t[0] == "", t[1] < 0))
    text = ""
    for name, c in order:
        size = f"{abs(c):g}"
        part = size if not name else name if abs(c) == 1 else f"{size}*{name}"
        text += (" - " if c < 0 else " + ") + part
    if not text:
        return "0"
    return text[3:] if text.startswith(" + ") else "-" + text[3:]


def _steps(terms):
    """Return {product: coefficient} with d*k - d written as the steps between k taps, d*(k - 1)."""
    for text in [text for text in terms if "*" in text]:
        d, k = text.split("*", 1)
        if "*" not in k and terms.get(d, 0) == -terms[text]:
            terms[f"{d}*({k} - 1)"] = terms.pop(text)
            del terms[d]
    return terms
