"""The first edition's name of `wrong_layers`, for notebooks of chapter 17 that were written with it."""

from conv_course.checker.wrong_layers import BACKWARD, FORWARD, RIGHT

__all__ = ["BACKWARD", "FORWARD", "RIGHT"]
