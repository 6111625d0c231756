"""The measurements run, on one small layer. No test depends on speed."""

import json

import numpy as np
import pytest

from benchmarks import __main__, arithmetic, checks, install, machine, measure, suite, table, ways
from benchmarks.contestants import Case, Contestant, contestants
from benchmarks.layers import LAYERS, Layer
from conv_lib import vectorized

SMALL = Layer("small", 2, 9, 7, 3, 3, stride=2, padding=1, batches=(2,))


def test_one_layer_runs_and_every_numpy_way_is_right():
    case = Case.draw(SMALL, 2, threads=1)
    entered = [c for c in contestants() if not c.needs]
    row = suite.one_layer(case, entered, seconds=0.001, check=True)
    assert {"fast", "vectorized", "naive", "windows + einsum"} <= set(row["forward"])
    answers = {c.name for c in entered if c.answers}
    for which in suite.PASSES:
        for name, found in row[which].items():
            assert 0 < found["min"] <= found["median"], name
            if name in answers:
                assert max(found["errors"]) < 1e-5, name
    assert row["forward"]["fast"]["extra"] >= 0


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.name)
def test_the_arithmetic_alone_is_that_of_the_whole_layer(layer):
    case = Case.draw(layer, 1, threads=2)
    if layer.groups > 1:
        shifts, count = arithmetic._planes(case)
        done, whole = len(shifts) * count, layer.D
    else:
        _, columns, count = arithmetic._blocks(case)
        done, whole = columns.shape[1] * count, layer.out[0] * layer.out[1]
    assert whole <= done < whole + count


@pytest.mark.parametrize("contestant", [c for c in contestants() if c.needs], ids=lambda c: c.name)
def test_other_libraries_compute_the_same_layer(contestant):
    if contestant.missing():
        pytest.skip(f"not installed: {contestant.missing()}")
    case = Case.draw(SMALL, 2, threads=1)
    exact = vectorized.conv2d(case.x, case.w, case.b, **SMALL.options)
    np.testing.assert_allclose(contestant.forward(case)(), exact, atol=1e-4)
    if contestant.backward is not None:
        gradients = vectorized.conv2d_backward(case.dout, case.x, case.w, **SMALL.options)
        for found, expected in zip(contestant.backward(case)(), gradients, strict=True):
            np.testing.assert_allclose(found, expected, atol=1e-3)


def test_missing_packages_are_named():
    assert Contestant("nobody", ("numpy", "no_such_package")).missing() == ["no_such_package"]
    config = {
        "threads": 1,
        "heap": "kept",
        "missing": {"nobody": ["no_such_package"]},
        "sgemm": 1e9,
        "layers": [],
    }
    results = {"date": "today", "machine": machine.describe(), "versions": {}, "configurations": [config]}
    assert "nobody: not installed (no_such_package)" in table.text(results)


def test_the_command_runs_and_stores(tmp_path, capsys):
    arguments = ["--part", "LeNet c1", "--seconds", "0.001", "--threads", "1", "--only", "fast", "vectorized"]
    assert __main__.main([*arguments, "--out", str(tmp_path)]) == 0
    stored = json.loads((tmp_path / "layers.json").read_text())
    assert [c["heap"] for c in stored["configurations"]] == list(suite.HEAPS)
    assert {row["N"] for row in stored["configurations"][0]["layers"]} == {1, 8, 32}
    assert "sgemm" in capsys.readouterr().out


def test_without_pytorch_the_stored_results_stay(monkeypatch, capsys):
    monkeypatch.setattr(install, "bring", lambda: ["torch"])
    monkeypatch.setattr(suite, "run", lambda *arguments: pytest.fail("measured in vain"))
    assert __main__.main([]) == 1
    assert "not installed, so not measured: torch" in capsys.readouterr().out


@pytest.mark.parametrize(
    "part", [["--part", "LeNet", "--only", "fast"], ["--only", "fast"], ["--threads", "1"]]
)
def test_a_part_does_not_replace_the_stored_results(part, monkeypatch, tmp_path, capsys):
    config = {"threads": 1, "heap": "kept", "missing": {}, "sgemm": 1e9, "layers": []}
    monkeypatch.setattr(suite, "run", lambda *arguments: config)
    monkeypatch.setattr(install, "bring", lambda: [])
    monkeypatch.setattr(table, "RESULTS", tmp_path)
    assert __main__.main(part) == 0
    assert list(tmp_path.iterdir()) == []
    assert "the stored results stay as they are" in capsys.readouterr().out


def test_installed_packages_are_not_installed_again(monkeypatch):
    monkeypatch.setattr(install, "contestants", lambda: [Contestant("somebody", ("numpy",))])
    monkeypatch.setattr(install.system, "run", lambda *arguments, **options: pytest.fail("installed in vain"))
    assert install.missing() == install.bring() == []


def test_geometric_mean_and_ratios_by_hand():
    assert table.geometric_mean([1, 4]) == pytest.approx(2)
    row = {"layer": "a", "N": 1, "forward": {"fast": {"min": 2.0}, "PyTorch": {"min": 3.0}}, "backward": {}}
    assert table.ratios({"layers": [row]}, "fast", "forward") == {("a", 1): 1.5}
    assert table.ratios({"layers": [row]}, "fast", "both") == {}


def test_a_table_of_results_is_a_table_on_the_page():
    assert table.shown(["row", "ms"], [["a, 1", 0.5]]).data == "| row | ms |\n| :-- | --: |\n| a, 1 | 0.5 |"


def test_extra_memory_sees_a_temporary():
    call = lambda: (np.ones(1 << 20) + np.ones(1 << 20))[:10].copy()  # noqa: E731
    assert measure.extra_memory(call) >= 2 * 8 << 20


def test_four_ways_agree_and_are_distinguished():
    found = ways.four_ways(repeats=1)["ways"]
    assert list(found) == list(ways.WAYS)
    assert found["im2col + product"]["extra bytes"] > found["loops"]["extra bytes"]


def test_layers_have_the_sizes_of_their_names():
    sizes = {layer.name: (layer.F, *layer.out) for layer in LAYERS}
    assert sizes["LeNet c1 5x5"] == (6, 28, 28)
    assert sizes["AlexNet c1 11x11/4"] == (64, 55, 55)
    assert sizes["ResNet stem 7x7/2"] == (64, 112, 112)
    assert sizes["3x3/2 56/128"] == (128, 28, 28)
    assert sizes["3x3 dilated 28/256"] == (256, 28, 28)


def test_plots_draw_the_given_numbers():
    from conv_course import figures

    rows = {("a", 1): [2.0, 9.0, 1.0], ("a", 8): [0.5]}
    figure = figures.plot_speeds(
        {"one": {"fast": rows, "other": {("a", 8): [4.0, 2.0]}}, "two": {"fast": rows}}
    )
    for drawn in (figure, figure.narrow()):
        one, two = drawn.axes
        marks = {line.get_label(): line.get_xydata() for line in one.lines if line.get_label()[0] != "_"}
        np.testing.assert_allclose(marks["PyTorch"][:, 0], 1)
        np.testing.assert_allclose(marks["fast"][:, 0], [2.0, 0.5])  # medians
        np.testing.assert_allclose(marks["other"][:, 0], [3.0])
        assert marks["fast"][1, 1] == marks["other"][0, 1] == 1  # in row 1, and the dot shows in the diamond
        looks = {line.get_label(): line for line in one.lines}
        assert looks["other"].get_markerfacecolor() == "none"
        assert looks["other"].get_markersize() > looks["fast"].get_markersize() + 1
        ends = [one.get_segments()[0][:, 0].tolist() for one in two.collections]
        assert ends == [[1.0, 9.0], [0.5, 0.5]]
        assert [text.get_text() for text in one.get_yticklabels()] == ["a   1", "8"]
    (roof,) = figures.plot_roofline(80e9, 10e9, {"copy": 0.5, "product": 100.0}).axes
    reach = [line.get_ydata()[0] for line in roof.lines if line.get_marker() == "o"]
    assert reach == [5.0, 80.0]


def test_a_row_over_processes_is_a_median_that_one_disturbed_process_does_not_move():
    def process(theirs):
        times = {"fast": {"min": 2.0}, "PyTorch": {"min": theirs}}
        return {"layers": [{"layer": "one", "N": 8, "forward": times, "backward": {}}]}

    results = {"configurations": [process(theirs) for theirs in (2.0, 100.0, 2.4, 2.2)]}
    [(key, row)] = table.over_processes(results, "fast", "forward").items()
    assert key == ("one", 8)
    assert row.ratios == (1.0, 50.0, 1.2, 1.1)
    assert row.median == pytest.approx(1.15)
    assert row.spread == 50


def test_the_processes_of_one_number_of_threads():
    results = {"date": "today", "configurations": [{"threads": 2, "k": 0}, {"threads": 1, "k": 1}]}
    one = table.with_threads(results, 1)
    assert one == {"date": "today", "configurations": [{"threads": 1, "k": 1}]}
    assert len(results["configurations"]) == 2


def test_checks_are_measured_on_a_sheet_and_on_answers_of_a_file(tmp_path, capsys):
    answer = {
        "sheet": "03_draw_the_graph",
        "q": "q3",
        "code": "def as_matrix(w, W, *, stride=1, padding=0):\n    return w",
    }
    (tmp_path / "answers.jsonl").write_text(json.dumps(answer) + "\n")
    checks.main(["--chapter", "03", "--rounds", "1", "--answers", str(tmp_path / "answers.jsonl")])
    said = capsys.readouterr().out
    assert "fastest round, named or right" in said
    assert "fastest round, what it computes: 1," in said
