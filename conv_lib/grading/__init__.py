"""The first edition's name of `conv_course.checker`, for the notebooks that were written with it."""

import sys

from conv_course import checker
from conv_course.checker import wrong_layers

sys.modules[__name__] = checker
sys.modules[f"{__name__}.sheets.mistakes_2d"] = wrong_layers
