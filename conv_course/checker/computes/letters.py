"""Name the axes of an array in a rule, with the chapters' letters."""

import re

# n image, d channel, f filter, i j output pixel, u v or k kernel place, p q or m place in x
KINDS = {
    "output": {1: "i", 2: "ij", 4: "nfij"},
    "input": {1: "m", 2: "pq", 3: "dpq", 4: "ndpq"},
    "kernel": {1: "k", 2: "uv", 3: "duv", 4: "fduv"},
    "bias": {1: "f"},
}
ROLES = {
    "x": "input",
    "xpad": "input",
    "dx": "input",
    "w": "kernel",
    "dw": "kernel",
    "b": "bias",
    "db": "bias",
}
ROLES |= {"y": "output", "dout": "output"}
SPARE = "abceghorst"


def output_name(question, output):
    """Return an output's name in a rule: its own or, if it has none, y, dx, dw, db or result."""
    if output or hasattr(question, "result"):
        return output or question.result
    name = question.function
    if re.search(r"pads|size|count|^flipped", name):
        return "result"
    if re.search(r"dx|_to_x|pool_backward|relu_backward", name):
        return "dx"
    found = re.search(r"(dw|db)", name)
    if found:
        return found[1]
    forward = r"slide|layer|one_output|dilated|grouped|^stamp|transposed|filter_image|pool"
    return "y" if re.search(forward, name) else "result"


def letters(question, name, given, ndim):
    """Return one letter for each axis of an array. `given` holds the case's arguments by name."""
    if hasattr(question, "letters"):
        return question.letters(name, ndim)
    pooling, transposed = "pool" in question.function, question.stem.startswith("14")
    role = ROLES.get(name)
    if question.function == "read_raw" and ndim == 4:
        return list("ndhw")
    if name == "result":
        role = "kernel" if question.function == "flipped" else None
        if question.function == "as_matrix":
            return list("im")
    if role is None or ndim == 0:
        return list(SPARE[:ndim])
    if transposed and role in ("input", "output") and question.name != "q3":
        # in the transposed layer, x has the letters of windows and y those of pixels
        role = {"input": "output", "output": "input"}[role]
        if ndim == 4:
            return list("ndij" if role == "output" else "nfpq")
    if transposed and role == "kernel" and ndim == 4:
        return list("dfuv")
    found = KINDS[role].get(ndim)
    if "channels_last" in question.function and ndim == 4:
        found = {"output": "nijf", "input": "npqd", "kernel": "uvdf"}[role]
    if pooling and ndim == 4 and role == "output":
        found = "ndij"
    if role == "bias" and ndim == 0:
        found = ""
    return list(found) if found else list(SPARE[:ndim])
