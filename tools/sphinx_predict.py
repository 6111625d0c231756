"""Sphinx extension: `{predict} NAME` asks for an answer before the page shows one; see `tools.predictions`.

Without JavaScript the answer is folded. The replies to wrong answers are part of the page but hidden until
the reader has committed to an answer. Each text is one sentence for translators, wherever it appears.
"""

import re
from html import escape

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from conv_course.words import say
from tools.covers import covers
from tools.predictions import OPTIONS, Untrue, prediction, shown

TITLES = {False: "Predict", True: "From memory"}
MOVES = {"up": ("Move up", "↑"), "down": ("Move down", "↓")}
WORD = re.compile(r"[^\W\d_]{2}")


class course_predict(nodes.General, nodes.Element):
    """A prediction with its whole contents."""


class Predict(SphinxDirective):
    """The directive `{predict}`: see `tools.predictions`."""

    required_arguments = 1
    has_content = True
    option_spec = dict.fromkeys(OPTIONS, directives.unchanged) | {"recall": directives.flag}

    def run(self):
        self.name = self.arguments[0]
        try:
            one = prediction(self.name, self.options, "\n".join(self.content))
        except Untrue as untrue:
            raise self.error(f"predict {self.name}: {untrue}") from None
        named = self.options.get("covers", "").split()
        box = course_predict(ids=[f"predict-{self.name}"], kind=one.kind, covers=named)
        self.set_source_info(box)
        box += nodes.paragraph("", self.say(TITLES[one.recall]), classes=["course-predict-title"])
        box += self.parsed(one.asked)
        box += getattr(self, one.kind)(one)
        box += raw('<p class="course-predict-said" role="status"></p>')
        box += self.reasons(one)
        box += raw(f"<details><summary>{self.say('The answer')}</summary>")
        box += self.told(one)
        box += self.parsed(one.after)
        box += raw("</details>")
        return [box]

    def parsed(self, text):
        inside = nodes.container()
        lines = StringList(text.splitlines(), self.get_source_info()[0])
        self.state.nested_parse(lines, self.content_offset, inside)
        return inside.children

    def inline(self, text):
        """Return a line of text without a paragraph, so that it can be used in a label."""
        line = nodes.inline(text, "", *(child for part in self.parsed(text) for child in part.children))
        line["translatable"] = bool(WORD.search(text))
        self.set_source_info(line)
        return nodes.inline("", "", line)  # Sphinx removes `line` and puts what it holds at its parent's end

    def say(self, text):
        return say(text, self.config.language)

    @property
    def commit(self):
        return f'<button type="button" data-act="commit">{self.say("Commit")}</button>'

    @property
    def moves(self):
        return "".join(
            f'<button type="button" data-act="{act}" aria-label="{self.say(label)}">{sign}</button>'
            for act, (label, sign) in MOVES.items()
        )

    def number(self, one):
        field = f'<label>{self.say("Your number")}: <input type="number" step="any"></label>'
        data = f'data-answer="{one.right.shown}" data-within="{one.within:g}"'
        return [raw(f'<div class="course-predict-form" {data}>{field} {self.commit}</div>')]

    def choice(self, one):
        parts = [raw(f'<fieldset class="course-predict-form"><legend>{self.say("Choose one")}</legend>')]
        for item in one.mixed:
            right = " data-right" * item.right
            name = escape(f"predict-{one.name}")
            # a formula alone is no label until it is typeset
            label = f' aria-label="{escape(item.shown)}"' if item.shown.startswith("$") else ""
            mark = f'value="{item.mark}"{right}{label}'
            parts.append(raw(f'<label><input type="radio" name="{name}" {mark}><span>'))
            parts += [self.inline(item.shown), raw("</span></label>")]
        return [*parts, raw(f"{self.commit}</fieldset>")]

    def order(self, one):
        first = raw(f'<fieldset class="course-predict-form"><legend>{self.say("Put in order")}: ')
        parts = [first, self.inline(one.order), raw("</legend><ol>")]
        for item in one.mixed:
            parts.append(raw(f'<li data-mark="{item.mark}" data-place="{one.items.index(item)}"><span>'))
            parts += [self.inline(item.shown), raw(f"</span>{self.moves}</li>")]
        return [*parts, raw(f"</ol>{self.commit}</fieldset>")]

    def reasons(self, one):
        """Return the replies to wrong answers. The page's script moves them to their place."""
        parts = [raw("<div hidden>")]
        for item in one.items if one.kind == "order" else one.wrong:
            key = item.shown if one.kind == "number" else item.mark
            parts += [raw(f'<span data-for="{key}">'), self.inline(item.reason), raw("</span>")]
        return [*parts, raw("</div>")]

    def told(self, one):
        if one.kind == "order":
            items = [[self.strong(item), ": ", self.inline(item.reason)] for item in one.items]
            return [in_list(nodes.enumerated_list(enumtype="arabic", prefix="", suffix="."), items)]
        right = nodes.paragraph("", "", self.strong(one.right))
        right += [nodes.Text(" "), self.inline(one.right.reason)] if one.right.reason else []
        wrong = [[self.inline(told(one, item)), ": ", self.inline(item.reason)] for item in one.wrong]
        return [right, *([in_list(nodes.bullet_list(), wrong)] if wrong else [])]

    def strong(self, item):
        return nodes.strong("", "", self.inline(item.shown))


def in_list(listed, items):
    """Fill a list with one paragraph per item, from nodes and plain texts."""
    for item in items:
        parts = [nodes.Text(part) if isinstance(part, str) else part for part in item]
        listed += nodes.list_item("", nodes.paragraph("", "", *parts))
    return listed


def told(one, item):
    return shown(float(item.shown)) if one.kind == "number" else item.shown


def raw(markup):
    return nodes.raw("", markup, format="html")


def visit(self, node):
    data = {"data-kind": node["kind"]} | covers(node)
    self.body.append(self.starttag(node, "div", CLASS="course-predict-box", **data))


def depart(self, node):
    self.body.append("</div>\n")


def ignore(self, node):
    """Do nothing: other formats just show the contents."""


def setup(app):
    others = {kind: (ignore, ignore) for kind in ("latex", "text")}
    app.add_node(course_predict, html=(visit, depart), **others)
    app.add_directive("predict", Predict)
    return {"version": "2", "parallel_read_safe": True, "parallel_write_safe": True}
