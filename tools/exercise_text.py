"""Read `solutions/NN_stem.md`, the source of an exercise: a notebook as text, completed from its sheet.

The text is MyST. It starts with the title and a short introduction, in which `{points}` stands for the total
points. The first code cell contains the imports that the sheet does not make. A heading `## q3` or
`## q5, the stretch` begins a question: its number, title and points are filled in. The cell to write in and
the check follow the question's text, which ends at a code cell, at the next heading or at a line `+++`. If
the question refers to cells that must come first, a code cell with only `...` marks their place instead.
"""

import ast
import re

import jupytext
import nbformat

from conv_course.checker.slips import parts
from tools.exercise_notebook import BEGIN, END, Problem

HEADING = re.compile(r"## (q\d+)(, [^\n]*)?(?=\n|$)")
HERE = "..."


def solution_of(text, sheet):
    """Return the solution notebook, not yet run, made from the text and the sheet."""
    first, *lessons = _by_question(_cells(text))
    cells = [_filled(kind, source, sheet) for kind, source in first]
    for lesson in lessons:
        cells += _of_question(lesson, sheet)
    for number, (kind, source) in enumerate(cells):
        if kind == "code":
            cells[number] = kind, _first_cell(source, sheet)
            break
    make = {"code": nbformat.v4.new_code_cell, "text": nbformat.v4.new_markdown_cell}
    return nbformat.v4.new_notebook(cells=[make[kind](source) for kind, source in cells])


def _cells(text):
    """Yield ("text" or "code", source) of each cell. A second-level heading begins a new one."""
    for cell in jupytext.reads(text, "md:myst").cells:
        if cell.cell_type == "code":
            yield "code", cell.source.strip()
        else:
            yield from (("text", source.strip()) for source in re.split(r"\n(?=## )", cell.source))


def text_blocks(text):
    """Yield the blocks between blank lines of an exercise's text: paragraphs, lists and formulas."""
    for kind, source in _cells(text):
        for block in source.split("\n\n") if kind == "text" else ():
            heading = HEADING.match(block)
            if heading:
                block = (heading[2] or "").removeprefix(", ")
            if block and not block.startswith("$$"):
                yield block


def _by_question(cells):
    """Return the cells before the first question, and the cells of each question."""
    groups = [[]]
    for kind, source in cells:
        if kind == "text" and HEADING.match(source):
            groups.append([])
        groups[-1].append((kind, source))
    return groups


def _of_question(cells, sheet):
    """Return the cells of one question, with its heading, the answer cell and the check."""
    (_, text), *rest = cells
    heading = HEADING.match(text)
    name, more = heading[1], heading[2] or ""
    if name not in sheet.questions:
        raise Problem(f"{name} has no question in the sheet")
    question = sheet.questions[name]
    points = f"{question.points:g} point{'' if question.points == 1 else 's'}"
    title = f"## Question {name[1:]}{more}: {question.title} ({points})"
    before, body, after = parts(question.source, question.function)
    answer = [
        ("code", f"{before}    {BEGIN}\n{body}    {END}\n{after}".strip()),
        ("code", f'check("{name}")'),
    ]
    place = rest.index(("code", HERE)) if ("code", HERE) in rest else None
    made = [*answer, *rest] if place is None else [*rest[:place], *answer, *rest[place + 1 :]]
    return [("text", title + text[heading.end() :]), *made]


def _filled(kind, source, sheet):
    return kind, source.replace("{points}", f"{sheet.points:g}") if kind == "text" else source


def _first_cell(source, sheet):
    """Return the first code cell: the sorted imports of the sheet and of the text, and the checker."""
    given = [node for node in ast.parse(sheet.given).body if isinstance(node, (ast.Import, ast.ImportFrom))]
    lines = {*map(ast.unparse, given), *source.splitlines(), "from conv_course import sheet"} - {""}
    others = [line for line in lines if not re.match(r"(from|import) \w", line)]
    if others:
        raise Problem(f"the first code cell holds more than imports: {others[0]!r}")
    plain = sorted(line for line in lines if line.startswith("import"))
    taken = sorted(line for line in lines if line.startswith("from"))
    return "\n".join([*plain, "", *taken, "", f'check = sheet("{sheet.stem}")']).strip()
