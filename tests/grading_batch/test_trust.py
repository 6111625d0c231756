"""Bytes that a learner's code may have written: every place that decodes them, and hostile ones for each."""

import ast
import builtins
import contextlib
import struct
import sys
import tempfile
import tracemalloc
import types
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest

from conv_course.checker.answers import ITEMS, Answer, Odd
from conv_course.checker.judge import judge
from conv_course.checker.octave import process
from conv_course.checker.questions import Code, load_sheet
from conv_course.checker.show import Card
from conv_course.checker.wire import dumps
from conv_course.grade import channel, given, layers, notebooks, submissions
from conv_course.grade.archives.unpack import Unpacker

PACKAGE = given.COURSE / "conv_course"
FLOOD = 8 << 20  # bytes; no process can send more
CALLS = 1_000_000  # Python's and C's functions called by the grader, at most
MEMORY = 128 << 20

# --- where such bytes are decoded


def answers(payload):
    return channel.read(b"answers/q1 " + payload + b"\n", {"q1": 1}).answers["q1"]


def value_of_an_answer(payload):
    return answers(b'[{"answer":["value",' + payload + b',"","",0,{"t":[]},"",{"t":[]}]}]')


def changed_argument(payload):
    return answers(b'[{"answer":["value",null,"","",0,{"t":[]},"",{"t":[' + payload + b"]}]}]")


def field_of_an_answer(payload):
    fields = [b'"value"', b"null", b'""', b'""', b"0", b'{"t":[]}', b'""', b'{"t":[]}']
    return [
        answers(b'[{"answer":[' + b",".join([*fields[:k], payload, *fields[k + 1 :]]) + b"]}]")
        for k in range(len(fields))
    ]


def errors_of_cells(payload):
    return channel.read(b"errors " + payload + b"\n", {}).errors


def error_of_a_cell(payload):
    return errors_of_cells(b'[[1,"E","",0],[2,"E",' + payload + b",0]]")


def explanation(payload):
    return channel.read(b"explained/q1 " + payload + b"\n", {"q1": 1}).explained


def lines_of_an_explanation(payload):
    return explanation(b'["computes",[' + payload + b'],"","",null]')


def names_in_a_zip(payload):
    """Try the payload as the name of a file, and as the extra field with another name."""
    name = b"name " + payload[:60_000]
    field = struct.pack("<BL", 1, zlib.crc32(b"a.ipynb")) + payload[:60_000]
    told, place = zipfile.ZipInfo("a.ipynb"), b"x" * len(name)
    told.extra = struct.pack("<HH", 0x7075, len(field)) + field
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch, "of_a_learner.zip")
        with zipfile.ZipFile(path, "w") as file:
            file.writestr(place.decode(), "")
            file.writestr(told, "")
        path.write_bytes(path.read_bytes().replace(place, name))
        unpacker = Unpacker(scratch)
        folder = unpacker.learners(path)
        assert {*Path(scratch).iterdir()} == {path, folder}
        found = [str(inner.relative_to(folder)) for inner in folder.rglob("*")]
        return [found, [*unpacker.problems.values()], unpacker.passed]


def request_for_a_layer(payload):
    return layers.reply([Code("def f(*x, **y): return 1")], payload)


def argument_of_a_layer(payload):
    return request_for_a_layer(b'[0,[["C",' + payload + b']],{"d":[]}]')


def named_argument_of_a_layer(payload):
    return request_for_a_layer(b'[0,[],{"d":[["x",["C",' + payload + b"]]]}]")


def number_of_a_layer(payload):
    return request_for_a_layer(b"[" + payload + b',[],{"d":[]}]')


def reply_of_a_layer(payload):
    """Try the payload as a reply in the learner's process."""
    space = {}
    stand_in = given.STAND_IN.replace("from conv_course.grade import layers", "")
    exec(compile(stand_in, "stand_in.py", "exec"), space)
    fake = {"send": lambda *_: None, "receive": lambda _: b'["value",' + payload + b",[]]"}
    space["layers"] = types.SimpleNamespace(**vars(layers) | fake)
    return space["ask"](0, (), {})


def notebook(payload):
    return notebooks.parse(payload, "02_slide_a_kernel.ipynb", lambda stem: {}).notes


def cells_of_a_notebook(payload):
    return notebook(b'{"cells":[{"cell_type":"code","source":' + payload + b"}," + payload + b"]}")


def octave(payload):
    return process.parse(payload, 3)


def numbers_from_octave(payload):
    return process.parse(b"1 numbers double 1 1\n" + payload.replace(b",", b" "), 3)


DECODERS = [
    *(answers, value_of_an_answer, changed_argument, field_of_an_answer, errors_of_cells, error_of_a_cell),
    *(explanation, lines_of_an_explanation, names_in_a_zip),
    *(request_for_a_layer, argument_of_a_layer, named_argument_of_a_layer, number_of_a_layer),
    *(reply_of_a_layer, notebook, cells_of_a_notebook, octave, numbers_from_octave),
]


def test_the_list_of_decoders_is_whole():
    """List the places that decode or execute. A new one needs a line here and a decoder above."""
    calls = {"loads", "loads_answers", "loads_trusted", "decode", "eval", "exec", "compile", "frombuffer"}
    calls |= {"a2b_base64", "literal_eval", "load", "read_pickle", "raw_decode", "fromhex", "dtype"}
    found = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        if {"sheets", "figures", "widgets"} & {*path.parts}:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        trees = [tree, *([ast.parse(given.STAND_IN)] if path.name == "given.py" else [])]
        for node in (node for tree in trees for node in ast.walk(tree)):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in calls and not ast.unparse(node.func).startswith("re."):
                    found.add((str(path.relative_to(PACKAGE)), name))
    assert found == {
        # decoders that are tested here
        ("grade/channel.py", "decode"),  # the first words of a line
        ("grade/channel.py", "loads"),
        ("grade/channel.py", "loads_answers"),
        ("grade/layers.py", "loads"),
        ("grade/given.py", "loads"),  # of a reply; and of the course's own exercises
        ("grade/notebooks.py", "loads"),
        ("grade/own_code.py", "loads"),  # what the learner's own code gave
        ("checker/octave/process.py", "decode"),
        ("grade/archives/unpack.py", "decode"),  # a name of at most 64 kB
        # the functions that they use
        ("checker/wire.py", "decode"),
        ("checker/wire.py", "a2b_base64"),
        ("checker/wire.py", "frombuffer"),
        ("checker/wire.py", "fromhex"),
        ("checker/wire.py", "dtype"),
        # text for a message, of at most 500 bytes
        ("grade/sandbox.py", "decode"),
        # data that the grader itself wrote
        ("grade/child.py", "loads"),
        ("grade/child.py", "loads_trusted"),
        ("grade/layers.py", "loads_trusted"),
        ("grade/own_run.py", "loads_trusted"),
        ("grade/layers.py", "fromhex"),
        ("grade/servers.py", "decode"),
        ("grade/exercise.py", "decode"),
        ("grade/package/actions.py", "decode"),  # a truncated summary
        ("grade/own_code.py", "decode"),  # cases as text
        ("grade/state.py", "loads"),
        ("grade/state.py", "decode"),  # 32 characters of its own file
        ("grade/state.py", "fromhex"),
        ("grade/text.py", "decode"),
        ("checker/links.py", "loads"),
        # files of the course: the exercise as distributed, and a solution for the demo's class
        ("grade/exercise.py", "loads"),
        ("grade/demo.py", "loads"),
        # the file that `grade package` wrote next to the grader's code
        ("grade/package/run.py", "loads"),
        # the teacher's own gradebook: only bytes to text
        ("grade/gradebooks/fields.py", "decode"),
        # Gradescope's list of who handed in what: plain data (test_archives)
        ("grade/archives/names.py", "load"),
        # code: a learner's in the learner's process, the course's in cases
        ("grade/child.py", "compile"),
        ("grade/child.py", "exec"),
        ("checker/own/inside.py", "compile"),  # in the learner's process
        ("checker/own/inside.py", "exec"),
        ("checker/octave/laws.py", "eval"),  # an index of a line that the checker wrote: letters, + - *
        ("checker/computes/stops.py", "eval"),  # a name of a line that stopped, where it runs
        ("checker/cases.py", "compile"),
        ("checker/cases.py", "exec"),
        ("checker/slips.py", "compile"),  # the sheets' own answers
        ("checker/slips.py", "exec"),
        ("checker/questions.py", "exec"),  # the imports that a sheet gives
        ("checker/catalogue.py", "compile"),  # edits of the sheets' own answers
        ("checker/trying.py", "compile"),
        ("checker/trying.py", "exec"),
        ("checker/worked.py", "eval"),  # a sheet's rules for a number on paper
        ("checker/own/changes.py", "decode"),  # bytes of a line that was text
        # a learner's own notebook on the learner's own machine, in the terminal or in the book's page
        ("learn/work.py", "loads"),
        ("learn/work.py", "decode"),  # an exercise of the course
        ("learn/check.py", "compile"),
        ("learn/check.py", "exec"),
        ("learn/check.py", "eval"),
        ("page/run.py", "loads"),
        ("page/slide.py", "loads"),
        ("page/run.py", "compile"),
        ("page/run.py", "exec"),
        ("page/run.py", "eval"),  # the check of a question
    }


# --- what is tried on each

CODE = '{"c":["def f(): 0\\nimport builtins\\nbuiltins.executed = True",{"d":[]}]}'
SMALL = {
    "code": CODE,
    "code in a list": f"[{CODE}]",
    "code in a tuple in a dict": '{"d":[["a",{"t":[' + CODE + "]}]]}",
    "code as a key": '{"d":[[' + CODE + ",1]]}",
    "code as an oddity": '{"odd":["type",' + CODE + "]}",
    "code as constants": '{"c":["def f(): 0",' + CODE + "]}",
    "a case": '{"case":[{"t":[' + CODE + ']},{"d":[]},"","C",""]}',
    "a case without code": '{"case":[{"t":[]},{"d":[]},"","C",""]}',
    "an answer in an answer": '{"answer":["value",1,"","",0,{"t":[]},"",{"t":[]}]}',
    "an array of objects": '{"a":["|O",[1],"AAAAAAAAAAA="]}',
    "an array of dates": '{"a":["<M8[s]",[1],"AAAAAAAAAAA="]}',
    "an array of text": '{"a":["<U1",[1],"AAAAAA=="]}',
    "a structured array": '{"a":["f8,f8",[1],"AAAAAAAAAAAAAAAAAAAAAA=="]}',
    "a type that is no text": '{"a":[["f8"],[1],"AAAAAAAAAAA="]}',
    "a shape that is none": '{"a":["<f8",{"t":[1]},"AAAAAAAAAAA="]}',
    "a shape of text": '{"a":["<f8",["1"],"AAAAAAAAAAA="]}',
    "a negative shape": '{"a":["<f8",[-1],"AAAAAAAAAAA="]}',
    "too large a shape": '{"a":["<f8",[99999999999999],"AAAAAAAAAAA="]}',
    "a huge shape": '{"a":["<f8",[' + "9" * 4000 + '],""]}',
    "a shape of a thousand axes": '{"a":["<f8",[' + "1," * 999 + '1],"AAAAAAAAAAA="]}',
    "no base64": '{"a":["<f8",[1],"????????????"]}',
    "a huge number": '{"i":"' + "9" * 4000 + '"}',
    "a number too long to read": '{"i":"' + "9" * 100_000 + '"}',
    "a number that is no text": '{"i":[1]}',
    "a huge number as it is": "9" * 4000,
    "a number too long to read as it is": "9" * 100_000,
    "a float of JSON": "1.5",
    "a float of another kind": '{"f":"0x1p99999"}',
    "a float that is no text": '{"f":[1]}',
    "NaN": "NaN",
    "deep": "[" * 500 + "]" * 500,
    "very deep": "[" * 100_000,
    "deep tuples": '{"t":[' * 200 + "]}" * 200,
    "deep dicts": '{"d":[["a",' * 200 + "1" + "]]}" * 200,
    "two tags": '{"t":[],"c":["",{"d":[]}]}',
    "no tag": "{}",
    "an unknown tag": '{"pickle":"gASVAAAAAAAAAIwFcG9zaXgu"}',
    "a dict of no pairs": '{"d":{"a":1}}',
    "a tuple of text": '{"t":"abc"}',
    "a lone surrogate": '"\\ud800"',
    "no ASCII": '"é\u2028"',
    "nothing": "",
}


def flood(unit, *, head="[", tail="0]"):
    return head + unit * ((FLOOD - len(head) - len(tail) - 200) // len(unit)) + tail


LARGE = {
    "numbers": flood("0,"),
    "lists": flood("[],"),
    "lists of lists": flood("[[[[]]]],"),
    "dicts": flood("{},"),
    "tuples": flood('{"t":[]},'),
    "floats": flood('{"f":"1"},'),
    "texts": flood('"",'),
    "arrays": flood('{"a":["|b1",[0],""]},'),
    "arrays of no axes": flood('{"a":["|i1",[],"AA=="]},'),
    "oddities": flood('{"odd":["",""]},'),
    "entries": flood('["",0],', head='{"d":[', tail='["",0]]}'),
    "a type of many fields": flood("f8,", head='{"a":["', tail='f8",[1],"AAAAAAAA"]}'),
    "a shape of many numbers": flood("0,", head='{"a":["|b1",[', tail='0],""]}'),
    "a text": flood("x", head='"', tail='"'),
    "a text of commas": flood("[,", head='"', tail='"'),
    "spaces": flood(" ", head="[", tail="]"),
    "lines": flood("\n", head="", tail="\n"),
    "lines of answers": flood("answers/q1 [[]]\n", head="", tail="\n"),
    "lines of words": flood("1 error\n", head="", tail="\n"),
    "lines for Octave": flood("1 numbers double 1 1\n1 1\n", head="", tail="\n"),
    "numbers with spaces": flood("0 ", head="", tail="\n"),
}


class TooMuchWork(Exception):
    pass


@contextlib.contextmanager
def counted(most):
    """Fail if more than `most` functions are called in the block."""
    left = [most]

    def count(frame, event, argument):
        if event in ("call", "c_call"):
            left[0] -= 1
            if left[0] < 0:
                sys.setprofile(None)
                raise TooMuchWork

    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(None)


def is_plain(value):
    if type(value) in (list, tuple):
        return all(map(is_plain, value))
    if type(value) is dict:
        return all(map(is_plain, [*value, *value.values()]))
    if type(value) is Answer:
        return all(is_plain(part) for part in vars(value).values())
    if type(value) is Odd:
        return type(value.kind) is type(value.detail) is str
    if type(value) is np.ndarray or isinstance(value, np.generic):
        return value.dtype.kind in "biuf"
    return value is None or value is ... or type(value) in (bool, int, float, str, bytes)


@pytest.mark.parametrize("payload", SMALL)
@pytest.mark.parametrize("decoder", DECODERS)
def test_nothing_but_plain_data_comes_in(decoder, payload):
    with contextlib.suppress(ValueError, submissions.Unreadable):  # it was refused
        assert is_plain(decoder(SMALL[payload].encode()))
    assert builtins.__dict__.pop("executed", None) is None


@pytest.mark.parametrize("payload", LARGE)
@pytest.mark.parametrize("decoder", DECODERS)
def test_a_flood_costs_little(decoder, payload):
    data = LARGE[payload].encode()
    tracemalloc.start()
    try:
        with counted(CALLS):
            decoder(data)
    except (ValueError, submissions.Unreadable, TypeError):
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < (
        notebooks.MOST_MEMORY + 6 * FLOOD if decoder in (notebook, cells_of_a_notebook) else MEMORY
    )


ACCEPTED = {
    "numbers": ([0], ITEMS),
    "lists": ([[]], ITEMS),
    "dicts": ([{}], ITEMS),
    "arrays": ([np.zeros(())], ITEMS),
}


@pytest.mark.parametrize("payload", ACCEPTED)
def test_what_is_accepted_costs_little_to_judge(payload):
    """Try as much as is accepted, in one answer or in all."""
    question = load_sheet("02_slide_a_kernel").questions["q3"]
    cases = question.cases_for(3)
    judge(question, [Answer("value", 0.5)] * len(cases), seed=3)  # cache the data on the question
    unit, count = ACCEPTED[payload]
    for values in (
        [Answer("value", unit * (count - 1)), *[Answer("value", 0)] * (len(cases) - 1)],
        [Answer("value", unit * (count // len(cases) - 1))] * len(cases),
    ):
        line = b"answers/q " + dumps(values) + b"\n"
        with counted(5 * CALLS):
            report = channel.read(line, {"q": len(cases)})
            assert not report.forged
            verdict = judge(question, report.answers["q"], seed=3)
            Card(question, verdict, cases, ["0 of 1 points"]).html()
        assert verdict.points == 0
