"""Wrong answers written as edits of a right one.

A sheet holds the right answer of a question as source text, and its slips as text::

    The window starts at i, not at i times S            [02-stride]
        i * stride => i
        Output 0 reads from sample 0; with stride 2, where does output 1 begin to read?

    The total is not reset
        - for i in range(size):
        -     total = 0.0
        + total = 0.0
        + for i in range(size):
        Each output starts its sum at zero: where does yours?

A slip begins with its name, and in brackets the section that explains it (by default the question's own). The
edits and the hint follow, indented. `old => new` replaces text that occurs exactly once in the answer, `old
=>> new` text that occurs several times. An empty `new` deletes it. Lines with `-` and `+` replace whole
lines, which keep their indentation. Edits are applied in order, each to the result of the previous one. A
line `or` begins another way to make the same slip. All other lines are the hint.

Because a slip is an edit of working code, it fails as a learner's code does: with the same numbers, the same
shape, or the same exception.
"""

import ast
import re
import textwrap
from dataclasses import dataclass
from functools import partial

STUB = "raise NotImplementedError"
YOURS, GIVEN = "# yours", "# given"
HEAD = re.compile(r"(?P<name>\S.*?)(?:\s{2,}\[(?P<section>[\w-]+)\])?")


class SlipError(ValueError):
    """A slip that cannot be parsed, or whose edit does not fit the answer."""


@dataclass(frozen=True)
class Slip:
    """A wrong answer: its name, hint, section ("" for the question's own), source text, and edits."""

    name: str
    hint: str
    section: str
    source: str
    edits: tuple = ()


def slips(text, source, *, hints=True):
    """Return the slips of a block of text, each applied to `source`. With `hints`, each must have a hint.

    >>> [slip] = slips('''
    ... The bias is missing  [02-definition]
    ...     + b =>
    ...     What is y when all of w is zero?
    ... ''', "def f(x, w, b): return w @ x + b")
    >>> slip.source
    'def f(x, w, b): return w @ x '
    """
    blocks = re.split(r"\n\s*\n", textwrap.dedent(text).strip("\n"))
    return [slip for block in blocks if block.strip() for slip in _block(block.split("\n"), source, hints)]


def _block(lines, source, hints):
    """Return the slips of one name, one for each way to make it."""
    head, body = HEAD.fullmatch(lines[0].strip()), textwrap.dedent("\n".join(lines[1:])).split("\n")
    if lines[0].startswith(" ") or not body[0]:
        raise SlipError(f"a slip begins with its name, and edits and a hint follow indented: {lines[0]!r}")
    ways, hint = [[]], []
    while body:
        if change := re.fullmatch(r"(\S.*?) (=>>?)(?: (.*))?", body[0]):
            ways[-1].append(partial(_replace, *change.groups()))
            body = body[1:]
        elif body[0][:2] in ("- ", "+ ", "-", "+"):
            end = next((n for n, line in enumerate(body) if line[:1] not in "-+"), len(body))
            ways[-1].append(partial(_replace_lines, body[:end]))
            body = body[end:]
        elif body[0] == "or":
            ways.append([])
            body = body[1:]
        else:
            hint.append(body.pop(0).strip())
    words = head["name"], " ".join(hint), head["section"] or ""
    try:
        found = [Slip(*words, edit(source, way), tuple(way)) for way in ways]
    except SlipError as error:
        raise SlipError(f"{head['name']!r}: {error}") from None
    if any(slip.source == source for slip in found) or (hints and not hint):
        raise SlipError(f"{head['name']!r} needs an edit that changes something and a hint")
    return found


def edit(source, edits):
    """Return the source after the edits, each applied to the result of the previous one."""
    for one in edits:
        source = one(source)
    return source


def _replace(old, arrow, new, source):
    """Return the source with a piece of a line replaced. Only whole names match."""
    before, after = r"(?<!\w)" if old[0].isidentifier() else "", r"(?!\w)" if re.match(r"\w", old[-1]) else ""
    found = len(re.findall(before + re.escape(old) + after, source))
    if found == 0 or (found > 1) != (arrow == "=>>"):
        raise SlipError(f"{old!r} stands in the answer {found} times")
    return re.sub(before + re.escape(old) + after, lambda match: new or "", source)


def _replace_lines(change, source):
    """Return the source with the `-` lines replaced by the `+` lines, with the same indentation."""
    old = [line[2:] for line in change if line[0] == "-"]
    new = [line[2:] for line in change if line[0] == "+"]
    lines = source.split("\n")
    places = []
    for start in range(len(lines) - len(old) + 1) if old else ():
        indent = lines[start][: len(lines[start]) - len(lines[start].lstrip())]
        if lines[start : start + len(old)] == [indent + line if line else "" for line in old]:
            places.append((start, indent))
    if len(places) != 1:
        raise SlipError(f"the lines {old} stand in the answer {len(places)} times")
    start, indent = places[0]
    lines[start : start + len(old)] = [indent + line if line else "" for line in new]
    return "\n".join(lines)


def tidy(source):
    """Return a sheet's source text without common indentation and surrounding empty lines."""
    return textwrap.dedent(source).strip("\n") + "\n"


def compiled(source, function, names):
    """Run `source` with `names` defined and return its function of this name."""
    space = dict(names)
    exec(compile(source, f"<{function}>", "exec"), space)
    return space[function]


def parts(source, function):
    """Split a function's source into three pieces: the stub's beginning, the learner's lines, and the rest.

    The learner writes the whole body or, if it has a line `# yours`, the lines from there to `# given`.

    >>> parts("def f(x):\\n    '''Twice x.'''\\n    return 2 * x\\n", "f")
    ("def f(x):\\n    '''Twice x.'''\\n", '    return 2 * x\\n', '')
    """
    tree = ast.parse(source)
    node = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == function)
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    lines = source.splitlines(keepends=True)
    first, last = body[0].lineno - 1, node.end_lineno
    while lines[first - 1].lstrip().startswith("#"):
        first -= 1
    marks = [line.strip() for line in lines]
    begin = first
    if YOURS in marks:
        first = marks.index(YOURS)
        begin = first + 1
    end = after = last
    if GIVEN in marks:
        end = marks.index(GIVEN)
        after = end + 1
    return "".join(lines[:first]), "".join(lines[begin:end]), "".join(lines[after:])


def stub(source, function):
    """Return the stub that a learner gets: the function's head and docstring, and the line to replace.

    >>> print(stub("def f(x):\\n    '''Twice x.'''\\n    return 2 * x", "f"))
    def f(x):
        '''Twice x.'''
        raise NotImplementedError
    <BLANKLINE>
    """
    kept, _, after = parts(source, function)
    return f"{kept}    {STUB}\n{after}"
