"""Questions on a learner's own code: every answer is confirmed in another way, and none is made up."""

import ast
import re
import sys
from dataclasses import replace

import numpy as np
import pytest

from conv_course.checker import own
from conv_course.checker.notebook import Check
from conv_course.checker.own import inside
from conv_course.checker.own.ask import FEWEST, value_text
from conv_course.checker.questions import load_sheet

SLIDE = load_sheet("02_slide_a_kernel").questions["q3"]
LOOPS = """
def slide_padded(x, w, b=0.0, *, stride=1, padding=0):
    x = np.pad(x, padding)
    y = []
    i = 0
    while i + len(w) <= len(x):
        total = b
        for k, tap in enumerate(w):
            total += tap * x[i + k]
        y.append(total)
        i += stride
    return np.array(y)
"""


def function_in(source, name, space):
    space = dict(space)
    exec(compile(source, "<theirs>", "exec"), space)
    return space[name]


def sheet_on(question, source, who=""):
    made = own.plan(question, source, who)
    function = function_in(made.source, made.name, question.names)
    assert inside.leans_on(function) == ""
    return own.asked(made, inside.own_answers(made.job(), question.cases_for(0), function))


def solutions(stem):
    for question in load_sheet(stem):
        if question.kind == "function":
            bodies = ast.parse(question.source).body
            (own_part,) = [b for b in bodies if getattr(b, "name", "") == question.function]
            yield question, ast.get_source_segment(question.source, own_part)


def result_text(source, call, names, place):
    """Return a call's result as the text of an option. `place` selects the part that is asked about."""
    space = {"np": np, **names}
    exec(source, space)
    with np.errstate(all="ignore"):
        try:
            value = eval(call, space)
        except Exception as error:
            return f"it stops: {type(error).__name__}"
    return value_text(place(value)) or repr(value)


def place_of(question, asks):
    """Return a function from a result to the output, or its entry, that a question names."""
    name = re.fullmatch(r"What (?:is|does) ([\w ]+?)(\[.*\])?(?: give)? then\?", asks)[1]
    index = asks.partition("[")[2].partition("]")[0]
    where = tuple(map(int, index.split(", "))) if index else ()
    member = question.outputs.index(name) if name in question.outputs else None
    pick = lambda value: value if member is None or len(question.outputs) == 1 else value[member]  # noqa: E731
    return lambda value: np.asarray(pick(value))[where] if where else pick(value)


def changed_source(sheet, text):
    line, old, new = re.match(r"Line (\d+) is changed from\n    (.*)\nto this:\n    (.*)\n", text).groups()
    lines = list(sheet.lines)
    assert lines[int(line) - 1].strip() == old
    lines[int(line) - 1] = lines[int(line) - 1].replace(old, new)
    return "\n".join(lines)


def traced(source, name, call, names, line, variable):
    """Return [(counters, text of the variable)] for each time that a line has run, observed by a trace."""
    space, seen, before = {"np": np, **names}, [], [0]
    exec(compile(source, "<theirs>", "exec"), space)

    def trace(frame, event, _):
        if frame.f_code.co_filename != "<theirs>" or frame.f_code.co_name != name:
            return None
        if before[0] == line:
            value = eval(variable, dict(space), dict(frame.f_locals))
            seen.append((dict(frame.f_locals), value_text(np.array(value))))
        before[0] = frame.f_lineno
        return trace

    sys.settrace(trace)
    try:
        eval(call, space)
    finally:
        sys.settrace(None)
    return seen


def check_round(question, sheet, one, name):
    call, asks = one.text.split("\n")
    variable, line, where = re.fullmatch(r"What is (.*) right after line (\d+) has run (.*)\?", asks).groups()
    seen = traced("\n".join(sheet.lines), name, call, question.names, int(line), variable)
    times = 1 if where == "for the first time" else re.fullmatch(r"(\d+) times|in .*", where)[1]
    if times:
        assert seen[int(times) - 1][1] == one.options[one.right]
        return
    counters = dict(re.findall(r"(\w+) = (-?\d+)", where))
    fit = [text for local, text in seen if all(int(local[n]) == int(v) for n, v in counters.items())]
    assert fit == [one.options[one.right]]


def check_sheet(question, sheet):
    name = ast.parse("\n".join(sheet.lines)).body[0].name
    for one in sheet.asked:
        assert len(set(one.options)) == len(one.options) >= FEWEST
        right, source = one.options[one.right], "\n".join(sheet.lines)
        if one.kind == "round":
            check_round(question, sheet, one, name)
        elif one.kind == "change":
            *_, call, asks = one.text.split("\n")
            changed, place = changed_source(sheet, one.text), place_of(question, asks)
            assert result_text(changed, call, question.names, place) == right
            assert result_text(source, call, question.names, place) != right
        else:
            changed = changed_source(sheet, one.text)
            differ = [
                option
                for option in one.options
                if not same(*(run_call(text, option, question.names) for text in (source, changed)))
            ]
            assert differ == [right]


def run_call(source, call, names):
    space = {"np": np, **names}
    exec(source, space)
    with np.errstate(all="ignore"):
        try:
            return eval(call, space)
        except Exception as error:
            return type(error).__name__


def same(a, b):
    if isinstance(a, tuple):
        return isinstance(b, tuple) and len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and np.shape(a) == np.shape(b) and np.array_equal(a, b)


@pytest.mark.parametrize("stem", ["02_slide_a_kernel", "06_stride_and_padding"])
def test_every_answer_is_what_the_code_does(stem):
    count = 0
    for question, source in solutions(stem):
        try:
            sheet = sheet_on(question, source)
        except own.NotReadable:  # calls that are too large
            continue
        check_sheet(question, sheet)
        assert len(sheet.asked) + len(sheet.missing) == 3
        count += len(sheet.asked)
    assert count >= 10


def test_loops_of_a_learners_own_are_asked_about():
    sheet = sheet_on(SLIDE, LOOPS)
    check_sheet(SLIDE, sheet)
    assert [one.kind for one in sheet.asked] == ["round", "change", "call"]
    assert sheet == sheet_on(SLIDE, LOOPS)
    keys = {sheet_on(SLIDE, LOOPS, who).key for who in map(str, range(5))}
    assert len(keys) > 2  # a neighbour's key is of no use


HEAD = "def slide_padded(x, w, b=0.0, *, stride=1, padding=0):\n    return "


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        (f"{HEAD}np.correlate(np.pad(x, padding), w, 'valid')[::stride] + b\n", ["change", "call"]),
        ("def slide_padded(*args, **kwargs):\n    return other(*args, **kwargs)\n", []),
    ],
)
def test_other_shapes_of_code_give_fewer_questions_and_say_so(source, kinds):
    def other(x, w, b, *, stride=1, padding=0):
        return np.correlate(np.pad(x, padding), w, "valid")[::stride] + b

    names = SLIDE.names
    SLIDE.names = names | {"other": other}
    try:
        sheet = sheet_on(SLIDE, source)
        check_sheet(SLIDE, sheet)
    finally:
        SLIDE.names = names
    assert [one.kind for one in sheet.asked] == kinds
    assert len(sheet.missing) == 3 - len(kinds)
    assert "no loop was found" in sheet.missing[0]


@pytest.mark.parametrize(
    "source",
    [
        "slide_padded = lambda x, w, b=0.0, stride=1: x",
        "def slide_padded(x):\n    global seen\n    seen = x\n    return x",
        "def slide_padded(x):\n    yield x",
        "@cached\ndef slide_padded(x):\n    return x",
        "def slide_padded(x:\n    return x",
        "def slide_padded(x):\n    return " + "+".join(["x"] * 3000),
        "def slide_padded(x):\n    return " + "(" * 300 + "x" + ")" * 300,
        "x = 1\ndef slide_padded(x):\n    return x",
        "def slide_padded(x):\n    return x\n" + "#" * 30_000,
    ],
)
def test_what_cannot_be_read_is_refused(source):
    with pytest.raises(own.NotReadable):
        own.plan(SLIDE, source)


def test_what_leans_on_things_outside_is_seen():
    space = {"np": np, "kept": {}, "shape": (1, 2), "lists": ([],)}
    sources = {
        "def f(x):\n    return x.shape, shape": "",
        "def f(x):\n    kept[1] = x\n    return x": "kept",
        "def f(x):\n    return [kept for _ in x]": "kept",
        "def f(x):\n    return lists": "lists",
    }
    assert {text: inside.leans_on(function_in(text, "f", space)) for text in sources} == sources


def test_a_wrong_or_fickle_text_gives_no_question():
    wrong = sheet_on(SLIDE, LOOPS.replace("tap * x[i + k]", "tap * x[i - k]"))
    assert wrong.asked == []
    fickle = LOOPS.replace("total = b", "total = b + 1e-12 * np.random.rand()")
    assert sheet_on(SLIDE, fickle).asked == []


def test_forged_answers_make_no_error():
    made = own.plan(SLIDE, LOOPS)
    answers = inside.own_answers(
        made.job(), SLIDE.cases_for(0), function_in(LOOPS, "slide_padded", SLIDE.names)
    )
    for value in (
        None,
        [],
        [[["a"]], 1],
        [[[0, None, np.zeros(3)], [99, [1], 2]], 3],
        {"a": 1},
        "x",
        10**400,
    ):
        forged = [answers[0]] + [[replace(a, value=value) for a in row] for row in answers[1:]]
        sheet = own.asked(made, forged)
        assert all(one.kind != "round" for one in sheet.asked)


def test_the_notebook_asks_after_full_marks_and_counts_the_first_answer(tmp_path, monkeypatch):
    check = Check(load_sheet("02_slide_a_kernel"))
    assert "has full marks: check it first" in str(check.own("q3"))
    path = tmp_path / "theirs.py"
    path.write_text(f"import numpy as np\n{LOOPS}")
    monkeypatch.syspath_prepend(tmp_path)
    import theirs

    assert "done" in str(check("q3", theirs.slide_padded))
    assert "ask first" in str(check.own("q3", "abc"))
    card = check.own("q3")
    key, points = card.sheet.key, check.points
    assert "while i + len(w) <= len(x):" in str(card)
    assert "while i + len(w) &lt;= len(x):" in card.html()
    assert "answer with 3 of the letters" in str(check.own("q3", "ab"))
    wrong = "".join("b" if letter == "a" else "a" for letter in key)
    assert "q3, your own code: 0 of 3" in str(check.own("q3", wrong))
    again = str(check.own("q3", key))
    assert "0 of 3" in again
    assert "gave first are the ones that count" in again
    assert check.points == points
    assert "q3, your own code: 0 of 3, counted apart" in str(check.progress())
