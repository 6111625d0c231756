"""The graph1d figure shows conv_lib's graph, step by step, and each gradient as its sum of terms."""

import numpy as np
import pytest
from figure_page import ends_and_middle, matrix, spelled_sum, vector
from numpy.testing import assert_allclose

from conv_course.widgets import graph1d
from conv_course.widgets.graph1d import DENSE_B, DENSE_W, DOUT, B, W, X
from conv_lib.graph import conv1d_graph, fully_connected_graph
from conv_lib.vectorized import conv1d_backward

LAST = {"correlation": 16, "convolution": 16, "dense": 22}


def finished(kind):
    if kind == "dense":
        graph = fully_connected_graph(X, DENSE_W, DENSE_B)
    else:
        graph = conv1d_graph(X, W, B[0], flip=kind == "convolution")
    graph.backward(DOUT)
    return graph


@pytest.mark.parametrize("kind", LAST)
def test_last_step_shows_every_gradient(open_figure, kind):
    shown = open_figure("graph1d", graph=kind)
    tables = shown.set(step=LAST[kind])["tables"]
    graph = finished(kind)
    for name, role in (("dx", "x"), ("dw", "w"), ("db", "b")):
        assert_allclose(matrix(tables[name]).ravel(), [node.grad for node in graph.by_role(role)])
    assert_allclose(vector(tables["y"]), [node.value for node in graph.outputs])
    if kind == "dense":
        assert_allclose(matrix(tables["dw"]), np.outer(DOUT, X))
    else:
        w = W[::-1] if kind == "convolution" else W
        dx, dw, db = conv1d_backward(DOUT, X, w)
        assert_allclose(vector(tables["dx"]), dx)
        assert_allclose(vector(tables["dw"]), dw[::-1] if kind == "convolution" else dw)
        assert_allclose(vector(tables["db"]), db)


@pytest.mark.parametrize("kind", LAST)
def test_gradient_of_each_node_is_spelled_out(open_figure, kind):
    shown = open_figure("graph1d", graph=kind)
    graph = finished(kind)
    names = [node.name for node in graph.nodes]
    views = shown.set_each({"step": LAST[kind], "node": name} for name in names)
    for name, view in zip(names, views, strict=True):
        node = graph[name]
        assert view["state"]["node"] == name
        if node.role == "y":
            assert_allclose(float(view["terms"].replace("−", "-").rsplit("=", 1)[1]), node.grad)
        else:
            assert_allclose(spelled_sum(view["terms"]), node.grad, err_msg=name)


@pytest.mark.parametrize("kind", LAST)
def test_steps_in_between_show_what_is_known_so_far(open_figure, kind):
    shown = open_figure("graph1d", graph=kind)
    steps = [*ends_and_middle(range(LAST[kind] + 1)), 1, 3, 4, 5]
    for step, view in zip(steps, shown.set_each({"step": step} for step in steps), strict=True):
        wanted = {key: values for key, _, values in graph1d.values(kind, step)}
        assert [cell == "" for cell in view["tables"]["y"][0]] == [value is None for value in wanted["y"]]
        assert view["tables"]["dout"][0][0] == ("" if step < 4 else f"{DOUT[0]:g}")
        graph = conv1d_graph(X, W, B[0], flip=kind == "convolution") if kind != "dense" else finished(kind)
        outputs = [node.value for node in graph.outputs]
        assert_allclose([float(cell) for cell in view["tables"]["y"][0] if cell], outputs[:step])
        assert_allclose(vector(view["tables"]["dx"]), wanted["dx"].astype(float))


def test_buttons_and_clicks_walk_the_graph(open_figure):
    shown = open_figure("graph1d")
    for _ in range(4):
        shown.control("next").click()
    shown.control("back").press("Enter")
    assert shown.state()["step"] == 3
    shown.element.locator('[data-pick="node:w1"]').click()
    view = shown.read()
    assert view["state"]["node"] == "w1"
    assert "nothing has come back yet" in view["terms"]
    # a node that the other graph does not have is replaced by one that it has
    shown.set(node="w1x2")
    assert shown.set(graph="dense")["state"]["node"] == shown.control("node").input_value()


HEADS = """el => [...el.querySelectorAll(".conv-head")].map(head =>
  head.getAttribute("d").match(/L([\\d.]+) ([\\d.]+)L/).slice(1).map(Number))"""
BOXES = """el => [...el.querySelectorAll(".conv-node .conv-box")].map(box =>
  ["x", "y", "width", "height"].map(side => Number(box.getAttribute(side))))"""


@pytest.mark.parametrize("kind", LAST)
@pytest.mark.parametrize("width", [900, 390])
def test_arrows_end_apart_and_boxes_do_not_overlap(open_figure, kind, width):
    shown = open_figure("graph1d", graph=kind, _width=width)
    heads = np.array(shown.element.evaluate(HEADS))
    assert len(heads) == len(finished(kind).edges)
    apart = np.abs(heads[:, None] - heads).sum(axis=-1) + 99 * np.eye(len(heads))
    assert apart.min() >= 3
    boxes = np.array(shown.element.evaluate(BOXES))
    low, high = boxes[:, :2], boxes[:, :2] + boxes[:, 2:]
    meet = (low[:, None] < high).all(axis=-1) & (low < high[:, None]).all(axis=-1)
    assert meet.sum() == len(boxes)  # each with itself alone


@pytest.mark.parametrize("kind", ["correlation", "convolution"])
def test_samples_and_taps_stand_so_that_few_lines_cross(kind):
    graph = graph1d.build(kind)[0]
    rows = {node: graph1d.place(node, kind, graph)[1] for node in graph.nodes}
    lines = [(rows[parent], rows[child]) for parent, child in graph.edges if child.role == "product"]
    crossed = sum((a - c) * (b - d) < 0 for n, (a, b) in enumerate(lines) for c, d in lines[:n])
    assert crossed <= 30  # with the taps below the samples: 47
