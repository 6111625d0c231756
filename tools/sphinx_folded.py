"""Sphinx extension: label a folded cell with its purpose for the reader, not with its parts.

The purpose follows from the folded part and from the text before it. A whole cell after a question is the
answer, unless its tag `example` says that nothing was asked. Code without output sets up the page. A cell
with the tag `one-way` answers a question of the exercise, one with the tag `replay` shows a bug at work, and
one with the tag `by-question` has a row for each question.
A label that a page gives to a cell, `mystnb: {code_prompt_show: "Show ..."}`, comes before all of these.
"""

from docutils import nodes
from myst_nb.sphinx_ import HideInputCells
from sphinx.transforms.post_transforms import SphinxPostTransform

from conv_course.words import say


def holds(cell, part):
    return any(child.get("nb_element") == part for child in cell.children)


def previous(node):
    at = node.parent.index(node)
    return node.parent[at - 1] if at else None


def is_cell(node):
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def folded(cell):
    """Return the name of the folded part of a cell."""
    code, output = holds(cell, "cell_code_source"), holds(cell, "cell_code_output")
    if cell["hide_mode"] == "all" and code:
        example = is_cell(previous(cell)) or "tag_example" in cell["classes"]
        return "the code and what it prints" if example else "the answer"
    if cell["hide_mode"] == "input":
        return "the code" if output else "the set-up code"
    if next(cell.findall(nodes.image), None):
        return "the figure"
    return "the table" if next(cell.findall(nodes.table), None) else "the output"


NAMED = {
    "tag_one-way": "One way to write it",
    "tag_replay": "Replay the bug",
    "tag_by-question": "Table by question",
}


class NameFoldedCells(SphinxPostTransform):
    """Give each folded cell its two labels before MyST-NB folds it."""

    default_priority = HideInputCells.default_priority - 1
    formats = ("html",)

    def run(self, **kwargs):
        language = self.config.language
        for cell in filter(is_cell, self.document.findall(nodes.container)):
            named = next((text for tag, text in NAMED.items() if tag in cell["classes"]), None)
            if cell.get("hide_mode") and cell["prompt_show"] != self.config.nb_code_prompt_show:
                given = cell["prompt_show"]
                cell["prompt_show"] = say(given, language)
                cell["prompt_hide"] = say(given.replace("Show", "Hide", 1), language)
            elif named:
                cell["prompt_show"] = cell["prompt_hide"] = say(named, language)
            elif cell.get("hide_mode"):
                name = folded(cell)
                cell["prompt_show"] = say(f"Show {name}", language)
                cell["prompt_hide"] = say(f"Hide {name}", language)
                if name == "the set-up code":
                    cell["classes"].append("course-setup")


def setup(app):
    app.add_post_transform(NameFoldedCells)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
