"""The first edition's name of `conv_course.widgets`, for the notebooks that were written with it."""

import sys

from conv_course import widgets

sys.modules[__name__] = widgets
