"""A class in parts gives the same bytes as on one machine. Each learner can have different hidden cases."""

import itertools
from collections import Counter

import pytest

from conv_course.checker.judge import run_and_judge
from conv_course.checker.questions import load_sheet, sheet_stems
from conv_course.grade import __main__ as command
from conv_course.grade import shards
from conv_course.grade.exercise import Exercise
from conv_course.grade.per_learner import Secret, name_of
from conv_course.grade.submissions import Found
from tests.grading_batch.classroom import STEM, WRONG_SLIDE, rows, submission

SECRET = b"a secret of at least sixteen bytes"


def run(*words):
    return command.main([str(word) for word in words])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A class of six: full marks, a wrong answer, no notebook at all, two exercises, a broken one."""
    made = tmp_path_factory.mktemp("class")
    (made / "ada.ipynb").write_text(submission())
    (made / "bob.ipynb").write_text(submission(answers={"q2": WRONG_SLIDE}))
    (made / "cyd.txt").write_text("none")
    (made / "dan").mkdir()
    (made / "dan" / "a.ipynb").write_text(submission(last="dan = 1"))
    (made / "dan" / "b.ipynb").write_text(submission(stem="12_matlab"))
    (made / "eve.ipynb").write_text("{}")
    (made / "fay.ipynb").write_text(submission(last="fay = 1"))
    return made


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.sandbox
def test_three_parts_give_the_bytes_of_one_machine(folder, tmp_path, capsys):
    secret = tmp_path / "secret"
    secret.write_bytes(SECRET)
    same = ["--seed", 77, "--per-learner", secret]
    one, many = tmp_path / "one", tmp_path / "many"
    assert run(folder, "--csv", one / "g.csv", "--feedback", one / "pages", "--jobs", 1, *same) == 0
    parts = [tmp_path / f"part{number}.csv" for number in (1, 2, 3)]
    for number, part in enumerate(parts, 1):
        assert run(folder, "--csv", part, "--shard", f"{number}/3", *same) == 0
    learners = [{row["learner"] for row in rows(part)} for part in parts]
    assert sorted(itertools.chain(*learners)) == ["ada", "bob", "cyd.txt", "dan", "eve", "fay"]
    words = ["merge", folder, *parts, "--csv", many / "g.csv", "--feedback", many / "pages"]
    assert run(*words, "--per-learner", secret) == 0
    assert contents(many) == contents(one)
    capsys.readouterr()

    # a missing part is reported, and nobody is graded again
    words = ["merge", folder, *parts[:2], "--csv", tmp_path / "two.csv", "--per-learner", secret]
    assert run(*words) == command.SOME_NOT_GRADED
    left = {row["learner"] for row in rows(tmp_path / "two.csv") if row["status"] == "not graded"}
    assert left == learners[2] - {"cyd.txt"}
    assert run("merge", folder, *parts, "--csv", tmp_path / "no.csv") == command.SOME_NOT_GRADED
    assert shards.MISSING in rows(tmp_path / "no.csv")[0]["reason"]


def test_parts_that_do_not_belong_together_are_refused(folder, tmp_path, capsys):
    for name, seed in (("a", 1), ("b", 2)):
        words = [folder, "--csv", tmp_path / f"{name}.csv", "--seed", seed, "--shard", "1/4", "--no-sandbox"]
        assert run(*words) == 0
    merge = ["merge", folder, "--csv", tmp_path / "out.csv"]
    assert run(*merge, tmp_path / "a.csv", tmp_path / "b.csv") == command.REFUSED
    assert "2 different seeds" in capsys.readouterr().err
    assert run(*merge, tmp_path / "a.csv", tmp_path / "c.csv") == command.REFUSED
    assert "has no c.csv.state next to it" in capsys.readouterr().err
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--shard", "0/3", "--seed", "1"], "is not I/N"),
        (["--shard", "4/3", "--seed", "1"], "is not I/N"),
        (["--shard", "1/3"], "--shard needs --seed"),
        (["--shard", "1/3", "--seed", "1", "--into", "x"], "grade merge"),
        (["--per-learner", "nothing"], "nothing is not a file"),
        (["--per-learner", "short"], "it needs at least 16"),
    ],
)
def test_words_that_cannot_be_meant(folder, tmp_path, monkeypatch, capsys, words, why):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "short").write_text("password\n")
    with pytest.raises(SystemExit) as stop:
        run(folder, "--csv", "g.csv", *words)
    assert stop.value.code == 2
    assert why in capsys.readouterr().err


def test_every_learner_is_in_one_part():
    found = [Found(f"l{number // 2}", None, file=str(number)) for number in range(400)]
    parts = [shards.of_shard(found, (number, 7)) for number in range(1, 8)]
    assert sorted(one.file for part in parts for one in part) == sorted(one.file for one in found)
    assert not any(
        {a.learner for a in x} & {b.learner for b in y} for x, y in itertools.combinations(parts, 2)
    )
    assert min(map(len, parts)) > 30


# different cases for each learner


def test_a_learners_cases_are_the_same_each_time_and_nobody_elses(tmp_path):
    ada, bob = Found("Ada 501", tmp_path / "x", ids=("501", "a@uni")), Found("bob", tmp_path / "y")
    assert [name_of(ada), name_of(bob)] == ["501", "bob"]
    seeds = {
        (who, stem, seed, data): Secret(data).seed(who, stem, seed)
        for who in ("501", "bob")
        for stem in (STEM, "03_draw_the_graph")
        for seed in (1, 2)
        for data in (SECRET, SECRET + b"x")
    }
    assert len(set(seeds.values())) == len(seeds) == 16
    assert all(
        Secret(data).seed(who, stem, seed) == value for (who, stem, seed, data), value in seeds.items()
    )
    exercise = Exercise("17_break_the_checker", 5, tmp_path)
    own = [exercise.for_learner(seed) for seed in (1, 1, 2)]
    kinds = {question.name: question.kind for question in exercise.sheet}
    assert own[0].jobs == own[1].jobs
    for name, kind in kinds.items():
        # right and wrong layers run in a process for all learners, so questions about them are the same for
        # all
        assert (own[0].jobs[name] == own[2].jobs[name]) == (kind != "function")
    assert exercise.jobs == Exercise("17_break_the_checker", 5, tmp_path / "again").jobs


def kill_table(question, seed):
    """Return which answers of the sheet get full marks with the cases of a seed."""
    answers = [question.model, *question.rights, *(wrong.function for wrong in question.wrongs)]
    verdicts = (run_and_judge(question, answer, seed=seed) for answer in answers)
    return [verdict.points == verdict.of for verdict in verdicts]


def same_for_all(stem, learners):
    secret = Secret(SECRET)
    for question in load_sheet(stem):
        if question.kind == "function":
            rights, wrongs = 1 + len(question.rights), len(question.wrongs)
            for learner in learners:
                table = kill_table(question, secret.seed(learner, stem, 5))
                assert table == [True] * rights + [False] * wrongs, (question.name, learner)


@pytest.mark.parametrize("stem", ["02_slide_a_kernel", "07_images"])
def test_kill_tables_are_equal_for_some_learners(stem):
    same_for_all(stem, ["501", "zoë"])


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("stem", sheet_stems())
def test_kill_tables_are_equal_for_two_hundred_learners(stem):
    same_for_all(stem, [str(number) for number in range(200)])


# in these some wrong answers miss a part by what is drawn alone
DRAWN = [("02_slide_a_kernel", "q1"), ("03_draw_the_graph", "q1"), ("06_stride_and_padding", "q2")]


def parts_of(question, seed):
    """The parts that each answer of the sheet earns."""
    answers = [question.model, *question.rights, *(wrong.function for wrong in question.wrongs)]
    return [run_and_judge(question, answer, seed=seed).parts for answer in answers]


@pytest.mark.parametrize(("stem", "name"), DRAWN)
def test_every_part_is_granted_to_the_same_answers_for_all_learners(stem, name, request):
    secret, count = Secret(SECRET), 200 if request.config.getoption("--all") else 4
    question = load_sheet(stem).questions[name]
    first = parts_of(question, 11)
    assert any(len(set(parts.values())) > 1 for parts in first)  # there are answers of which a part is right
    for number in range(count):
        assert parts_of(question, secret.seed(str(number), stem, 5)) == first, number


def shape_of(question, seed):
    """Return what all draws of a question have in common: the number of cases of each kind.

    A kind is the part, the layout and the dimensions of the arguments. The order differs between learners:
    cases that can be worked out by hand come first, and which ones these are depends on the numbers drawn.
    """
    return Counter(
        (case.part, case.layout, tuple(map(kind_of, case.args)), frozenset(case.kwargs))
        for case in question.cases_for(seed)
    )


def kind_of(value):
    return type(value).__name__, getattr(value, "ndim", None)


@pytest.mark.timeout(3600)  # ten thousand draws of a sheet under --all
@pytest.mark.parametrize("stem", sheet_stems())
def test_what_all_learners_cases_have_in_common(stem, request):
    secret, count = Secret(SECRET), 10_000 if request.config.getoption("--all") else 30
    for question in load_sheet(stem):
        if question.kind != "function":
            continue
        drawn = [secret.seed(str(number), stem, 5) for number in range(count)]
        first = shape_of(question, 11)
        parts = {part for part, *_ in first}
        assert parts == set(question.parts) or question.outputs
        assert all(shape_of(question, seed) == first for seed in drawn)
