"""The first edition's name of `conv_course.checker`, for the notebooks that were written with it."""

import sys

from conv_course import checker

sys.modules[__name__] = checker
