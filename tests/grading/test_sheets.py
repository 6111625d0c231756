"""The kill harness: no misconception gets full marks, each shows its own hint, no right answer loses any."""

import json
import re

import numpy as np
import pytest

from conv_course.checker.judge import expected, items, run_and_judge, wrong_items
from conv_course.checker.links import anchor, chapters, page_of
from conv_course.checker.questions import SHEETS, Code, load_sheet, sheet_stems
from conv_course.checker.run import run
from conv_course.checker.slips import stub
from conv_course.checker.wire import dumps, loads_answers, loads_trusted

from .sheet_cases import SEEDS, misconceptions, questions, right_answers

BOOK = SHEETS.parents[2] / "book"


@pytest.mark.parametrize(("question", "wrong"), misconceptions)
def test_a_misconception_is_caught_and_named(question, wrong):
    named = []
    for seed in SEEDS:
        verdict = run_and_judge(question, wrong.function, seed=seed)
        assert verdict.points < verdict.of, f"full marks on seed {seed}"
        assert verdict.state != "not started"
        named.append(wrong.name in [d.name for d in verdict.diagnoses])
    # the table requires 95 % of all together; a single one may miss a seed
    assert sum(named) >= len(SEEDS) - 1, [d.name for d in verdict.diagnoses]


def test_the_table_of_the_book_is_that_of_the_sheets():
    """`python -m tools.kill_table` measures it on seeds other than those of these tests."""
    rows = json.loads((BOOK / "data" / "kill_table.json").read_text(encoding="utf-8"))["rows"]
    now = [(stem, q.name, len(q.wrongs)) for stem in sheet_stems() for q in load_sheet(stem)]
    counted = [(r["lesson"], r["question"], r["wrong"]) for r in rows]
    assert counted == now, "run .venv/bin/python -m tools.kill_table --stale"
    assert all(r["caught"] == r["trials"] for r in rows)
    assert sum(r["named"] for r in rows) >= 0.95 * sum(r["trials"] for r in rows)


@pytest.mark.parametrize(("question", "right"), right_answers)
def test_a_right_answer_keeps_full_marks(question, right):
    for seed in SEEDS:
        verdict = run_and_judge(question, right, seed=seed)
        assert verdict.state == "done", (seed, verdict.failure, verdict.problem, verdict.diagnoses)


def _restyle(value, style):
    """Return a right result in another form."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        if style == "float32":
            return value.astype(np.float32)
        if style == "Fortran order":
            return np.asfortranarray(value)
        if style == "nested list":
            return value.tolist()
        if style == "view":
            return np.stack([value, value], axis=-1)[..., 0]
    if isinstance(value, tuple):
        return tuple(_restyle(v, style) for v in value)
    if isinstance(value, dict):
        return {k: _restyle(v, style) for k, v in value.items()}
    if isinstance(value, list):
        return [_restyle(v, style) for v in value]
    if isinstance(value, bool | int) and style == "float32":
        return np.float32(value) if not isinstance(value, bool) else np.bool_(value)
    return value


@pytest.mark.parametrize("style", ["float32", "Fortran order", "nested list", "view"])
@pytest.mark.parametrize("question", questions)
def test_a_right_result_in_another_dress_keeps_full_marks(question, style):
    def answer(*args, **kwargs):
        return _restyle(question.model(*args, **kwargs), style)

    verdict = run_and_judge(question, answer, seed=1)
    assert verdict.state == "done", (verdict.failure, verdict.problem)


@pytest.mark.parametrize("question", questions)
def test_no_two_misconceptions_are_the_same(question):
    tables = []
    for seed in SEEDS:
        for i, table in enumerate(wrong_items(question, seed)):
            if seed == SEEDS[0]:
                tables.append([])
            tables[i].append(table)
    texts = [repr([[(k, _rounded(got)) for k, (got, _) in t.items()] for t in rows]) for rows in tables]
    twins = [
        (question.wrongs[i].name, question.wrongs[j].name)
        for i in range(len(texts))
        for j in range(i)
        if texts[i] == texts[j]
    ]
    assert not twins
    # several ways to make the same mistake have the same name, hint and section
    said = {(w.name, w.hint, w.section) for w in question.wrongs}
    assert len({name for name, *_ in said}) == len(said)


def _rounded(value):
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return value.shape, np.round(value + 0.0, 6).tolist()
    if isinstance(value, list | tuple):
        return [_rounded(v) for v in value]
    return value.tolist() if isinstance(value, np.ndarray) else value


@pytest.mark.parametrize("question", questions)
def test_wrong_in_every_generic_way(question):
    """None, a stub, NaN, a ragged list and a changed input are caught and named."""

    def verdict_of(function):
        return run_and_judge(question, function, seed=2)

    def nothing(*args, **kwargs):
        question.model(*args, **kwargs)

    def stub(*args, **kwargs):
        raise NotImplementedError

    def ragged(*args, **kwargs):
        return [[1.0, 2.0], [3.0]]

    assert verdict_of(nothing).diagnoses[0].name == "Returns None"
    assert verdict_of(stub).state == "not started"
    assert verdict_of(lambda *a, **k: ...).state == "not started"
    assert verdict_of(ragged).points == 0
    assert verdict_of(lambda *a, **k: 1 / 0).problem.startswith("ZeroDivisionError: division by zero (line ")


@pytest.mark.parametrize("question", questions)
def test_cases_and_answers_travel_as_text(question):
    cases = loads_trusted(dumps(question.cases_for(3)))
    answers = run(question.model, cases, names=question.parameters, modifies=question.modifies)
    sent = loads_answers(dumps(answers))
    if not any(isinstance(a, Code) for c in cases for a in [*c.args, *c.kwargs.values()]):
        assert not [why for _, why in items(question, sent, expected(question, 3)).values() if why]
    for one, again in zip(question.cases_for(3), cases, strict=True):
        assert dumps(one) == dumps(again)


# words that a question's section must contain: the topic of the question
TOPICS = {
    "02": ["how many outputs", "sum", "stride", "left over", "dilation", "left over"],
    "03": ["product", "fully connected", "fully connected", "adds? up|sum", "weight", "dx"],
    "04": ["line by line", "sum", "dx", "padding", "flip", "line"],
    "05": ["both sides", "layer", "element", "adjoint", "wrong|fail", "mislead"],
    "06": ["zeros", "zeros", "dX", "dW", "dilation", "leftover"],
    "07": ["H'", "kernel", "flip", "column", "padding", "reversed"],
    "08": ["H'", "multiplications", "channel", "loop", "axes", "bias"],
    "09": ["pixel", "filter", "dW", "loop", "padding", "copy|copies"],
    "10": ["row", "column", "product", "col2im", "dW", "reshape"],
    "11": ["four products", "tile", "products", "cache", "block", "product"],
    "12": ["transpose|permute", "cell", "order", "counted|count", "row", "counted|count"],
    "13": [
        "span",
        "dilation",
        "backward|dX|gradient",
        "filter",
        "multiplications|products",
        "gradient|dX",
        "group",
    ],
    "14": ["stamp", "output padding", "stamps", "output_padding|output padding", "dx|dX", "crop|cut"],
    "15": ["largest|maximum", "winner|won", "mean|average", "mean|average", "receptive", "winner|won"],
    "16": ["ReLU.*kink", "softmax", "gradient", "momentum", "step", "ReLU"],
    "17": ["test", "layer", "dot product", "survive", "name its mistake", "all different", "equal"],
}


def _section(label):
    """Return the text under a label: all below its heading, or without one up to the next label."""
    text = (BOOK / f"{page_of(label)}.md").read_text(encoding="utf-8")
    assert text.count(f"\n({label})=\n") == 1, f"no ({label})="
    text = text.split(f"\n({label})=\n")[1]
    heading = re.match("#+ ", text)
    if heading is None:
        return re.split(r"^\([\w-]+\)=$", text, maxsplit=1, flags=re.MULTILINE)[0]
    level = len(heading[0]) - 1
    return re.split(rf"^#{{1,{level}}} ", text[heading.end() :], maxsplit=1, flags=re.MULTILINE)[0]


def test_hints_lead_to_sections_that_are_there():
    for stem in sheet_stems():
        assert stem in chapters()
        for question in load_sheet(stem):
            for label in {question.section, *(w.section for w in question.wrongs)}:
                assert _section(label).strip(), f"{stem} {question.name}: {label} is empty"


@pytest.mark.parametrize("question", questions)
def test_the_section_of_a_question_is_about_it(question):
    names, topics = list(load_sheet(question.stem).questions), TOPICS[question.stem[:2]]
    assert len(topics) <= len(names), "TOPICS has a word too many"
    topic = dict(zip(names, topics, strict=False)).get(question.name)
    assert topic, f"{question.stem} {question.name} needs a word in TOPICS of tests/grading/test_sheets.py"
    assert re.search(topic, _section(question.section), re.DOTALL | re.IGNORECASE), topic


@pytest.mark.parametrize("folder", ["solutions", "exercises"])
def test_a_notebook_names_the_points_of_its_sheet(folder):
    for stem in sheet_stems():
        sheet = load_sheet(stem)
        cells = json.loads((SHEETS.parents[2] / folder / f"{stem}.ipynb").read_text(encoding="utf-8"))[
            "cells"
        ]
        texts = ["".join(c["source"]) for c in cells if c["cell_type"] == "markdown"]
        assert re.findall(r"\bPoints: ([\d.]+)\.", texts[0]) == [f"{sheet.points:g}"], stem
        told = [m for m in (re.match(r"## Question (\d+).* \(([\d.]+) points?\)\n", t) for t in texts) if m]
        assert [(f"q{m[1]}", float(m[2])) for m in told] == [(q.name, q.points) for q in sheet], stem


def test_hints_are_one_sentence_that_gives_no_code_away():
    for stem in sheet_stems():
        for question in load_sheet(stem):
            for wrong in question.wrongs:
                assert wrong.hint[-1] in ".?", wrong.hint
                assert len(re.findall(r"[.?!](?:\s|$)", wrong.hint)) <= 2, wrong.hint
                assert not re.search(r"np\.|==|\[[a-z:]|\]\s*=|//", wrong.hint), wrong.hint
                assert 3 <= len(wrong.name) <= 60, wrong.name


@pytest.mark.parametrize("question", [p for p in questions if p.values[0].outputs])
def test_what_a_card_calls_a_result_stands_in_the_stub(question):
    if question.kind == "function":
        text = stub(question.source, question.function)
        assert [name for name in question.outputs if not re.search(rf"(?<!\w){name}(?!\w)", text)] == []


def test_no_hint_to_a_wrong_answer_begins_as_if_it_were_right():
    begins = [w.hint for p in questions for w in p.values[0].wrongs if w.hint.startswith("This is right")]
    assert begins == []


def test_anchor_is_what_sphinx_makes_of_a_label():
    from docutils.nodes import make_id

    for label in ("02-size", "06-leftover", "16-b-2-x", "fig-02-window"):
        assert anchor(label) == make_id(label)
