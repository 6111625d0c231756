"""What teaches with conv_lib: the checker of the exercises, the class grader, the figures.

In a notebook::

    from conv_course import sheet

    check = sheet("02_slide_a_kernel")

`checker` judges a learner's answer and says which mistake it is, `grade` runs and marks a class,
`figures` are drawn, `widgets` move.
"""

from conv_course.checker import Check, sheet

__all__ = ["Check", "sheet"]
