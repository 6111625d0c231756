"""The same tensor in other orders of axes: Python's N x D x H x W, MATLAB's H x W x D x N, and N x H x W x D.

x (N, D, H, W), w (F, D, kH, kW) and y (N, F, H', W') all turn into MATLAB's order by one permutation. All
functions return views: no number moves in memory. (MATLAB stores the first index fastest: `to_matlab` of
a C-ordered array is nearly there, and `np.asfortranarray` finishes it.)
"""

import numpy as np

__all__ = [
    "convert",
    "from_channels_last",
    "from_matlab",
    "kernel_to_channels_last",
    "to_channels_last",
    "to_matlab",
]


def convert(tensor, source, target):
    """Reorder axes by their letters.

    Parameters
    ----------
    tensor : ndarray
    source, target : str
        One letter per axis, each once, the same letters in both.

    Returns
    -------
    ndarray
        A view.

    Examples
    --------
    >>> x = np.zeros((8, 3, 5, 6))
    >>> convert(x, "NDHW", "HWDN").shape
    (5, 6, 3, 8)
    >>> convert(x, "NDHW", "NHWD").shape
    (8, 5, 6, 3)
    """
    if not isinstance(tensor, np.ndarray):
        raise TypeError(f"tensor must be a NumPy array, got {type(tensor).__name__}")
    for layout in (source, target):
        if not isinstance(layout, str):
            raise TypeError(f"layouts must be letters such as 'NDHW', got {layout!r}")
    if len(set(source)) != len(source) or sorted(source) != sorted(target):
        raise ValueError(f"layouts must hold the same letters, each once, got {source!r} and {target!r}")
    if tensor.ndim != len(source):
        raise ValueError(f"tensor has {tensor.ndim} axes {tensor.shape} but {source!r} names {len(source)}")
    return tensor.transpose([source.index(letter) for letter in target])


def to_matlab(tensor):
    """x (N, D, H, W) -> (H, W, D, N); w (F, D, kH, kW) -> (kH, kW, D, F); y likewise.

    >>> to_matlab(np.zeros((8, 3, 5, 6))).shape
    (5, 6, 3, 8)
    """
    return convert(tensor, "NDHW", "HWDN")


def from_matlab(tensor):
    """Undo `to_matlab`; trailing axes of length 1, which MATLAB drops, are put back.

    >>> from_matlab(np.zeros((5, 6, 3, 8))).shape
    (8, 3, 5, 6)
    >>> from_matlab(np.zeros((5, 6, 3))).shape  # a single image
    (1, 3, 5, 6)
    """
    if isinstance(tensor, np.ndarray) and 2 <= tensor.ndim < 4:
        tensor = tensor.reshape(tensor.shape + (1,) * (4 - tensor.ndim))
    return convert(tensor, "HWDN", "NDHW")


def to_channels_last(tensor):
    """x (N, D, H, W) -> (N, H, W, D), TensorFlow's order; y likewise.

    >>> to_channels_last(np.zeros((8, 3, 5, 6))).shape
    (8, 5, 6, 3)
    """
    return convert(tensor, "NDHW", "NHWD")


def from_channels_last(tensor):
    """Undo `to_channels_last`.

    >>> from_channels_last(np.zeros((8, 5, 6, 3))).shape
    (8, 3, 5, 6)
    """
    return convert(tensor, "NHWD", "NDHW")


def kernel_to_channels_last(w):
    """w (F, D, kH, kW) -> (kH, kW, D, F): the kernel that goes with channels-last images in TensorFlow.

    >>> kernel_to_channels_last(np.zeros((4, 3, 1, 2))).shape
    (1, 2, 3, 4)
    """
    return convert(w, "FDHW", "HWDF")
