"""The style of the list of references: labels as the chapters cite them, no full stop after an address.

The field `annote` of an entry says why to read it, and stands on a line of its own (course.css).
"""

from docutils import nodes
from pybtex.plugin import register_plugin
from pybtex.richtext import Tag, Text
from pybtex.style.formatting.unsrt import Style as Unsorted
from pybtex.style.labels import BaseLabelStyle
from pybtex.style.sorting.author_year_title import SortingStyle
from pybtex.style.template import field, href, join, optional, sentence
from pybtex_docutils import Backend

WHY = "course-why"


class Labels(BaseLabelStyle):
    """`LeCun et al., 1998`, as `bibtex_reference_style: author_year` writes it in the text."""

    def format_labels(self, sorted_entries):
        for entry in sorted_entries:
            persons = entry.persons.get("author") or entry.persons["editor"]
            names = [" ".join([*person.prelast_names, *person.last_names]) for person in persons]
            if len(names) > 2:
                names = [f"{names[0]} et al."]
            yield f"{' and '.join(names)}, {entry.fields['year']}".replace("{", "").replace("}", "")


class Style(Unsorted):
    """Pybtex's plain style, sorted by author, year and title."""

    default_label_style = Labels
    default_sorting_style = SortingStyle

    def format_entry(self, label, entry, bib_data=None):
        formatted = super().format_entry(label, entry, bib_data=bib_data)
        if "annote" in entry.fields:
            why = Text.from_latex(entry.fields["annote"])
            formatted.text = Text(formatted.text, " ", Tag(WHY, why))
        return formatted

    def format_web_refs(self, e):
        links = [self.format_eprint(e), self.format_doi(e)]
        address = href(field("url", raw=True))[field("url", raw=True)]
        return sentence(add_period=False)[[optional[address], *(optional[link] for link in links)]]

    def format_doi(self, e):
        doi = field("doi", raw=True)
        return href(join["https://doi.org/", doi])[join["doi:", doi]]


def _why(rawsource, text, *children):
    return nodes.inline(rawsource, text, *children, classes=[WHY])


def setup(app):
    Backend.tags[WHY] = _why
    register_plugin("pybtex.style.formatting", "course", Style)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
