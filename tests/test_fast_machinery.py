"""Threads, scratch memory, settings and the rules behind `fast`."""

import subprocess
import sys
import textwrap
import threading
import tracemalloc

import numpy as np
import pytest

from benchmarks.layers import LAYERS
from conv_lib import fast, naive, validation
from conv_lib.fast import (
    batch_last,
    blas,
    dispatch,
    im2col,
    rules,
    scratch,
    toom_cook,
    tuning,
    winograd_tiles,
)
from conv_lib.fast.problem import from_geometry
from conv_lib.fast.settings import Settings, current

RNG = np.random.default_rng(5)


def run_python(code):
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_importing_needs_only_numpy():
    done = run_python("""
        import sys
        for name in ("scipy", "threadpoolctl", "matplotlib", "torch"):
            sys.modules[name] = None
        from conv_lib import fast
        import numpy as np
        from conv_lib.fast import blas
        assert not blas.controllable()
        x, w = np.ones((2, 24, 30, 30), np.float32), np.ones((24, 24, 3, 3), np.float32)
        assert fast.conv2d(x, w)[1, 5, 3, 4] == 24 * 9
        assert fast.conv2d_backward(np.ones((2, 24, 28, 28), np.float32), x, w)[2][0] == 2 * 28 * 28
        import threading
        assert threading.active_count() == 1, threading.enumerate()
    """)
    assert done.returncode == 0, done.stderr


def test_optional_packages_are_imported_when_first_needed():
    done = run_python("""
        import sys
        import conv_lib.fast
        loaded = {name for name in ("scipy", "threadpoolctl", "matplotlib") if name in sys.modules}
        assert not loaded, loaded
    """)
    assert done.returncode == 0, done.stderr


def test_works_in_a_child_of_fork():
    done = run_python("""
        import os, sys
        if not hasattr(os, "fork"):
            sys.exit(0)
        import numpy as np
        from conv_lib import fast
        x, w = np.ones((2, 32, 40, 40), np.float32), np.ones((32, 32, 3, 3), np.float32)
        with fast.using(threads=2):
            fast.conv2d(x, w)
            child = os.fork()
            if child == 0:
                os._exit(0 if fast.conv2d(x, w)[0, 0, 0, 0] == 288 else 1)
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    """)
    assert done.returncode == 0, done.stderr


def test_works_while_the_interpreter_exits():
    done = run_python("""
        import atexit
        import numpy as np
        from conv_lib import fast
        x, w = np.ones((2, 32, 40, 40), np.float32), np.ones((32, 32, 3, 3), np.float32)

        @atexit.register
        def late():
            with fast.using(threads=2):
                print(fast.conv2d(x, w)[0, 0, 0, 0])
    """)
    assert done.stdout == "288.0\n", done.stderr


def test_using_is_for_its_block_and_its_thread():
    seen = []
    with fast.using(algorithm="direct", threads=1):
        with fast.using(threads=2):
            assert current.get() == Settings("direct", 2)
        assert current.get() == Settings("direct", 1)
        thread = threading.Thread(target=lambda: seen.append(current.get()))
        thread.start()
        thread.join()
    assert current.get() == Settings()
    assert seen == [Settings()]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"algorithm": "magic"}, "algorithm must be one of"), ({"threads": 0}, "threads must be at least 1")],
)
def test_using_refuses(arguments, message):
    with pytest.raises(ValueError, match=message), fast.using(**arguments):
        pass


def test_an_algorithm_that_cannot_do_the_shape_raises():
    x, w = np.ones((1, 2, 6, 6)), np.ones((3, 2, 3, 3))
    with fast.using(algorithm="winograd"), pytest.raises(ValueError, match="'winograd' needs a 3x3 kernel"):
        fast.conv2d(x, w, stride=2)


def test_results_are_the_callers_own():
    """A second call must not write into the result of the first."""
    x, w = RNG.standard_normal((2, 32, 20, 20), np.float32), RNG.standard_normal((32, 32, 3, 3), np.float32)
    dout = RNG.standard_normal((2, 32, 20, 20), np.float32)
    first = fast.conv2d(x, w, padding=1), *fast.conv2d_backward(dout, x, w, padding=1)
    kept = [array.copy() for array in first]
    fast.conv2d(2 * x, w, padding=1)
    fast.conv2d_backward(3 * dout, 2 * x, w, padding=1)
    for array, copy in zip(first, kept, strict=True):
        np.testing.assert_array_equal(array, copy)
        assert not np.may_share_memory(array, scratch._arena.memory)


def test_scratch_is_handed_back_and_bounded():
    scratch.release()
    with scratch.frame() as take:
        take((tuning.SCRATCH_BYTES * 3,), np.uint8)
        with scratch.frame() as inner:
            inner((10,), np.float32)
    with scratch.frame() as take:
        one, two = take((7,), np.float32), take((5, 3), np.float64)
        assert not np.may_share_memory(one, two)
        with scratch.frame() as inner:
            three = inner((4,), np.float64)
            assert not np.may_share_memory(two, three)
        four = take((3,), np.float64)
        assert not any(np.may_share_memory(four, other) for other in (one, two))
    assert scratch._arena.memory.size == tuning.SCRATCH_BYTES
    assert scratch.kept() >= tuning.SCRATCH_BYTES
    assert scratch._arena.used == 0


def test_scratch_is_each_threads_own():
    pieces = []

    def keep():
        with scratch.frame() as take:
            take((100,), np.uint8)
        with scratch.frame() as take:
            pieces.append(take((100,), np.uint8))

    keep()
    thread = threading.Thread(target=keep)
    thread.start()
    thread.join()
    assert not np.may_share_memory(*pieces)


def problem(layer, N):
    shapes = layer.shapes(N)
    x, w = (np.broadcast_to(np.float32(0), shape) for shape in shapes[:2])
    *_, geometry = validation.check_conv2d(x, w, None, **layer.options)
    return from_geometry(x.shape, w.shape, geometry, layer.groups, np.dtype(np.float32))


@pytest.mark.parametrize("N", [1, 2, 3, 4, 8])
def test_two_threads_get_the_same_number_of_blocks(N):
    """One block leaves a thread idle, three make one wait. Blocks of a single image may be odd in number."""
    p = problem(next(layer for layer in LAYERS if layer.name == "ResNet 3x3 28/128"), N)
    blocks = winograd_tiles.blocks(p, 36 * 128 * 4, 2)
    assert sum(tiles.count for tiles in blocks) == winograd_tiles.whole(p).count
    assert len(blocks) % 2 == 0 or len(blocks) == N > 2
    for parts in (batch_last.blocks(p, 2), im2col.groups_of_images(N, 800_000, 2)):
        assert [n for part in parts for n in range(*part)] == list(range(N))
        assert len(parts) % 2 == 0 or len(parts) == N


@pytest.mark.skipif(not blas.controllable(), reason="the BLAS's threads cannot be held: all runs serially")
def test_a_second_thread_is_used_only_if_it_pays():
    layers = {layer.name: layer for layer in LAYERS}
    for name, N, threads in (
        ("LeNet c1 5x5", 32, 1),
        ("depthwise 3x3 56/128", 1, 2),
        ("1x1 14 1024-256", 1, 2),
    ):
        for each in rules.PASSES:
            algorithm, part = rules.choose(each, problem(layers[name], N))
            assert dispatch.threads_for(algorithm, part, Settings(threads=2)) == threads


def test_the_rules_choose_what_they_say():
    def choose(asked):
        return {layer.name: rules.choose("forward", problem(layer, 8), asked)[0].name for layer in LAYERS}

    chosen = choose("auto")
    assert chosen["ResNet 3x3 56/64"] == "winograd"
    assert chosen["1x1 56 64-256"] == "pointwise"
    assert chosen["depthwise 3x3 56/128"] == "depthwise"
    assert chosen["LeNet c1 5x5"] == "batch_last"
    assert chosen["ResNet stem 7x7/2"] == "mec"
    assert chosen["3x3/2 56/128"] == "im2col"
    direct = choose("direct")
    assert direct["ResNet 3x3 56/64"] == "mec"
    assert direct["ResNet 3x3 28/128"] == "im2col"


@pytest.mark.parametrize("name", rules.PASSES)
def test_the_last_rule_holds_for_one_group_of_everything(name):
    table = rules.PASSES[name]
    for layer in LAYERS:
        part = problem(layer, 1).one_group()
        assert table[-1].fits(part)
        assert table[-1].pays(part)
    assert table[-1].exact


def test_a_rule_that_may_not_fit_says_what_it_needs():
    strided = problem(LAYERS[0], 1)._replace(stride=(2, 3), dilation=(2, 2))
    unfit = [rule for rule in rules.PASSES["forward"] if not rule.fits(strided)]
    assert unfit
    assert all(rule.needs for rule in unfit)


@pytest.mark.parametrize(
    "name",
    [
        "ResNet 3x3 56/64",
        "ResNet 3x3 14/256",
        "ResNet 3x3 7/512",
        "ResNet stem 7x7/2",
        "depthwise 3x3 56/128",
        "3x3 dilated 28/256",
    ],
)
def test_extra_memory_is_bounded(name):
    """Peak memory beyond inputs and results: at most twice the larger of them plus 32 MiB."""
    layer = next(layer for layer in LAYERS if layer.name == name)
    x, w, b, y = (np.ones(shape, np.float32) for shape in layer.shapes(8))
    largest = max(x.nbytes, y.nbytes)
    with fast.using(threads=2):
        for call, results in (
            (lambda: fast.conv2d(x, w, b, **layer.options), y.nbytes),
            (lambda: fast.conv2d_backward(y, x, w, **layer.options), x.nbytes + w.nbytes),
        ):
            scratch.release()
            tracemalloc.start()
            call()
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert peak - results <= 2 * largest + (32 << 20)


@pytest.mark.parametrize(("m", "r"), [(2, 3), (4, 3), (3, 2), (2, 5), (6, 3)])
def test_short_convolutions(m, r):
    AT, G, BT = toom_cook.matrices(m, r)
    x, w = RNG.standard_normal(m + r - 1), RNG.standard_normal(r)
    np.testing.assert_allclose(AT @ ((G @ w) * (BT @ x)), naive.conv1d(x, w), atol=1e-12)


def test_short_convolutions_need_their_points():
    with pytest.raises(ValueError, match="needs 9 points"):
        toom_cook.matrices(8, 3)
