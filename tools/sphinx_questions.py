"""Sphinx extension: `{question} 02 q3` shows a question of an exercise where its idea is explained.

The text, the stub and the points come from the exercise's notebook and sheet. Without JavaScript the page
shows the text and a link to the notebook. In print, lines to write on replace the link. `{ref}` finds the
question by the label `02-q3`. A question that does not exist is a build error.
"""

import ast
import hashlib
import json
import re
import shutil
from dataclasses import dataclass, replace
from functools import cache
from html import escape
from pathlib import Path

import nbformat
from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from conv_course.checker.questions import load_sheet, sheet_stems
from conv_course.checker.show import amount
from conv_course.widgets._esm import ESM, SHARED
from conv_course.words import say
from tools.covers import covers, find_covered
from tools.exercise_notebook import SHEET_CALL
from tools.generate_exercises import drafted
from tools.lite.contents import not_run
from tools.sphinx_course import exercise_of, lite_button

TITLE = re.compile(r"## Question \d+(?P<more>, [^\n]*?)?: [^\n]*\n?")
IMPORT = re.compile(r"(?:from|import) (?!conv_course\b)")
ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "conv_course" / "page"
DRAWING = (*SHARED, "conv1d.js")  # what the sliders draw with
BUTTONS = {"check": "Check", "hint": "Hint", "stop": "Stop", "reset": "Reset"}
LINES = range(5, 20)  # minimum and maximum number of lines in print


@dataclass(frozen=True)
class Placed:
    """A question as a page shows it. `cells` are the ("text" or "code", source) cells before its stub."""

    title: str
    points: str
    cells: tuple
    stub: str
    lines: int
    slide: tuple = ()  # the text above the sliders, their cell's source and {name: values} of each
    kind: str = ""  # ", the stretch" or ", a warm-up"

    @property
    def version(self):
        """A digest of the question's code. A learner's answer to another version is kept separately."""
        return hashlib.sha256(self.stub.encode()).hexdigest()[:6]


class Unknown(ValueError):
    """The question is in no sheet."""


def named(argument):
    """Return (stem, name) of "02 q3".

    >>> named("02 q3")
    ('02_slide_a_kernel', 'q3')
    """
    chapter, _, name = argument.partition(" ")
    stem = next((one for one in sheet_stems() if one[:2] == chapter), None)
    if stem is None:
        raise Unknown(
            f"chapter {chapter!r} has no exercise; these have: {', '.join(s[:2] for s in sheet_stems())}"
        )
    known = load_sheet(stem).questions
    if name not in known:
        raise Unknown(f"exercise {stem} has no question {name!r}; it has {', '.join(known)}")
    return stem, name


@cache
def placed(stem):
    """Return {name: Placed} of an exercise, as its notebook shows them."""
    sheet = load_sheet(stem)
    _, exercise, _ = drafted(stem)
    found, cells, last, imports = {}, [], None, ""
    for cell in exercise.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if cell.cell_type == "markdown" and TITLE.match(cell.source):
            cells, last = [], None
        if grade_id.startswith("answer-") and (name := grade_id.removeprefix("answer-")) in sheet.questions:
            found[name] = _placed(sheet.questions[name], cells, cell.source)
            cells, last = [], name
        elif last and cell.source.rpartition("\n")[2].startswith("sliders("):
            text = "\n\n".join(source for kind, source in cells if kind == "text")
            found[last] = replace(found[last], slide=(text, imports + cell.source, ranges(cell.source)))
        elif not found and cell.cell_type == "code":
            imports += "".join(f"{line}\n" for line in cell.source.splitlines() if IMPORT.match(line))
        elif not SHEET_CALL.search(cell.source):
            cells.append(("code" if cell.cell_type == "code" else "text", cell.source))
    return found


def ranges(source):
    """{name: values} of the sliders that a cell shows in its last line.

    >>> ranges("sliders(show, stride=range(1, 3), m=[2, 4])")
    {'stride': [1, 2], 'm': [2, 4]}
    """
    call = ast.parse(source).body[-1].value
    return {one.arg: list(eval(ast.unparse(one.value), {"range": range})) for one in call.keywords}


def _placed(question, cells, stub):
    heading = TITLE.match(cells[0][1])
    first = (cells[0][0], cells[0][1][heading.end() :].strip())
    points = f"{amount(question.points)} point{'' if question.points == 1 else 's'}"
    lines = min(max(len(question.source.splitlines()), LINES[0]), LINES[-1])
    kind = heading["more"] or ""
    return Placed(question.title, points, (first, *cells[1:]), stub, lines, kind=kind)


HEADING = re.compile(r"## (\w+) \d+\.\d+(.*?): (.*) \((.*)\)")


class course_question(nodes.General, nodes.Element):
    """A question. Its attributes tell the page's script which one it is."""


class Question(SphinxDirective):
    """The directive `{question} NN qK`, with the option of `tools.covers`."""

    required_arguments = 2
    option_spec = dict.fromkeys(["covers"], directives.unchanged)

    def run(self):
        try:
            stem, name = named(" ".join(self.arguments))
        except Unknown as unknown:
            raise self.error(str(unknown)) from None
        one = placed(stem)[name]
        for source in (f"solutions/{stem}.md", f"conv_course/checker/sheets/{stem}.py"):
            self.env.note_dependency(f"../{source}")
        label, number = f"{stem[:2]}-{name}", f"{int(stem[:2])}.{name[1:]}"
        box = course_question(
            ids=[f"question-{label}"], stem=stem, question=name, version=one.version, number=number
        )
        box["covers"] = self.options.get("covers", "").split()
        self.set_source_info(box)
        domain = self.env.get_domain("std")
        title = f"question {number}"
        domain.note_hyperlink_target(label, self.env.docname, box["ids"][0], title)
        heading = say(f"## Question {number}{one.kind}: {one.title} ({one.points})", self.config.language)
        # a page asks in the order of its ideas: the number is the question's name, not its place
        word, kind, asked, points = HEADING.fullmatch(heading).groups()
        label = nodes.inline("", f"({number}, {points})", classes=["course-together"])
        box += nodes.paragraph("", f"{word}{kind}: {asked} ", label, classes=["course-question-title"])
        box += self.body(one)
        box += self.foot(stem, one)
        return [box]

    def body(self, one):
        inside = nodes.container(classes=["course-question-text"])
        for kind, source in one.cells:
            if kind == "text":
                lines = StringList(source.splitlines(), self.get_source_info()[0])
                self.state.nested_parse(lines, self.content_offset, inside)
            else:
                inside += nodes.literal_block(source, source, language="python", classes=["course-given"])
        inside += nodes.literal_block(one.stub, one.stub, language="python", classes=["course-stub"])
        return inside

    def foot(self, stem, one):
        language = self.config.language
        buttons = "".join(
            f'<button type="button" data-act="{act}"{" disabled" * (act == "stop")}>{text}</button>'
            for act, text in ((act, say(label, language)) for act, label in BUTTONS.items())
        )
        notebook = say("Exercise as a notebook", language)
        paper = "<i></i>" * one.lines
        return [
            raw(f'<div class="course-question-bar"><div class="course-question-acts">{buttons}</div>'),
            lite_button(exercise_of(stem), notebook, "course-button-quiet"),
            raw('<p class="course-question-status" role="status"></p></div>'),
            raw('<div class="course-question-result" aria-live="polite"></div>'),
            *self.sliders(one),
            raw(f'<div class="course-lines" aria-hidden="true">{paper}</div>'),
        ]

    def sliders(self, one):
        """The exercise's sliders, which run the learner's function on the page."""
        if not one.slide:
            return []
        text, source, controls = one.slide
        data = f'data-cell="{escape(source)}" data-controls="{escape(json.dumps(controls))}"'
        said = nodes.container()
        self.state.nested_parse(StringList(text.splitlines(), self.get_source_info()[0]), 0, said)
        summary = say("Sliders that run your function", self.config.language)
        opening = f'<details class="course-slide" {data}><summary>{summary}</summary>'
        return [raw(opening), *said.children, raw("</details>")]


def raw(markup):
    return nodes.raw("", markup, format="html")


def visit(self, node):
    given = {"exercise": node["stem"], **{name: node[name] for name in ("question", "version", "number")}}
    data = {f"data-{name}": value for name, value in given.items()} | covers(node)
    self.body.append(self.starttag(node, "div", CLASS="course-question", **data))


def depart(self, node):
    self.body.append("</div>\n")


def ignore(self, node):
    """Do nothing: other formats just show the contents."""


def scripts():
    """Return the page's scripts and their folder, whose name changes with their contents."""
    files = sorted(path for path in PAGE.glob("*.js") if path.name != "words.js")
    all_files = [*files, *(ESM / name for name in DRAWING)]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in all_files)).hexdigest()[:8]
    return files, f"page/{digest}"


def write_scripts(app):
    """Put the scripts into the site, and the note that says whether Python's files are available."""
    if app.builder.format != "html":
        return
    files, folder = scripts()
    static = Path(app.outdir, "_static")
    shutil.rmtree(static / "page", ignore_errors=True)
    (static / folder).mkdir(parents=True)
    for path in files:
        shutil.copy(path, static / folder)
    (static / folder / "esm").mkdir()
    for name in DRAWING:
        shutil.copy(ESM / name, static / folder / "esm")
    write_exercises(static / "page" / "exercises")
    ready = Path(app.outdir, "lite", "static", "pyodide", "pyodide-lock.json").is_file()
    (static / "python.json").write_text(json.dumps({"ready": ready}), encoding="utf-8")


def write_exercises(folder):
    """Write the notebooks into which a reader's answers are inserted, without outputs."""
    folder.mkdir()
    for path in sorted((ROOT / "exercises").glob("*.ipynb")):
        notebook = not_run(nbformat.read(path, as_version=4))
        (folder / path.name).write_text(nbformat.writes(notebook), encoding="utf-8")


def add_script(app, pagename, templatename, context, doctree):
    """Load the scripts only on pages that show questions, progress or predictions."""
    body = context.get("body", "")
    if re.search(r'class="course-(progress|question|work)"', body):
        app.add_js_file(f"{scripts()[1]}/start.js", defer="defer")
    if 'class="course-predict-box"' in body:
        app.add_js_file(f"{scripts()[1]}/predict.js", defer="defer")
    if 'data-covers="' in body:
        app.add_js_file(f"{scripts()[1]}/cover.js", defer="defer")


def setup(app):
    others = {kind: (ignore, ignore) for kind in ("latex", "text")}
    app.add_node(course_question, html=(visit, depart), **others)
    app.add_directive("question", Question)
    app.connect("builder-inited", write_scripts)
    app.connect("doctree-read", find_covered)
    app.connect("html-page-context", add_script)
    return {"version": "2", "parallel_read_safe": True, "parallel_write_safe": True}
