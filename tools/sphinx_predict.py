"""Sphinx extension: `{predict} NAME` asks for an answer before the page shows one; see `tools.predictions`.

Without JavaScript the answer is folded. The replies to wrong answers are part of the page but hidden until
the reader has committed to an answer.
"""

from html import escape

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from tools.predictions import OPTIONS, Untrue, prediction, shown

TITLES = {False: "Predict", True: "From memory"}
COMMIT = '<button type="button" data-act="commit">Commit</button>'
MOVES = (
    '<button type="button" data-act="up" aria-label="Move up">↑</button>'
    '<button type="button" data-act="down" aria-label="Move down">↓</button>'
)


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
        box = course_predict(ids=[f"predict-{self.name}"], kind=one.kind)
        self.set_source_info(box)
        box += nodes.paragraph("", TITLES[one.recall], classes=["course-predict-title"])
        box += self.parsed(one.asked)
        box += getattr(self, one.kind)(one)
        box += raw('<p class="course-predict-said" role="status"></p>')
        box += self.reasons(one)
        box += raw("<details><summary>The answer</summary>")
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
        return [child for part in self.parsed(text) for child in part.children]

    def number(self, one):
        field = '<label>Your number: <input type="number" step="any"></label>'
        data = f'data-answer="{one.right.shown}" data-within="{one.within:g}"'
        return [raw(f'<div class="course-predict-form" {data}>{field} {COMMIT}</div>')]

    def choice(self, one):
        parts = [raw('<fieldset class="course-predict-form"><legend>Choose one</legend>')]
        for item in one.mixed:
            right = " data-right" * item.right
            name = escape(f"predict-{one.name}")
            # a formula alone is no label until it is typeset
            label = f' aria-label="{escape(item.shown)}"' if item.shown.startswith("$") else ""
            mark = f'value="{item.mark}"{right}{label}'
            parts.append(raw(f'<label><input type="radio" name="{name}" {mark}><span>'))
            parts += [*self.inline(item.shown), raw("</span></label>")]
        return [*parts, raw(f"{COMMIT}</fieldset>")]

    def order(self, one):
        first = raw('<fieldset class="course-predict-form"><legend>Put in order: ')
        parts = [first, *self.inline(one.order), raw("</legend><ol>")]
        for item in one.mixed:
            parts.append(raw(f'<li data-mark="{item.mark}" data-place="{one.items.index(item)}"><span>'))
            parts += [*self.inline(item.shown), raw(f"</span>{MOVES}</li>")]
        return [*parts, raw(f"</ol>{COMMIT}</fieldset>")]

    def reasons(self, one):
        """Return the replies to wrong answers. The page's script moves them to their place."""
        parts = [raw("<div hidden>")]
        for item in one.items if one.kind == "order" else one.wrong:
            key = item.shown if one.kind == "number" else item.mark
            parts += [raw(f'<span data-for="{key}">'), *self.inline(item.reason), raw("</span>")]
        return [*parts, raw("</div>")]

    def told(self, one):
        if one.kind == "order":
            listed = nodes.enumerated_list(enumtype="arabic", prefix="", suffix=".")
            said = [f"**{item.shown}**: {item.reason}" for item in one.items]
        else:
            listed = nodes.bullet_list()
            said = [f"{told(one, item)}: {item.reason}" for item in one.wrong]
        for text in said:
            listed += nodes.list_item("", nodes.paragraph("", "", *self.inline(text)))
        right = (
            [] if one.kind == "order" else self.parsed(f"**{one.right.shown}** {one.right.reason}".strip())
        )
        return [*right, *([listed] if listed.children else [])]


def told(one, item):
    return shown(float(item.shown)) if one.kind == "number" else item.shown


def raw(markup):
    return nodes.raw("", markup, format="html")


def visit(self, node):
    self.body.append(self.starttag(node, "div", CLASS="course-predict-box", **{"data-kind": node["kind"]}))


def depart(self, node):
    self.body.append("</div>\n")


def ignore(self, node):
    """Do nothing: other formats just show the contents."""


def setup(app):
    others = {kind: (ignore, ignore) for kind in ("latex", "text")}
    app.add_node(course_predict, html=(visit, depart), **others)
    app.add_directive("predict", Predict)
    return {"version": "2", "parallel_read_safe": True, "parallel_write_safe": True}
