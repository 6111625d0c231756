"""The contestants. For each layer and pass, a contestant returns a function without arguments to be timed.

A contestant that is not installed names the missing packages and has no functions. If it cannot compute a
layer, it returns None.
"""

import importlib.util
from dataclasses import dataclass, field

import numpy as np


@dataclass
class Case:
    """One layer at one batch size, with its arrays and the float64 answers for comparison."""

    layer: object
    N: int
    threads: int
    x: np.ndarray
    w: np.ndarray
    b: np.ndarray
    dout: np.ndarray

    @classmethod
    def draw(cls, layer, N, threads, seed=0):
        rng = np.random.default_rng(seed)
        return cls(layer, N, threads, *(rng.standard_normal(s, np.float32) for s in layer.shapes(N)))


@dataclass
class Contestant:
    """A contestant. `forward(case)` and `backward(case)` return timed functions; `needs` lists packages."""

    name: str
    needs: tuple[str, ...] = ()
    forward: object = None
    backward: object = None
    limit: float = float("inf")  # layers with more operations than this are left out
    answers: bool = True  # False: only a part of the layer is timed, so there is no answer to check
    versions: dict = field(default_factory=dict)

    def missing(self):
        """Return the names of required packages that are not installed."""
        return [name for name in self.needs if importlib.util.find_spec(name) is None]


def _fast(algorithm):
    def make(name):
        def prepare(case):
            from conv_lib import fast

            def call():
                with fast.using(algorithm=algorithm, threads=case.threads):
                    if name == "forward":
                        return fast.conv2d(case.x, case.w, case.b, **case.layer.options)
                    return fast.conv2d_backward(case.dout, case.x, case.w, **case.layer.options)

            return call

        return prepare

    return {"forward": make("forward"), "backward": make("backward")}


def _plain(module):
    """Return the contestant of the module `naive` or `vectorized`."""

    def forward(case):
        layer = importlib.import_module(module)
        return lambda: layer.conv2d(case.x, case.w, case.b, **case.layer.options)

    def backward(case):
        layer = importlib.import_module(module)
        return lambda: layer.conv2d_backward(case.dout, case.x, case.w, **case.layer.options)

    return {"forward": forward, "backward": backward}


def _torch_forward(case):
    import torch

    torch.set_num_threads(case.threads)
    layer = case.layer
    x, w, b = (torch.from_numpy(a) for a in (case.x, case.w, case.b))

    def call():
        with torch.no_grad():
            y = torch.nn.functional.conv2d(x, w, b, layer.stride, layer.padding, layer.dilation, layer.groups)
        return y.numpy()

    return call


def _torch_backward(case):
    import torch

    torch.set_num_threads(case.threads)
    layer = case.layer
    x, w, dout = (torch.from_numpy(a) for a in (case.x, case.w, case.dout))
    two = lambda n: [n, n]  # noqa: E731

    def call():
        gradients = torch.ops.aten.convolution_backward(
            dout, x, w, [layer.F], two(layer.stride), two(layer.padding), two(layer.dilation), False, [0, 0],
            layer.groups, [True, True, True],
        )  # fmt: skip
        return tuple(gradient.numpy() for gradient in gradients)

    return call


def _onnxruntime(case):
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    layer = case.layer
    node = helper.make_node(
        "Conv", ["x", "w", "b"], ["y"],
        kernel_shape=[layer.kernel] * 2, strides=[layer.stride] * 2, pads=[layer.padding] * 4,
        dilations=[layer.dilation] * 2, group=layer.groups,
    )  # fmt: skip
    tensor = helper.make_tensor_value_info
    graph = helper.make_graph(
        [node], "layer",
        [tensor("x", TensorProto.FLOAT, case.x.shape)],
        [tensor("y", TensorProto.FLOAT, case.dout.shape)],
        [numpy_helper.from_array(case.w, "w"), numpy_helper.from_array(case.b, "b")],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 9
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = case.threads
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])
    return lambda: session.run(None, {"x": case.x})[0]


def _jax_layer(case):
    import jax

    layer = case.layer

    def conv(x, w, b):
        y = jax.lax.conv_general_dilated(
            x, w, [layer.stride] * 2, [(layer.padding,) * 2] * 2, rhs_dilation=[layer.dilation] * 2,
            dimension_numbers=("NCHW", "OIHW", "NCHW"), feature_group_count=layer.groups,
        )  # fmt: skip
        return y + b[:, None, None]

    return jax, conv


def _jax_forward(case):
    jax, conv = _jax_layer(case)
    compiled = jax.jit(conv)
    arrays = [jax.numpy.asarray(a) for a in (case.x, case.w, case.b)]
    return lambda: np.asarray(compiled(*arrays).block_until_ready())


def _jax_backward(case):
    jax, conv = _jax_layer(case)
    pull = jax.jit(lambda dout, *arrays: jax.vjp(conv, *arrays)[1](dout))
    arrays = [jax.numpy.asarray(a) for a in (case.dout, case.x, case.w, case.b)]
    return lambda: tuple(np.asarray(a) for a in jax.block_until_ready(pull(*arrays)))


def _scipy_signal(case):
    from scipy.signal import correlate

    layer = case.layer
    if layer.groups > 1 or layer.dilation > 1:
        return None
    p, s = layer.padding, layer.stride

    def call():
        xpad = np.pad(case.x, ((0, 0), (0, 0), (p, p), (p, p)))
        y = np.empty_like(case.dout)
        for n in range(case.N):
            for f in range(layer.F):
                full = correlate(xpad[n], case.w[f], mode="valid", method="direct")[0]
                y[n, f] = full[::s, ::s] + case.b[f]
        return y

    return call


def contestants():
    """Return all contestants, in the order of the table."""
    from benchmarks import arithmetic
    from benchmarks import usual_ways as usual

    return [
        Contestant("fast", **_fast("auto")),
        Contestant("fast, direct", **_fast("direct")),
        Contestant(
            "arithmetic alone", forward=arithmetic.forward, backward=arithmetic.backward, answers=False
        ),
        Contestant("PyTorch", ("torch",), _torch_forward, _torch_backward),
        Contestant("onnxruntime", ("onnxruntime", "onnx"), _onnxruntime),
        Contestant("JAX", ("jax",), _jax_forward, _jax_backward),
        Contestant("vectorized", **_plain("conv_lib.vectorized")),
        Contestant("strided im2col, kept", forward=usual.kept_forward, backward=usual.kept_backward),
        Contestant("windows + tensordot", forward=usual.tensordot_forward),
        Contestant(
            "fancy im2col, add.at", forward=usual.fancy_forward, backward=usual.fancy_backward, limit=3e8
        ),
        Contestant("windows + einsum", forward=usual.einsum_forward, limit=2e8),
        Contestant("scipy.signal", ("scipy",), _scipy_signal, limit=2e8),
        Contestant("naive", **_plain("conv_lib.naive"), limit=3e5),
    ]
