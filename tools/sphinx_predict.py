"""Sphinx extension: `{predict} NAME` asks for an answer before the page shows one.

    ```{predict} 02-strided
    :given: from conv_lib.sizes import output_size
    :answer: output_size(7, 3, stride=3)

    Seven samples, three taps, stride 3: how many outputs?

    - `3`: A window that hangs over the end is no window.
    - `output_size(7, 3)`: That is what stride 1 gives.

    ---
    The windows start at 0 and 3.
    ```

With `:answer:` the reader gives a number, and each item is a wrong one with its reason. Without it each item
is a choice, ``- `condition`: text | reason``: its condition is true for the right one alone. All of these are
Python that the build computes, after what `:given:` imports: a claim that is not so is an error. What follows
`---` is shown after the reader has committed. Without JavaScript the answer is folded.
"""

import hashlib
import re
from dataclasses import dataclass
from html import escape

import numpy as np
from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

ITEM = re.compile(r"- `(?P<code>[^`]+)`: (?P<text>.*(?:\n  .*)*)", re.MULTILINE)


class Untrue(ValueError):
    """What an author says of an answer and Python does not."""


@dataclass(frozen=True)
class Item:
    """A choice, or a wrong number: whether it is right, its value or its text, and the reason."""

    right: bool
    shown: str
    reason: str


def numbers(items, answer, space):
    """The right number and the wrong ones, computed."""
    made = [Item(True, f"{float(computed(answer, space)):.12g}", "")]
    for code, reason in items:
        value = f"{float(computed(code, space)):.12g}"
        if value in [one.shown for one in made]:
            raise Untrue(f"`{code}` is {value}, which is the answer or stands here twice")
        made.append(Item(False, value, reason))
    return made


def choices(items, space):
    """The choices in an order that their texts give; exactly one condition holds."""
    made = []
    for code, text in items:
        shown, _, reason = (part.strip() for part in text.partition("|"))
        right = bool(computed(code, space))
        if not right and not reason:
            raise Untrue(f"the wrong choice {shown!r} has no reason")
        made.append(Item(right, shown, reason))
    true = [one.shown for one in made if one.right]
    if len(true) != 1 or len(made) < 2:
        raise Untrue(f"of {len(made)} choices {len(true)} are right, not one: {true}")
    return sorted(made, key=lambda one: hashlib.sha256(one.shown.encode()).digest())


def computed(code, space):
    try:
        return eval(code, space)
    except Exception as error:
        raise Untrue(f"`{code}`: {type(error).__name__}: {error}") from None


class Predict(SphinxDirective):
    """`{predict}`: see the module."""

    required_arguments = 1
    has_content = True
    option_spec = {"given": directives.unchanged, "answer": directives.unchanged}  # noqa: RUF012

    def run(self):
        text = "\n".join(self.content)
        asked, _, after = text.partition("\n---\n")
        items = [(found["code"], " ".join(found["text"].split())) for found in ITEM.finditer(asked)]
        space = {"np": np}
        try:
            exec(self.options.get("given", ""), space)
            answer = self.options.get("answer")
            made = numbers(items, answer, space) if answer else choices(items, space)
        except Untrue as untrue:
            raise self.error(f"predict {self.arguments[0]}: {untrue}") from None
        kind = "number" if answer else "choice"
        name = f"predict-{self.arguments[0]}"
        box = nodes.container(classes=["course-predict"])
        box += raw(f'<div class="course-predict-box" id="{escape(name)}" data-kind="{kind}">')
        box += nodes.paragraph("", "Predict", classes=["course-predict-title"])
        box += self.parsed(ITEM.sub("", asked).strip())
        box += self.form(kind, name, made)
        box += raw("<details><summary>The answer</summary>")
        box += self.told(kind, made)
        box += self.parsed(after.strip())
        box += raw('</details><p role="status"></p></div>')
        return [box]

    def parsed(self, text):
        inside = nodes.container()
        self.state.nested_parse(
            StringList(text.splitlines(), self.get_source_info()[0]), self.content_offset, inside
        )
        return inside.children

    def form(self, kind, name, made):
        """The inputs; what each stands for is compared by the page's script."""
        commit = '<button type="button">Commit</button>'
        if kind == "number":
            wrong = "".join(
                f'<span hidden data-wrong="{one.shown}">{escape(one.reason)}</span>' for one in made[1:]
            )
            field = '<label>Your number: <input type="number" step="any"></label>'
            right = f'<div class="course-predict-form" data-answer="{made[0].shown}">'
            return raw(f"{right}{field} {commit}{wrong}</div>")
        parts = [raw('<fieldset class="course-predict-form"><legend>Choose one</legend>')]
        for number, one in enumerate(made):
            mark = "data-right" if one.right else f'data-reason="{escape(one.reason)}"'
            parts.append(raw(f'<label><input type="radio" name="{name}" value="{number}" {mark}>'))
            parts += [*self.inline(one.shown), raw("</label>")]
        return [*parts, raw(f"{commit}</fieldset>")]

    def inline(self, text):
        """A line of text without its paragraph, so that it may stand in a label."""
        return [child for part in self.parsed(text) for child in part.children]

    def told(self, kind, made):
        right = next(one for one in made if one.right)
        listed = nodes.bullet_list()
        paragraph = nodes.paragraph("", "", *self.inline(f"**{right.shown}.** {right.reason}"))
        for one in made:
            if not one.right:
                line = nodes.paragraph("", "", *self.inline(f"{one.shown}: {one.reason}"))
                listed += nodes.list_item("", line)
        return [paragraph, *([listed] if listed.children else [])]


def raw(markup):
    return nodes.raw("", markup, format="html")


def setup(app):
    app.add_directive("predict", Predict)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
