"""The regions of a solution that an exercise leaves out, in a notebook's cell or in a .m file.

nbgrader's ClearSolutions has the same marks. But it reads only notebooks, and does not list the removed
lines, which no output of the exercise may show.
"""

BEGIN, END = "BEGIN SOLUTION", "END SOLUTION"


def marks(comment):
    """Return the two lines around a region, in a language with this comment sign.

    >>> marks("#")
    ('### BEGIN SOLUTION', '### END SOLUTION')
    """
    return f"{comment * 3} {BEGIN}", f"{comment * 3} {END}"


def blank_out(text, comment, stub):
    """Return `text` with the lines `stub` in place of each region, and the removed lines.

    Raises
    ------
    ValueError
        If a region is not closed, or is closed without being opened; with the number of the line.

    >>> blank_out("def f(x):\\n    ### BEGIN SOLUTION\\n    return x\\n    ### END SOLUTION", "#", ["..."])
    ('def f(x):\\n    ...', ['    return x'])
    """
    begin, end = marks(comment)
    kept, taken, inside = [], [], False
    for number, line in enumerate(text.split("\n"), 1):
        mark = line.strip()
        if mark in (begin, end):
            if inside == (mark == begin):
                raise ValueError(f"line {number}: {mark} does not match the mark before it")
            inside = mark == begin
            if inside:
                indent = line[: len(line) - len(line.lstrip())]
                kept += [indent + one for one in stub]
        else:
            (taken if inside else kept).append(line)
    if inside:
        raise ValueError(f"{begin} without {end}")
    return "\n".join(kept), taken
