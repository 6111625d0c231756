"""Call MATLAB functions in Octave: one process for many calls, arrays through MAT files.

    results = run_calls([Call("conv_layer_forward", (x, w, b, 2, 1))])
    y = results[0].outputs[0]

MATLAB drops trailing dimensions of length 1, so an x of 5 x 4 x 1 x 1 comes back as 5 x 4: pass the intended
shape to `shaped`.
"""

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tools import system

ROOT = Path(__file__).resolve().parent.parent
MATLAB = ROOT / "matlab"


@dataclass(frozen=True)
class Call:
    """One call: a function's name, or an anonymous function that begins with @."""

    name: str
    arguments: tuple = ()
    nout: int = 1


@dataclass(frozen=True)
class Result:
    """The outputs of a call, or the identifier and message of the error that it raised."""

    outputs: tuple
    identifier: str
    message: str

    @property
    def failed(self):
        return bool(self.message)


def run_code(code, *, folder=MATLAB, timeout=60):
    """Run Octave code with `folder` on its path and return what it printed."""
    program = system.find("octave")
    if program is None:
        raise RuntimeError(f"Octave is not on this machine: {system.how_to_get('octave')}")
    command = [program, "--quiet", "--norc", "--no-history", "--path", str(folder), "--eval", code]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=timeout, check=False, stdin=subprocess.DEVNULL
    )
    if done.returncode != 0:
        raise RuntimeError(f"octave-cli exited with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def run_calls(calls, *, folder=MATLAB, timeout=120):
    """Run all calls in one Octave process. Return the results in the same order."""
    from scipy.io import loadmat, savemat

    if not calls:
        return []
    with tempfile.TemporaryDirectory() as scratch:
        in_file, out_file = Path(scratch, "in.mat"), Path(scratch, "out.mat")
        savemat(
            in_file,
            {
                "names": _cell([call.name for call in calls]),
                "arguments": _cell([_cell([_argument(value) for value in c.arguments]) for c in calls]),
                "nouts": np.array([float(call.nout) for call in calls]),
            },
        )
        code = f"addpath('{_quoted(Path(__file__).parent)}'); "
        code += f"matlab_calls('{_quoted(in_file)}', '{_quoted(out_file)}')"
        run_code(code, folder=folder, timeout=timeout)
        answers = loadmat(out_file)
    return [
        Result(tuple(outputs.ravel()), _text(identifier), _text(message))
        for outputs, identifier, message in zip(
            answers["results"].ravel(),
            answers["identifiers"].ravel(),
            answers["messages"].ravel(),
            strict=True,
        )
    ]


def shaped(array, shape):
    """Restore the trailing dimensions of length 1 that MATLAB dropped.

    Raises
    ------
    ValueError
        If `array` has another shape than `shape` without its trailing ones.
    """
    shape = tuple(shape)
    dropped = list(shape) + [1] * (2 - len(shape))
    while len(dropped) > 2 and dropped[-1] == 1:
        dropped.pop()
    if tuple(array.shape) != tuple(dropped):
        raise ValueError(f"Octave returned {tuple(array.shape)} but {shape} was expected")
    return array.reshape(shape, order="F")


def _argument(value):
    if isinstance(value, np.ndarray) and value.ndim == 1:
        return value[:, None]
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, list | tuple):
        return np.array([value], dtype=float).reshape(1, -1)
    return value


def _cell(values):
    cell = np.empty((1, len(values)), dtype=object)
    for k, value in enumerate(values):
        cell[0, k] = value
    return cell


def _text(array):
    return str(array.ravel()[0]) if array.size else ""


def _quoted(path):
    return str(path).replace("'", "''")
