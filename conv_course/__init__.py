"""Teaching tools around conv_lib: the checker of the exercises, the class grader, the figures.

In a notebook::

    from conv_course import sheet

    check = sheet("02_slide_a_kernel")

`checker` judges a learner's answer and names the mistake, `grade` grades a class, `figures` are static
drawings, and `widgets` are interactive figures.
"""

from conv_course.checker import Check, sheet

__all__ = ["Check", "sheet"]
