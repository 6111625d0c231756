"""Where the book explains a thing: from a section's label to its address."""

import os
import re
import sys

BOOK = "https://convolution-layer.github.io/course/"
STEMS = (
    "01_notation",
    "02_slide_a_kernel",
    "03_draw_the_graph",
    "04_derive_the_gradients",
    "05_check_gradients",
    "06_stride_and_padding",
    "07_images",
    "08_layer_forward",
    "09_layer_backward",
    "10_vectorize",
    "11_go_fast",
    "12_matlab",
    "13_dilation_and_groups",
    "14_transposed",
    "15_pooling",
    "16_train_a_cnn",
    "17_break_the_checker",
)


def page_of(label):
    """The stem of the chapter that holds a label.

    >>> page_of("06-leftover")
    '06_stride_and_padding'
    """
    return next(stem for stem in STEMS if stem[:2] == label[:2])


def anchor(label):
    """The HTML id that Sphinx makes of a label: an id cannot begin with a digit.

    >>> anchor("06-leftover")
    'leftover'
    """
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"^[-0-9]+|-+$", "", label.lower()))


def book_address():
    """The book's address: beside JupyterLite when the notebook runs there, else the published one."""
    if "CONV_BOOK_URL" in os.environ:
        return os.environ["CONV_BOOK_URL"].rstrip("/") + "/"
    if sys.platform == "emscripten":
        from js import location

        return re.sub(r"/lite/.*$", "/", str(location.href))
    return BOOK


def link(label):
    """The address of a section.

    >>> link("06-leftover")
    'https://convolution-layer.github.io/course/06_stride_and_padding.html#leftover'
    """
    return f"{book_address()}{page_of(label)}.html#{anchor(label)}"
