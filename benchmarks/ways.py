"""Measure time and memory of four ways to write one layer, for the chapters on vectorizing and on Octave."""

import json
import shutil
import subprocess
import tempfile
import time
import tracemalloc
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

# x (N, D, H, W), w (F, D, kH, kW), stride 1, padding 1: small enough for seven loops
SHAPES = {"x": (2, 3, 24, 32), "w": (8, 3, 3, 3)}
MATLAB = Path(__file__).parents[1] / "matlab"


def _arrays():
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal(SHAPES["x"]), rng.standard_normal(SHAPES["w"])
    return np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1))), w, rng.standard_normal(SHAPES["w"][0])


def loops(xpad, w, b):
    """Use seven loops: one product at a time."""
    (N, D, H, W), (F, _, kH, kW) = xpad.shape, w.shape
    y = np.zeros((N, F, H - kH + 1, W - kW + 1))
    for n in range(N):
        for f in range(F):
            for i in range(y.shape[2]):
                for j in range(y.shape[3]):
                    total = b[f]
                    for d in range(D):
                        for u in range(kH):
                            for v in range(kW):
                                total += w[f, d, u, v] * xpad[n, d, i + u, j + v]
                    y[n, f, i, j] = total
    return y


def window_at_a_time(xpad, w, b):
    """Use four loops: NumPy computes the sum over a window."""
    (N, _, H, W), (F, _, kH, kW) = xpad.shape, w.shape
    y = np.zeros((N, F, H - kH + 1, W - kW + 1))
    for n in range(N):
        for f in range(F):
            for i in range(y.shape[2]):
                for j in range(y.shape[3]):
                    y[n, f, i, j] = (w[f] * xpad[n, :, i : i + kH, j : j + kW]).sum() + b[f]
    return y


def windows_tensordot(xpad, w, b):
    """Use no loop: a view of all windows, one tensordot."""
    windows = sliding_window_view(xpad, w.shape[2:], axis=(2, 3))
    return np.tensordot(windows, w, axes=((1, 4, 5), (1, 2, 3))).transpose(0, 3, 1, 2) + b[:, None, None]


def im2col_product(xpad, w, b):
    """Use no loop over windows: copy them into columns, one product per image."""
    kH, kW = w.shape[2:]
    windows = sliding_window_view(xpad, (kH, kW), axis=(2, 3))
    N, _, Ho, Wo = windows.shape[:4]
    columns = windows.transpose(0, 1, 4, 5, 2, 3).reshape(N, -1, Ho * Wo)
    return (w.reshape(len(w), -1) @ columns).reshape(N, len(w), Ho, Wo) + b[:, None, None]


WAYS = {
    "loops": loops,
    "window at a time": window_at_a_time,
    "sliding windows + tensordot": windows_tensordot,
    "im2col + product": im2col_product,
}


def four_ways(repeats=30):
    """Return {way: seconds, microseconds per output, peak bytes besides the result}. All give the same y."""
    arrays = _arrays()
    expected = im2col_product(*arrays)
    found = {"shapes": SHAPES, "padding": 1, "ways": {}}
    for name, way in WAYS.items():
        np.testing.assert_allclose(way(*arrays), expected, atol=1e-12)
        taken = [_time(way, arrays) for _ in range(3 if name == "loops" else repeats)]
        tracemalloc.start()
        way(*arrays)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        found["ways"][name] = {
            "seconds": min(taken),
            "microseconds an output": 1e6 * min(taken) / expected.size,
            "extra bytes": max(peak - expected.nbytes, 0),
        }
    return found


def _time(function, arguments):
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


OCTAVE = """
addpath('{matlab}');
x = rand(24, 32, 3, 2); w = rand(3, 3, 3, 8); b = rand(8, 1);
names = {{'conv_layer_forward', 'conv_layer_forward_im2col'}};
for k = 1:2
  best = Inf;
  for r = 1:{repeats}
    tic; y = feval(names{{k}}, x, w, b, 1, 1); best = min(best, toc);
  end
  fprintf('%s %.9f\\n', names{{k}}, best);
end
fprintf('version %s\\n', version());
"""


def layer_in_three(repeats=10):
    """Time the layer's forward pass in `naive`, `vectorized`, `fast` and, if installed, Octave."""
    from conv_lib import fast, naive, vectorized

    rng = np.random.default_rng(0)
    x, w, b = rng.standard_normal(SHAPES["x"]), rng.standard_normal(SHAPES["w"]), rng.standard_normal(8)
    found = {"shapes": SHAPES, "padding": 1, "seconds": {}}
    for module in (naive, vectorized, fast):
        times = [_time(lambda m=module: m.conv2d(x, w, b, padding=1), ()) for _ in range(repeats)]
        found["seconds"][module.__name__] = min(times)
    octave = shutil.which("octave-cli")
    if octave is None:
        found["octave"] = "not installed"
        return found
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "time_layer.m"
        script.write_text(OCTAVE.format(matlab=MATLAB, repeats=3))
        done = subprocess.run(
            [octave, "--no-gui", "--norc", str(script)],
            capture_output=True,
            text=True,
            timeout=300,
            check=True,
        )
    for line in done.stdout.splitlines():
        name, value = line.split()
        if name == "version":
            found["octave"] = value
        else:
            found["seconds"][f"Octave {name}"] = float(value)
    return found


def save(path, results):
    """Write results as JSON that is readable and has readable diffs."""
    path.write_text(json.dumps(results, indent=1) + "\n")
