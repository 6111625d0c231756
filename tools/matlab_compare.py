"""Compare every function of matlab/ with conv_lib, on shapes where swapped axes cannot hide.

    python -m tools.matlab_compare

prints a table: function, arrays compared, numbers compared, the largest absolute difference.
"""

import sys
from dataclasses import dataclass
from functools import partial

import numpy as np

from conv_lib import gradcheck, naive, sizes
from conv_lib.layouts import to_matlab
from tools.matlab_octave import Call, run_calls, shaped

TOLERANCE = 1e-12


@dataclass(frozen=True)
class Layer:
    """One configuration: sizes in Python's order, stride and padding as (height, width)."""

    N: int
    D: int
    H: int
    W: int
    F: int
    kH: int
    kW: int
    stride: tuple
    padding: tuple

    def arrays(self, seed=0):
        """Return x, w, b and dout: random, in [-1, 1], in Python's layout."""
        rng = np.random.default_rng([seed, self.N, self.D, self.H, self.W, self.F, self.kH, self.kW])
        H = sizes.output_size(self.H, self.kH, stride=self.stride[0], padding=self.padding[0])
        W = sizes.output_size(self.W, self.kW, stride=self.stride[1], padding=self.padding[1])
        return (
            rng.uniform(-1, 1, (self.N, self.D, self.H, self.W)),
            rng.uniform(-1, 1, (self.F, self.D, self.kH, self.kW)),
            rng.uniform(-1, 1, self.F),
            rng.uniform(-1, 1, (self.N, self.F, H, W)),
        )


# Each line has its reason next to it.
BY_HAND = [
    Layer(2, 3, 6, 5, 4, 3, 2, (1, 1), (0, 0)),  # nothing special
    Layer(2, 3, 7, 6, 4, 3, 2, (2, 3), (1, 2)),  # two strides, two paddings
    Layer(2, 1, 6, 5, 4, 3, 2, (1, 1), (1, 1)),  # D = 1
    Layer(1, 3, 6, 5, 4, 3, 2, (2, 1), (1, 0)),  # N = 1
    Layer(2, 3, 6, 5, 1, 2, 3, (1, 2), (0, 1)),  # F = 1
    Layer(1, 1, 6, 5, 1, 3, 2, (1, 1), (0, 0)),  # every trailing dimension dropped
    Layer(1, 2, 6, 5, 1, 3, 2, (1, 1), (0, 0)),
    Layer(2, 3, 5, 4, 4, 1, 1, (1, 1), (0, 0)),  # 1 x 1 kernel
    Layer(2, 3, 5, 4, 4, 1, 1, (2, 3), (0, 0)),  # 1 x 1 kernel that skips pixels
    Layer(1, 1, 4, 5, 1, 1, 1, (3, 2), (1, 2)),
    Layer(2, 2, 5, 6, 3, 1, 4, (1, 1), (0, 2)),  # a row, then a column, as kernel
    Layer(2, 2, 5, 6, 3, 4, 1, (2, 1), (2, 0)),
    Layer(2, 3, 3, 2, 4, 3, 2, (1, 1), (0, 0)),  # the kernel covers the image
    Layer(1, 2, 1, 7, 3, 1, 3, (1, 2), (0, 1)),  # an image of one row, of one column, of one pixel
    Layer(1, 2, 7, 1, 3, 3, 1, (2, 1), (1, 0)),
    Layer(2, 2, 1, 1, 3, 3, 2, (1, 1), (2, 1)),
    Layer(2, 2, 4, 5, 3, 2, 3, (1, 1), (3, 4)),  # padding beyond k - 1
    Layer(2, 2, 4, 5, 3, 2, 3, (3, 2), (4, 3)),
    Layer(2, 3, 8, 9, 4, 3, 2, (3, 2), (0, 0)),  # leftover pixels on both axes
    Layer(2, 3, 8, 7, 4, 3, 2, (3, 3), (1, 1)),
    Layer(3, 2, 5, 4, 5, 2, 2, (3, 3), (0, 0)),  # a stride wider than the kernel
    Layer(0, 2, 5, 4, 3, 2, 3, (1, 1), (1, 0)),  # N = 0
]


def random_layers(count, seed=8):
    """Return layers with stride 1 to 3, padding 0 to more than k - 1, H != W, kH != kW, F != D."""
    rng = np.random.default_rng(seed)
    found = []
    while len(found) < count:
        N, D, F = (int(value) for value in rng.integers(1, [3, 4, 5]))
        H, W = (int(value) for value in rng.integers(2, 9, 2))
        kH, kW = (int(value) for value in rng.integers(1, 5, 2))
        stride = tuple(int(value) for value in rng.integers(1, 4, 2))
        padding = tuple(int(value) for value in rng.integers(0, [kH + 2, kW + 2]))
        if H != W and kH != kW and F != D and kH <= H + 2 * padding[0] and kW <= W + 2 * padding[1]:
            found.append(Layer(N, D, H, W, F, kH, kW, stride, padding))
    return found


@dataclass(frozen=True)
class Case:
    """One call in Octave and conv_lib's answer to it, in MATLAB's layout."""

    function: str
    call: Call
    expected: tuple
    about: str


def layer_cases(layers):
    """Yield cases of forward and backward passes, in loops and by im2col."""
    for layer in layers:
        x, w, b, dout = layer.arrays()
        how = {"stride": layer.stride, "padding": layer.padding}
        y = naive.conv2d(x, w, b, **how)
        dx, dw, db = naive.conv2d_backward(dout, x, w, **how)
        forward = (to_matlab(x), to_matlab(w), b, layer.stride, layer.padding)
        backward = (to_matlab(dout), to_matlab(x), to_matlab(w), layer.stride, layer.padding)
        gradients = (to_matlab(dx), to_matlab(dw), db[:, None])
        for suffix in ("", "_im2col"):
            name = f"conv_layer_forward{suffix}"
            yield Case(name, Call(name, forward), (to_matlab(y),), str(layer))
            name = f"conv_layer_backward{suffix}"
            yield Case(name, Call(name, backward, 3), gradients, str(layer))


def vanilla_cases(layers):
    """Yield cases with one image and one filter. The function does not pad, so it gets the padded image."""
    for layer in layers:
        if layer.N == 0:
            continue
        x, w, _, _ = layer.arrays()
        (top, left), S = layer.padding, layer.stride
        xpad = np.pad(x[:1], ((0, 0), (0, 0), (top, top), (left, left)))
        y = naive.conv2d(xpad, w[:1], stride=S)
        call = Call("convn_vanilla", (to_matlab(xpad)[..., 0], to_matlab(w)[..., 0], S))
        yield Case("convn_vanilla", call, (to_matlab(y)[..., 0, 0],), str(layer))


def column_cases(layers):
    """Yield cases of conv_im2col by definition and of conv_col2im as its transpose, without conv_lib."""
    for layer in layers:
        if layer.N == 0:
            continue
        x, _, _, dout = layer.arrays()
        (top, left), S = layer.padding, layer.stride
        xpad = np.pad(x, ((0, 0), (0, 0), (top, top), (left, left)))
        _, _, Ho, Wo = dout.shape
        linear = np.arange(1, xpad.size + 1).reshape(to_matlab(xpad).shape, order="F")
        windows = [
            (slice(i * S[0], i * S[0] + layer.kH), slice(j * S[1], j * S[1] + layer.kW), slice(None), n)
            for n in range(layer.N)
            for j in range(Wo)
            for i in range(Ho)
        ]
        cols = np.stack([to_matlab(xpad)[window].ravel(order="F") for window in windows], axis=1)
        index = np.stack([linear[window].ravel(order="F") for window in windows], axis=1)
        arguments = (to_matlab(xpad), (layer.kH, layer.kW), S)
        yield Case("conv_im2col", Call("conv_im2col", arguments, 2), (cols, index), str(layer))
        back = np.zeros(xpad.size)
        np.add.at(back, index.ravel() - 1, cols.ravel())
        back = back.reshape(linear.shape, order="F")
        call = Call("conv_col2im", (cols, index.astype(float), linear.shape))
        yield Case("conv_col2im", call, (back,), str(layer))


def pooling_cases(layers):
    """Yield pooling cases with small integers, so that windows have ties. The window is the kernel's."""
    for layer in layers:
        K = (layer.kH, layer.kW)
        padding = tuple(min(p, k // 2) for p, k in zip(layer.padding, K, strict=True))
        if layer.N == 0 or any(
            k > size + 2 * p for k, size, p in zip(K, (layer.H, layer.W), padding, strict=True)
        ):
            continue
        rng = np.random.default_rng([15, layer.H, layer.W, *K])
        x = rng.integers(-2, 3, (layer.N, layer.D, layer.H, layer.W)).astype(float)
        how = {"stride": layer.stride, "padding": padding}
        y = naive.max_pool2d(x, K, **how)
        dout = rng.uniform(-1, 1, y.shape)
        dx = naive.max_pool2d_backward(dout, x, K, **how)
        arguments = (K, layer.stride, padding)
        call = Call("max_pool_forward", (to_matlab(x), *arguments))
        yield Case("max_pool_forward", call, (to_matlab(y),), str(layer))
        call = Call("max_pool_backward", (to_matlab(dout), to_matlab(x), *arguments))
        yield Case("max_pool_backward", call, (to_matlab(dx),), str(layer))


def gradient_cases(layers):
    """Yield cases with sums of powers of two and h = 1/4: nothing is rounded, so both must agree exactly."""
    for layer in layers[:8]:  # dozens of forward passes each
        x, w, b, dout = (np.round(array * 8) / 8 for array in layer.arrays())
        how = {"stride": layer.stride, "padding": layer.padding}
        dw = naive.conv2d_backward(dout, x, w, **how)[1]
        wrong = dw * np.linspace(1, 1.5, dw.size).reshape(dw.shape)
        for analytic in (dw, wrong):
            numeric = gradcheck.numerical_gradient(partial(naive.conv2d, x, b=b, **how), w, dout, h=0.25)
            worst = gradcheck.relative_error(analytic, numeric)
            handle = (
                "@(x, w, b, stride, padding, dout, dw, h) "
                "gradient_check(@(w) conv_layer_forward(x, w, b, stride, padding), w, dout, dw, h)"
            )
            arguments = (*map(to_matlab, (x, w)), b, layer.stride, layer.padding)
            call = Call(handle, (*arguments, to_matlab(dout), to_matlab(analytic), 0.25), 2)
            expected = (np.array([[worst]]), to_matlab(numeric))
            yield Case("gradient_check", call, expected, str(layer))


def size_cases(layers):
    """Yield cases of conv_output_size, compared with conv_lib.sizes."""
    for layer in layers:
        pairs = ((layer.H, layer.W), (layer.kH, layer.kW), layer.stride, layer.padding)
        expected = [
            sizes.output_size(size, k, stride=s, padding=p) for size, k, s, p in zip(*pairs, strict=True)
        ]
        yield Case(
            "conv_output_size", Call("conv_output_size", pairs), (np.array([expected], float),), str(layer)
        )


def cases():
    """Return the cases of all functions."""
    layers = BY_HAND + random_layers(60)
    found = list(size_cases(layers)) + list(vanilla_cases(layers)) + list(layer_cases(layers))
    found += list(column_cases(layers)) + list(gradient_cases(layers))
    return found + list(pooling_cases(layers))


@dataclass
class Row:
    """Counts of the comparisons for one function."""

    calls: int = 0
    arrays: int = 0
    numbers: int = 0
    largest: float = 0.0


def compare(found=None):
    """Run all cases in one Octave process. Return ({function: Row}, [failures])."""
    found = cases() if found is None else found
    rows, wrong = {}, []
    for case, result in zip(found, run_calls([case.call for case in found]), strict=True):
        row = rows.setdefault(case.function, Row())
        row.calls += 1
        if result.failed:
            wrong.append(f"{case.function}: {result.identifier} {result.message} ({case.about})")
            continue
        for actual, expected in zip(result.outputs, case.expected, strict=True):
            try:
                actual = shaped(actual, expected.shape)
            except ValueError as error:
                wrong.append(f"{case.function}: {error} ({case.about})")
                continue
            difference = float(np.max(np.abs(actual - expected), initial=0.0))
            row.arrays += 1
            row.numbers += expected.size
            row.largest = max(row.largest, difference)
            if not difference <= TOLERANCE:
                wrong.append(f"{case.function}: differs by {difference:.2g} ({case.about})")
    return rows, wrong


def table(rows):
    """Return the rows as text."""
    lines = [f"{'function':30} {'calls':>6} {'arrays':>7} {'numbers':>8} {'largest difference':>19}"]
    for name in sorted(rows):
        row = rows[name]
        lines.append(f"{name:30} {row.calls:6} {row.arrays:7} {row.numbers:8} {row.largest:19.2g}")
    total = [sum(getattr(row, part) for row in rows.values()) for part in ("calls", "arrays", "numbers")]
    largest = max(row.largest for row in rows.values())
    lines.append(f"{'all':30} {total[0]:6} {total[1]:7} {total[2]:8} {largest:19.2g}")
    return "\n".join(lines)


def main():
    rows, wrong = compare()
    print("\n".join([table(rows), *wrong]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
