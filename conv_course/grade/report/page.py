"""The report as one HTML page: without scripts or other files, in light and dark, and printable."""

import math
import re
from html import escape

from conv_course.checker.show import amount
from conv_course.grade.text import clean_page

SHOWN = 40  # names shown in a list
MINUS = "\N{MINUS SIGN}"
LONGEST = 100  # points between the lowest and the highest that are drawn as a scale
EASY, HARD, LITTLE = 0.9, 0.4, 0.2  # difficulty above, difficulty below, discrimination below
# How a report looks, wherever it stands: the book's page for teachers shows one too, in colours of its own
REPORT = """
.course-report table { width: 100%; margin-block: .75rem; border-collapse: collapse; }
.course-report caption { caption-side: top; padding: 0 0 .25rem; font-weight: 600; color: inherit;
  text-align: start; }
.course-report :is(th, td) { padding: .2rem .5rem; border-block-end: 1px solid var(--line); text-align: start;
  vertical-align: middle; font-weight: 400; }
.course-report thead th { font-weight: 600; }
.course-report .number { text-align: end; font-variant-numeric: tabular-nums lining-nums; }
.course-report .bar { display: block; height: .6rem; width: calc(var(--share) * 1%); min-width: 1px;
  border-radius: .15rem; background: var(--bar); print-color-adjust: exact; }
.course-report pre { margin-block: .25rem; padding: .5rem; border: 0; background: var(--soft);
  white-space: pre-wrap; overflow-wrap: anywhere; }
@media screen and (max-width: 599px) { .course-report :is(th, td) { padding-inline: .25rem; } }
"""
PAPER = """
:root { color-scheme: light dark;
  --line: #767676; --bar: #1f6feb; --soft: #f3f4f6; --text: #16181d; --page: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --line: #8b949e; --bar: #58a6ff; --soft: #1c2128; --text: #e6edf3; --page: #0d1117; } }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
  color: var(--text); background: var(--page); }
.wide { overflow-x: auto; }
.names { overflow-wrap: anywhere; }
body:has(#hide:checked) .names { display: none; }
@media print { :root { --text: #000; --page: #fff; --soft: #fff; --bar: #444; --line: #999; }
  body { max-width: none; margin: 0; } .screen { display: none; } section { break-inside: avoid; } }
"""
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Report on a class</title>
<style>{style}</style>
</head>
<body>
<main class="course-report">
<h1>Report on a class</h1>
{body}
</main>
</body>
</html>
"""
BEGINS = PAGE.partition("{style}")[0]
MEANING = """<p>Difficulty is the share of the points that were earned: 1 if everybody answered rightly.
Discrimination is the correlation of the points of a question with the points of the rest of the exercise.
A question with a value near 0 or below it does not tell those who know more from the others.</p>"""


def page(data):
    """Return the page for the result of `Statistics.as_data`."""
    named = "names" in str([list(group) for group in _groups(data)])
    lines = []
    if named:
        lines.append(
            '<p class="screen"><input type="checkbox" id="hide"> <label for="hide">Hide names</label></p>'
        )
    lines += [_exercise(exercise) for exercise in data["exercises"]]
    if data["without"]:
        lines.append("<section><h2>Without a score</h2><ul>")
        lines += [f"<li>{escape(one['status'])}: {_who(one)}</li>" for one in data["without"]]
        lines.append("</ul></section>")
    return clean_page(PAGE.format(style=PAPER + REPORT, body="\n".join(lines)))


def _groups(data):
    yield from data["without"]
    for exercise in data["exercises"]:
        for question in exercise["questions"]:
            for kind in ("mistakes", "computes", "unexplained"):
                yield from question[kind]


def _exercise(data):
    name = escape(data["exercise"])
    head = f"<h2>{name}</h2>\n<p>{_learners(data['learners'])}; mean {amount(data['mean'])}"
    head += f" of {amount(data['of'])} points, standard deviation {amount(data['deviation'])}.</p>"
    questions = "\n".join(_row(question) for question in data["questions"])
    table = (
        f"<div class='wide' role='region' aria-label='Questions of {name}' tabindex='0'>"
        f"<table><caption>Questions of {name}</caption><thead><tr><th scope='col'>question</th>"
        "<th scope='col' class='number'>points</th><th scope='col' class='number'>difficulty</th>"
        "<th scope='col'>share</th><th scope='col' class='number'>discrimination</th>"
        f"<th scope='col' class='number'>not started</th><th scope='col'>remark</th></tr></thead>"
        f"<tbody>{questions}</tbody></table></div>"
    )
    next_lesson = "".join(_question(question) for question in data["questions"])
    return f"<section>{head}\n{_points(data)}\n{MEANING}\n{table}</section>\n{next_lesson}"


def _points(data):
    counts = dict(data["points"])
    most, lowest, highest = max(counts.values()), math.floor(min(counts)), math.ceil(max(counts))
    # whole points that nobody has get an empty row, so that the rows are a scale
    scale = sorted({*counts, *range(lowest, highest + 1)} if highest - lowest <= LONGEST else counts)
    rows = "".join(
        f"<tr><th scope='row' class='number'>{amount(points)}</th>"
        f"<td class='number'>{counts.get(points, 0)}</td>"
        f"<td>{_bar(counts[points] / most) if points in counts else ''}</td></tr>"
        for points in scale
    )
    head = "<th scope='col' class='number'>points</th><th scope='col' class='number'>learners</th>"
    return (
        f"<table><caption>How many learners have how many points</caption><thead><tr>{head}"
        f"<th scope='col'>as a bar</th></tr></thead><tbody>{rows}</tbody></table>"
    )


def _bar(share):
    return f'<span class="bar" aria-hidden="true" style="--share:{100 * share:.0f}"></span>'


def _row(question):
    discrimination = question["discrimination"]
    shown = "–" if discrimination is None else f"{discrimination:.2f}".replace("-", MINUS)
    return (
        f"<tr><th scope='row'>{escape(question['question'])}</th>"
        f"<td class='number'>{amount(question['of'])}</td>"
        f"<td class='number'>{question['difficulty']:.2f}</td><td>{_bar(question['difficulty'])}</td>"
        f"<td class='number'>{shown}</td><td class='number'>{question['states']['not started']}</td>"
        f"<td>{'; '.join(_remarks(question))}</td></tr>"
    )


def _remarks(question):
    if question["difficulty"] < HARD:
        yield "hard"
    if question["difficulty"] > EASY:
        yield "easy"
    discrimination = question["discrimination"]
    if discrimination is None:
        yield "all alike"
    elif discrimination < LITTLE:
        yield "tells little"


def _theirs(line):
    """Return a line of a card as a teacher reads it: the card says "your" to the learner."""
    line = re.sub(r"^your {2,}", lambda found: f"{'their':{len(found[0])}}", line)  # sums stay aligned
    return re.sub(
        r"\b([Yy])our(s?)\b", lambda found: f"{'T' if found[1] == 'Y' else 't'}heir{found[2]}", line
    )


def _question(question):
    """Return the list of mistakes, most frequent first, or "" if there are none."""
    items = [(one, f"<strong>{escape(one['name'])}</strong>") for one in question["mistakes"]]
    for one in question["computes"]:
        sums = escape("\n".join(map(_theirs, one["lines"])))
        items.append((one, f"no name, but this is what is computed:<pre>{sums}</pre>"))
    items.sort(key=lambda pair: -pair[0]["learners"])
    for one in question["unexplained"]:
        items.append((one, f"unexplained: {escape(one['problem'] or 'other numbers')}"))
    if not items:
        return ""
    lines = "".join(f"<li>{_learners(one['learners'])}: {text}{_names(one)}</li>" for one, text in items)
    return f"<section><h3>{escape(question['question'])}: what went wrong</h3><ul>{lines}</ul></section>\n"


def _learners(count):
    return f"{count} learner{'' if count == 1 else 's'}"


def _who(group):
    return _learners(group["learners"]) + _names(group)


def _names(group):
    names = group.get("names", [])
    if not names:
        return ""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f' <span class="names">({escape(", ".join(names[:SHOWN]))}{more})</span>'
