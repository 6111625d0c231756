"""General faults are reported if they hold in every failing case, and not if one case contradicts them."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from conv_course.checker import faults
from conv_course.checker.computes.quantities import sizes_of
from conv_course.checker.faults import order
from conv_course.checker.judge import expected, items
from tests.grading.explained import answers_to, edited, explained, question_of


def _turned(question, turn):
    """Return the right answer with `turn` applied to its results."""

    def wrong(*args, **kwargs):
        return turn(question.model(*args, **kwargs))

    return wrong


def _first(turn):
    return lambda outs: (turn(outs[0]), *outs[1:])


FAULTS = [
    ("02 q2", lambda y: -y, "y has the right size and the wrong sign, everywhere."),
    ("02 q2", lambda y: y / 6, "y is 1/6 times what is asked for, in every case."),
    ("02 q2", lambda y: y[::-1], "The right numbers of y, but they come in reverse order."),
    ("02 q2", lambda y: y[:-1], "The last entry of y is missing, the others are right."),
    ("02 q2", lambda y: y[1:], "The first entry of y is missing, the others are right."),
    ("02 q2", lambda y: np.append(y, 0), "y has one entry too many at the end; the others are right."),
    ("02 q2", lambda y: y[:, None], "in the right order, but in the shape (3, 1), asked for (3,)."),
    (
        "06 q1",
        lambda y: np.trim_zeros(y, "f"),
        "The zeros at the beginning of result are missing, the other numbers are right.",
    ),
    ("06 q1", lambda y: np.trim_zeros(y), "The zeros at the beginning and at the end of result are missing"),
    (
        "02 q2",
        lambda y: np.concatenate([[0.0], y[:-1]]),
        "each one place later than asked for, and 0 in the place left.",
    ),
    (
        "06 q1",
        lambda y: np.cumsum(y),
        "Each entry of result is what is asked for there plus all that is asked for before it.",
    ),
    (
        "02 q2",
        lambda y: np.cumsum(y[::-1])[::-1],
        "Each entry of y is what is asked for there plus all that is asked for after it.",
    ),
    (
        "07 q2",
        lambda y: np.cumsum(y, axis=1),
        "Each entry of y is what is asked for there plus all that is asked for before it along axis 1.",
    ),
    ("02 q2", lambda y: y + 1, "y is 1 more than asked for, in every case."),
    (
        "02 q2",
        lambda y: np.minimum(y, 1.5),
        "Each number of y is right up to 1.5, and 1.5 where more is asked for.",
    ),
    (
        "02 q2",
        lambda y: np.clip(y, -1.5, None),
        "Each number of y is right down to -1.5, and -1.5 where less",
    ),
    ("02 q2", lambda y: np.floor(y), "y is right, rounded down to whole numbers."),
    ("02 q2", lambda y: np.abs(y), "right but for its sign: yours are never negative."),
    ("02 q2", lambda y: np.full(y.shape, y.sum()), "is the sum over all entries of the entries asked for."),
    ("03 q5", lambda outs: (outs[1], outs[0]), "yours come as db, dw."),
    ("03 q5", lambda outs: outs[0], "What comes back is dw alone, and it is right; db is missing."),
    ("04 q5", _first(lambda dx: dx[::-1]), "The right numbers of dx, but they come in reverse order."),
    ("07 q2", lambda y: y.T, "your y[j, i] is what is asked for as y[i, j]."),
    ("07 q2", lambda y: y[::-1], "The right numbers of y, but axis 0 (i) is in reverse order."),
    ("08 q4", lambda y: y.swapaxes(2, 3), "your y[n, f, j, i] is what is asked for as y[n, f, i, j]."),
    (
        "08 q4",
        lambda y: y[:, :, :-1],
        "The last entry of y along axis 2 (i) is missing, the others are right.",
    ),
    ("09 q2", lambda db: db.sum(), "Your db is the sum of what is asked for over all entries."),
    ("09 q3", lambda dw: dw.swapaxes(0, 1), "your dw[d, f, u, v] is what is asked for as dw[f, d, u, v]."),
    (
        "08 q5",
        lambda y: y.transpose(0, 2, 3, 1),  # not its own inverse
        "your y[n, j, f, i] is what is asked for as y[n, i, j, f].",
    ),
    ("10 q3", lambda y: y.transpose(0, 2, 3, 1).reshape(y.shape), "laid out in the order [n, i, j, f]"),
    (
        "15 q3",
        lambda y: y.mean(axis=1, keepdims=True),
        "Your y is the mean of what is asked for over axis 1 (d).",
    ),
    ("02 q2", lambda y: np.stack([y, y]), "Your y holds the result asked for several times."),
    ("02 q2", lambda y: y[-1], "Your y is a single number, the last of those that are asked for."),
    (
        "08 q4",
        lambda y: y.swapaxes(0, 1).reshape(*y.shape[1:], len(y)).transpose(3, 0, 1, 2),
        "The right numbers of y, which lie in the order [f, n, i, j], taken as if they lay in the order "
        "[f, i, j, n].",
    ),
    (
        "15 q1",
        lambda y: y.swapaxes(0, 1).reshape(*y.shape[1:], len(y)).transpose(3, 0, 1, 2),
        "which lie in the order [d, n, i, j], taken as if they lay in the order [d, i, j, n].",
    ),
    ("03 q1", lambda rows: rows[:, [1, 0, 2]], "yours are the second, first and third of what is asked for."),
    ("03 q1", lambda rows: rows[::-1], "All rows are right, but they come in another order."),
    ("03 q1", lambda rows: rows[1:], "Rows are missing, such as (0, 0, 0); the others are right."),
    (
        "03 q1",
        lambda rows: np.append(rows, [[9, 9, 9]], axis=0),
        "Your rows are those that are asked for and more, such as (9, 9, 9); the others are right.",
    ),
]


@pytest.mark.parametrize(("name", "turn", "says"), FAULTS)
def test_a_fault_of_every_case_is_told(name, turn, says):
    question = question_of(name)
    found = explained(question, _turned(question, turn))
    assert found is not None
    assert found.kind == "fault"
    assert says in " ".join(found.text), found.text
    assert found.hint.endswith((".", "?"))


@pytest.mark.parametrize(("name", "turn", "says"), FAULTS)
def test_a_fault_that_one_failing_case_contradicts_is_not_told(name, turn, says):
    question, calls = question_of(name), []

    def wrong(*args, **kwargs):
        calls.append(1)
        right = question.model(*args, **kwargs)
        if len(calls) == 2:
            return (
                tuple(np.asarray(v) * 1.7 + 3.1 for v in right)
                if isinstance(right, tuple)
                else right * 1.7 + 3.1
            )
        return turn(right)

    found = explained(question, wrong)
    assert found is None or says not in " ".join(found.text)


def test_a_factor_is_named_by_the_size_that_it_follows():
    question = question_of("09 q3")

    def wrong(dout, x, kernel, **how):
        return question.model(dout, x, kernel, **how) / len(x)

    assert explained(question, wrong).text == ("dw is 1/N times what is asked for, in every case.",)

    def other(dout, x, kernel, **how):
        return question.model(dout, x, kernel, **how) / (kernel[0] * kernel[1])

    assert explained(question, other).text == ("dw is 1/(kH*kW) times what is asked for, in every case.",)


def test_a_factor_that_no_size_explains_is_told_as_one_that_changes():
    question = question_of("07 q3")
    found = explained(question, lambda w: question.model(w) * np.abs(w).sum())
    assert "is what is asked for times a number that changes from case to case" in found.text[0]


def test_zeros_are_told_as_zeros_and_not_as_a_factor():
    question = question_of("05 q2")
    found = explained(question, lambda f, x, dout, h: 0 * x)
    assert found.text[0].startswith("Every number of your result is 0 in all ")
    question = question_of("07 q3")
    assert "changes from case to case" not in " ".join(explained(question, lambda w: 0 * w).text)


@pytest.mark.parametrize(("name", "made"), [("02 q2", np.sin), ("07 q3", lambda w: w**2)])
def test_a_factor_of_the_first_case_that_fails_is_told_if_nothing_else_is(name, made):
    question, calls = question_of(name), []

    def wrong(*given, **how):
        calls.append(1)
        right = question.model(*given, **how)
        return right / 2 if len(calls) % len(question.trials_for(0)) == 1 else made(right) + len(calls)

    found = faults.find_last(*_failing(question, wrong))
    assert found[0].text[0].startswith("In the first case that fails each entry of ")
    assert found[0].text[0].endswith(" is 1/2 times what is asked for.")
    assert not faults.find_last(
        *_failing(question, lambda *given, **how: made(question.model(*given, **how)))
    )


def _failing(question, function):
    """Return the arguments of `faults.find_last` for an answer."""
    wanted = expected(question, 0)
    table = items(question, answers_to(question, function)[: len(wanted)], wanted)
    failing = {key: why for key, (_, why) in table.items() if why}
    return question, table, failing, question.cases_for(0), wanted


def _as_matrix(front, back):
    """Return an answer to 03 q3 that crops this many times the padding at the ends of a row."""
    question = question_of("03 q3")

    def as_matrix(w, W, *, stride=1, padding=0):
        right = question.model(w, W, stride=stride, padding=padding)
        return right[:, front * padding : W - back * padding]

    return as_matrix


@pytest.mark.parametrize(
    ("ends", "where"),
    [
        ((0, 1), "At the end of result"),
        ((1, 0), "At the beginning of result"),
        ((1, 1), "At each end of result"),
    ],
)
def test_entries_that_are_missing_as_an_argument_says_are_told(ends, where):
    found = explained(question_of("03 q3"), _as_matrix(*ends))
    told = "along axis 1 (m) entries are missing, as many as padding says; the others are right."
    assert found.text == (f"{where} {told}",)


def test_a_signal_too_short_by_its_padding_is_told():
    question = question_of("06 q3")

    def dx_of(dout, w, W, *, stride=1, padding=0):
        right = question.model(dout, w, W, stride=stride, padding=padding)
        return right[: W - padding] if isinstance(padding, int) else right

    found = explained(question, dx_of)
    assert found.text == (
        "At the end of dx entries are missing, as many as padding says; the others are right.",
    )


def test_a_factor_of_single_numbers_is_no_fault_by_chance():
    question = question_of("02 q1")
    found = explained(question, lambda W, kW, *, stride=1, padding=0: 7 * W + kW)
    assert found is None or "times what is asked for" not in found.text[0]


def test_the_sizes_of_channels_last_are_those_of_its_arrays():
    question = question_of("08 q5")
    for one in question.cases_for(0):
        given = dict(zip(question.parameters, one.args, strict=False)) | one.kwargs
        sizes = sizes_of(question, given)
        assert (sizes["kH"], sizes["kW"], sizes["D"], sizes["F"]) == given["w"].shape
        assert sizes["F"] == len(given["b"])
        assert sizes["D"] == given["x"].shape[3]


def test_an_argument_that_comes_back_is_told():
    question = question_of("07 q3")
    assert explained(question, lambda w: w.copy()).text == ("What comes back is w itself.",)


def test_single_precision_is_told():
    question = question_of("02 q2")
    found = explained(question, lambda x, w, b=0.0: question.model(x, w, b).astype("f4") * np.float32(1.001))
    assert found is None or "float32" not in found.text[0]


def test_each_output_has_its_own_fault():
    question = question_of("04 q5")
    found = explained(question, _turned(question, lambda outs: (-outs[0], outs[1], outs[2] / 2)))
    assert found.text == (
        "dx has the right size and the wrong sign, everywhere.",
        "db is 1/2 times what is asked for, in every case.",
    )


def test_a_leftover_that_no_window_reads_is_not_told_as_a_window():
    question = question_of("03 q4")
    left = [
        faults.Item(np.array([1.0, 2, 3]), np.array([1.0, 2, 3, 0]), True, {}, {}),
        faults.Item(np.array([1.0, 2]), np.array([1.0, 2, 0]), True, {}, {}),
    ]
    read = [faults.Item(i.got, i.want + 1.0 * (i.want == 0), True, {}, {}) for i in left]
    hint = lambda label, items: faults.places._why_missing(question, label, items, 0, 0, -1, "last")  # noqa: E731
    assert hint("dx", left) == "Which places of x does no window read, and what is their gradient?"
    assert "last window" in hint("dx", read)
    assert "window" not in hint("dx", [left[0], read[1]])
    assert "window" not in hint("dw", read)


def test_numbers_cut_with_the_first_index_fastest_are_told():
    def to_matlab(x):
        N, D, H, W = x.shape
        return x.reshape(H, W, D, N, order="F")

    (line,) = explained(question_of("12 q1"), to_matlab).text
    assert line.endswith("and then cut into the shape of [a, b, c, e], the first index fastest.")


def test_packed_axes_in_another_order_are_told():
    question = question_of("10 q2")

    def windows_as_columns(x, kernel, **how):
        right = question.model(x, kernel, **how)
        (N, D), (kH, kW) = x.shape[:2], kernel
        return right.reshape(D, kH, kW, N, -1).transpose(3, 0, 1, 2, 4).reshape(right.shape)

    text = explained(question, windows_as_columns).text
    right, there = "[d, u, v, n, i, j]", "[n, d, u, v, i, j]"
    told = (
        f"The right numbers of result, laid out in the order {there} and then cut into the shape of {right}."
    )
    assert text == (told,)


def test_an_argument_read_in_another_order_of_its_axes_is_told():
    question = question_of("08 q4")

    def layer(x, w, b, **how):
        F, D, kH, kW = w.shape
        return question.model(x, w.reshape(F, kH, kW, D).transpose(0, 3, 1, 2), b, **how)

    (line,) = explained(question, layer, seconds=5).text
    assert "are taken as if they lay in the order [f, u, v, d]" in line


def test_a_function_that_was_stopped_is_not_said_to_lack_a_result():
    """It has answered the first case only, which says nothing of the others."""
    wanted = [{"dx": np.array([1.0, 2]), "dw": np.array([3.0])}] * 2
    first = SimpleNamespace(status="value", value=np.array([1.0, 2]))
    assert order._some(["dx", "dw"], wanted, [first]) is None
    assert "dw is missing" in order._some(["dx", "dw"], wanted, [first, first]).text[0]


@pytest.mark.parametrize(
    ("name", "output", "order", "told"),
    [
        ("10 q3", None, (0, 1, 3, 2), "[n, f, i, j], taken as if they lay in the order [n, f, j, i]."),
        ("10 q5", 1, (0, 2, 3, 1), "[f, d, u, v], taken as if they lay in the order [f, u, v, d]."),
    ],
)
def test_numbers_cut_in_another_order_of_axes_are_told_by_the_axes_that_move(name, output, order, told):
    question = question_of(name)

    def cut(right):
        made = right.reshape([right.shape[a] for a in order])
        return made.transpose(np.argsort(order))

    def wrong(*args, **how):
        found = question.model(*args, **how)
        return (
            cut(found) if output is None else tuple(cut(v) if k == output else v for k, v in enumerate(found))
        )

    assert explained(question, wrong).text[0].endswith(told)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            lambda now, before: before - (now - before),
            "The change of {0} has the right size and the wrong sign",
        ),
        (lambda now, before: before + 2 * (now - before), "The change of {0} is 2 times what is asked for"),
    ],
)
def test_what_an_argument_is_changed_by_is_looked_at_where_its_numbers_tell_nothing(change, told):
    question = question_of("16 q5")

    def train_step(x, labels, w, b, v, c, *, rate):
        before = [part.copy() for part in (w, b, v, c)]
        loss = question.model(x, labels, w, b, v, c, rate=rate)
        for part, old in zip((w, b, v, c), before, strict=True):
            part[...] = change(part.copy(), old)
        return loss

    assert [line.split(",")[0] for line in explained(question, train_step).text] == [
        told.format(name) for name in "wbvc"
    ]


@pytest.mark.parametrize(
    ("edits", "told"),
    [
        (
            [("    return value", "    return value + len(w) * rate")],
            "All four changes are right, so the scores and",
        ),
        ([("ds = loss.backward()", "ds = loss.backward() + 0.1")], "The loss is right, so the scores are."),
        (
            [("* (h > 0)", "* (h > 0.3)")],
            "The changes of v and c are right, so the gradient of the scores is",
        ),
        ([("flat @ v + c", "flat @ v + np.sin(c)")], "The loss is wrong as well as all four changes"),
    ],
)
def test_where_nothing_is_found_the_right_outputs_tell_where_to_look(edits, told):
    question = question_of("16 q5")
    assert explained(question, edited(question, *edits)).text[0].startswith(told)


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (
            lambda y: np.full((y.shape[0] + 2, y.shape[1] + 2), 7),
            "Each axis of result is 2 too long, in every case.",
        ),
        (
            lambda y: np.full((y.shape[0] + 1, y.shape[1] - 1), 7),
            "Of result, axis 0 is 1 too long and axis 1 is 1 too short, in every case.",
        ),
    ],
)
@pytest.mark.usefixtures("without_names_of_edits")
def test_lengths_that_are_wrong_alike_are_told_where_the_numbers_tell_nothing(made, told):
    question = question_of("14 q3")
    assert explained(question, _turned(question, made)).text == (told,)


def test_missing_rows_are_told_by_the_number_that_all_of_them_share():
    question = question_of("03 q1")
    (text,) = explained(
        question, _turned(question, lambda rows: np.array(rows)[np.array(rows)[:, 1] != 0])
    ).text
    assert text.startswith("All rows in which the second number is 0 are missing, such as (0, 0, 0)")


@pytest.mark.parametrize("least", [1e-7, 1e-12, 1e-15])
def test_a_mean_over_rows_that_stop_at_a_bound_is_told(least):
    question = question_of("16 q2")

    def loss_of(scores, labels, made=lambda p: np.clip(p, least, 1 - least)):
        e = np.exp(scores - scores.max(1, keepdims=True))
        shares = made(e / e.sum(1, keepdims=True))
        return -np.log(shares[np.arange(len(labels)), labels]).mean()

    (line,) = explained(question, loss_of).text
    most = f"{-np.log(least):.6g}"
    assert (
        line
        == f"Given one row at a time, your result is right up to {most}, and {most} where more is asked for."
    )
    other = explained(question, lambda s, y: loss_of(s, y, lambda p: np.where(p < 0.1, p / 2 + least, p)))
    assert other is None or "where more is asked for" not in other.text[0]


def test_a_run_that_begins_or_ends_elsewhere_is_counted_over_the_cases():
    def windows_that_see(row, H, kernel, stride):
        first = max(1, (row - kernel) // stride + 1)
        return np.arange(first, (row - 1) // stride + 2)

    question = question_of("12 q5")
    text = explained(question, windows_that_see).text[0]
    starts, ends, none = map(
        int, re.search(r"in (\d+) it begins 1 .*in (\d+) it ends .*in (\d+) it has", text).groups()
    )
    cases = question.cases_for(0)
    pairs = [(windows_that_see(*c.args, **c.kwargs), question.model(*c.args, **c.kwargs)) for c in cases]
    both = [(a, b) for a, b in pairs if len(a) and len(b)]
    assert starts == sum(a[0] == b[0] - 1 for a, b in both) == sum(a[0] != b[0] for a, b in both)
    assert ends == sum(a[-1] > b[-1] for a, b in both)
    assert none == sum(len(a) > 0 and not len(b) for a, b in pairs)
    assert min(starts, ends, none) > 0


def test_a_table_that_is_wrong_along_one_axis_says_which():
    def overlaps(size, kernel, *, stride):
        def along(n, k, s):
            first = [max(0, int((p - k) / s) + 1) for p in range((n - 1) * s + k)]
            return np.array([min(n - 1, p // s) - a + 1 for p, a in enumerate(first)])

        return np.outer(*map(along, size, kernel, stride))

    question = question_of("14 q3")
    text = explained(question, overlaps).text[0]
    assert text.startswith("With size = (2, 3), kernel = (3, 3), stride = (2, 2) your result goes like ")
    mine, axis, asked = re.search(
        r"goes like ([\d, ]+) along axis (\d), asked for ([\d, ]+)\.", text
    ).groups()
    case = question.cases_for(0)[0]
    tables = overlaps(*case.args, **case.kwargs), question.model(*case.args, **case.kwargs)
    for told, table in zip((mine, asked), tables, strict=True):
        sums = np.asarray(table).sum(1 - int(axis))
        assert told == ", ".join(map(str, sums // np.gcd.reduce(sums)))


def counts(n, k, s):
    line = np.zeros((n - 1) * s + k, dtype=int)
    for i in range(n):
        line[i * s : i * s + k] += 1
    return line


@pytest.mark.parametrize(
    ("join", "told"),
    [
        (np.minimum.outer, "yours is the smaller one, asked for their product."),
        (np.maximum.outer, "yours is the larger one, asked for their product."),
        (np.add.outer, "yours is their sum, asked for their product."),
    ],
)
def test_counts_along_two_axes_that_are_joined_otherwise_are_told_with_a_place(join, told):
    question = question_of("14 q3")

    def overlaps(size, kernel, *, stride):
        return join(*map(counts, size, kernel, stride))

    one = question.cases_for(0)[0]
    lines = [[counts(*axis) for axis in zip(*one.args, one.kwargs["stride"], strict=True)]]
    found = explained(question, overlaps)
    assert found.text[0] == f"Where two numbers meet, one of each axis, {told}"
    a, b, i, j, got, want = map(
        int,
        re.search(
            r"are (\d+) and (\d+) at result\[(\d+), (\d+)\]: yours is (\d+), asked for (\d+)", found.text[1]
        ).groups(),
    )
    assert (lines[0][0][i], lines[0][1][j]) == (a, b)
    assert join([a], [b]).item() == got
    assert a * b == want
    size, kernel, stride = (*one.args, one.kwargs["stride"])
    assert f"With size = {size}, kernel = {kernel}, stride = {stride}, the numbers" in found.text[1]


def test_a_table_joined_so_in_some_cases_only_is_not_told_so():
    question, calls = question_of("14 q3"), []

    def overlaps(size, kernel, *, stride):
        calls.append(1)
        lines = [*map(counts, size, kernel, stride)]
        return np.minimum.outer(*lines) if len(calls) % 2 else np.outer(*lines) + 1

    found = explained(question, overlaps)
    assert found is None or "smaller" not in found.text[0]
