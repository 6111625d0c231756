"""Put what was read off sums of products into MATLAB's counting: `y[0, 2]` becomes `y(1,3)`.

A rule such as `x[2*i + u, j + v]` counts from 0, its letters too; counted from 1 it is
`x(2*(i-1) + u, j + v - 1)`. Only sentences of known forms are told: another one may count from 0 in a way
that is not seen here.
"""

import re

from .arrays import WORDS
from .words import in_words, size_text

ENTRY = re.compile(r"(\w+)\[(\d+(?:, \d+)*)\]")
RULE = re.compile(r"(\w+)\[([^\[\]]*)\]")
TERM = re.compile(r"\s*([+-]?)\s*(?:(\d+)\*)?([a-z])|\s*([+-]?)\s*(\d+)")
NUMBER = r"[-\d./]+"
# the sentences that are told, in MATLAB's counting
TOLD = [
    re.compile(pattern)
    for pattern in (
        r"(your      |asked for |yours, not asked for: |missing from yours: )\w+\(",
        r"\w+ has the shape \d+( x \d+)*, asked for \d+( x \d+)*\.",
        r"In \w+\(.*\), .* meets .*, asked for .*\.$",
        r"\S.* goes to \w+\(.*, asked for \w+\(.*\)\.$",
        r"\w+\(.*\) takes \w+\(.*, asked for \w+\(.*\)\.$",
        r"(Only t|T)he entries \w+\(.*\) with .* (do not )?get .*\.$",
        r"(Only t|T)he products with .* (are missing|are there)\.$",
        r"In each entry of \w+ only the products with the largest [\w, ]+ of \w+ are there: ",
        rf"(Every product )?\S+ is counted {NUMBER} times as often as asked for\.$",
        rf"The constant is {NUMBER} times what is asked for\.$",
        r"\S+ has the wrong sign\.$",
        r"\S+ is counted up to \S+ times in one entry of \w+\.$",
        r"Every (product|entry of) \S+ that is asked for is there, and \d+ not asked for are in \w+ too\.$",
        r"A part of \w+ does not change with .*\.$",
        r"\w+ has (products of the kind \S+|terms with \w+ alone), which are not asked for\.$",
        r"Nothing is added to \w+ here: all of it is 0\.$",
        r"\S+( constant)? is nowhere in \w+ here\.$",
        r"\S+ never stands alone in \w+ here\.$",
        r"\S+ is (in your \w+\(.*\)|nowhere in your \w+)\.$",
        r"In \w+, \S+ has up to \S+ times the factor that is asked for\.$",
        r"No product \S+ that is asked for is there\.$",
        r"The same arguments give another \w+ in a second call\.$",
        r"All numbers in your \w+ are whole, also where the arguments are not\.$",
        r"For two arrays \w+, your \w+ of their sum should be ",
    )
]
HINTS = {
    "Is something rounded, cut off, compared or divided by what depends on the data?": (
        "Which line does more than multiply and add up: does it compare, round, divide, or multiply numbers "
        "of one array with each other?"
    ),
    "Which length or slice comes out as nothing here? (With p = 0, a[p:-p] is empty.)": (
        "Which of your lines gives the first empty array, and which sizes go into it?"
    ),
    "Where are digits cut off: an integer array, int(), round() or //?": (
        "Where are digits cut off: by floor, round, fix or a class such as int32?"
    ),
}
ANYWHERE = "Compare the two sums term by term."


def in_matlab(lines):
    """Return the lines in MATLAB's counting, without those that have no known form."""
    found = [_line(line) for line in lines]
    return tuple(line for line in found if any(form.match(line) for form in TOLD))


def hint(text):
    """Return a hint in MATLAB's words."""
    return in_words(HINTS.get(text, ANYWHERE if "Python" in text else text))


def _line(line):
    line = re.sub(r"(?<!\w)\((\d+(?:, \d+)*),?\)", lambda m: size_text(m[1].split(", ")), line)
    line = ENTRY.sub(lambda m: _short(m[1], [str(int(k) + 1) for k in m[2].split(", ")]), line)
    line = RULE.sub(lambda m: _short(m[1], [_index(part) for part in m[2].split(", ")]), line)
    line = re.sub(r"\b([a-z]) = (\d+(?:(?:, | or )\d+)*)", _value, line)
    line = re.sub(r"\blargest ((?:[a-z](?:, | and )?)+)(?= of )", _letters, line)
    return re.sub(r"has products of the kind (\w+), which", r"has terms with \1 alone, which", line)


def _short(name, indices):
    """Return an entry; b and db have one index, as they are columns."""
    between = "," if all(index.isdigit() for index in indices) else ", "
    return f"{name}({between.join(indices[:1] if name in ('b', 'db') else indices)})"


def _index(text):
    """Return an index rule, or a range of them, counted from 1."""
    if text.startswith("every ") or text == ":":
        return text
    return ":".join(_from_one(part) for part in text.split(" .. "))


def _from_one(text):
    steps, constant = [], 1
    for sign, times, letter, other, number in TERM.findall(text):
        minus = -1 if "-" in (sign, other) else 1
        if letter:
            step = minus * int(times or 1)
            steps.append((step, letter))
            constant -= step if abs(step) == 1 else 0
        elif number:
            constant += minus * int(number)
    made = ""
    for step, letter in steps:
        term = letter if abs(step) == 1 else f"{abs(step)}*({letter}-1)"
        made += f" {'-' if step < 0 else '+'} {term}"
    if constant or not made:
        made += f" {'-' if constant < 0 else '+'} {abs(constant)}"
    return made[3:] if made.startswith(" + ") else f"-{made[3:]}"


def _value(match):
    numbers = re.sub(r"\d+", lambda m: str(int(m[0]) + 1), match[2])
    return f"{WORDS.get(match[1], match[1])} {numbers}"


def _letters(match):
    return "largest " + re.sub(r"\b[a-z]\b", lambda m: WORDS.get(m[0], m[0]), match[1])
