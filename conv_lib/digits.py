"""1797 handwritten digits, 8 x 8 pixels, for training on a laptop or in the browser.

Source: E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits" (1998), UCI Machine Learning
Repository, doi 10.24432/C50P49, licence CC BY 4.0; the part of the data that 13 writers wrote for testing.
Changed: stored as one compressed NumPy file.
"""

from importlib.resources import as_file, files

import numpy as np

from conv_lib.validation import check_float_dtype

__all__ = ["load"]

HELD_OUT = 360


def load(*, seed=0, dtype=np.float32):
    """Return the digits, shuffled and split once for each seed.

    Parameters
    ----------
    seed : int
        Chooses which digits are held out.
    dtype : dtype
        The dtype of the images: float32 or float64.

    Returns
    -------
    (train_images, train_labels), (held_out_images, held_out_labels)
        Images (N, 1, 8, 8), ink from 0 to 1; labels (N,), integers from 0 to 9. 1437 to train on and 360
        held out.

    Examples
    --------
    >>> (x, labels), (x_held_out, _) = load()
    >>> x.shape, x_held_out.shape
    ((1437, 1, 8, 8), (360, 1, 8, 8))
    """
    check_float_dtype(dtype)
    with as_file(files("conv_lib") / "data" / "digits.npz") as path, np.load(path) as stored:
        images, labels = np.empty_like(stored["images"], order="C"), stored["labels"].astype(np.int64)
        # pixel by pixel, digits of one kind beside each other, the file is smaller
        images[np.argsort(labels, kind="stable")] = stored["images"]
    order = np.random.default_rng(seed).permutation(len(images))
    images = (images[order, np.newaxis] / 16).astype(dtype)  # ink was counted from 0 to 16
    labels = labels[order]
    return (images[HELD_OUT:], labels[HELD_OUT:]), (images[:HELD_OUT], labels[:HELD_OUT])
