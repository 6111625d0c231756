"""Estimate how wide a formula is when MathJax sets it, in em: the sum of the widths of its letters and signs.

The widths were fitted to all 761 inline formulas of the book as Chromium showed them. The mean error is a
quarter of an em, less than a letter, so lines break at the same places before and after the formulas are set.
"""

import re
from html import unescape

# (pattern, em), the first match counts; all superscripts and subscripts have one width per letter
WIDTHS = [
    (r"\\(?:tanh|max|min|log|exp|b?mod|pmod)\b", 2.4),
    (r"[=<>]|\\(?:leq?|geq?|neq?|approx|equiv|to|mapsto|in)\b", 1.75),
    (r"[+*-]|\\(?:times|cdot)\b", 1.43),
    (r"\\(?:sum|prod|[lc]?dots|sqrt)\b", 1.6),
    (r"\\[a-zA-Z]+|\\.", 0.61),
    (r"[MWm]", 1.3),
    (r"[A-Z]", 1.07),
    (r"[a-z0-9]", 0.66),
    (r",", 0.49),
    (r"[^\s{}]", 0.52),
]
SMALL = 0.46
SIGN = re.compile("|".join(f"({pattern})" for pattern, _ in WIDTHS))
RAISED = re.compile(r"[_^](?:\{([^{}]*)\}|(\\[a-zA-Z]+|.))")
UNSEEN = re.compile(
    r"\\(?:math(?:rm|sf|bf|bb|cal)|operatorname|text|left|right|hat|tilde|bar|widetilde|[,;!])"
)


def formula_width(tex):
    tex = UNSEEN.sub("", unescape(tex))
    raised = "".join(braced or single for braced, single in RAISED.findall(tex))
    line = SIGN.finditer(RAISED.sub("", tex))
    return sum(WIDTHS[sign.lastindex - 1][1] for sign in line) + SMALL * len(SIGN.findall(raised))
