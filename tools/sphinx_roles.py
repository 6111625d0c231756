"""Sphinx extension: a name in code has its role's colour, and a chapter's number that of its part.

`x`, `w`, `y`, `dout`, `dx` and `dw`, alone in inline code, get the class role-x and so on; formulas get it
from roles.js. The first section of a page gets the class course-part-1 for the first part of the contents,
and so on. The book's three fonts are fetched with the page, not after its style sheets.
"""

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

ROLES = {"x", "w", "y", "dout", "dx", "dw"}
FONTS = ["text", "sans", "mono"]  # the italics come where a page has some
# a page that is opened from a folder may not fetch them by itself, and has them anyway
PRELOAD = """<script>
    if (location.protocol !== "file:") for (const name of {fonts}) {{
      const link = document.createElement("link");
      Object.assign(link, {{ rel: "preload", as: "font", type: "font/woff2", crossOrigin: "" }});
      link.href = `{root}_static/fonts/${{name}}.woff2`;
      document.head.append(link);
    }}
  </script>"""


class ColourRoles(SphinxPostTransform):
    default_priority = 500
    formats = ("html",)

    def run(self, **kwargs):
        for literal in self.document.findall(nodes.literal):
            if literal.astext() in ROLES:
                literal["classes"].append(f"role-{literal.astext()}")


def part_of(env, docname):
    """The number of the part of the contents that lists a page, from 1, or 0 for the first page."""
    root = env.config.root_doc
    listed = (tree["entries"] for tree in env.tocs[root].findall(addnodes.toctree))
    return next((k for k, entries in enumerate(listed, 1) if docname in dict(map(reversed, entries))), 0)


def mark_part(app, doctree, docname):
    part = part_of(app.env, docname)
    title = next(doctree.findall(nodes.title), None)
    if part and title is not None:
        title.parent["classes"].append(f"course-part-{part}")


def preload_fonts(app, pagename, templatename, context, doctree):
    root = "../" * pagename.count("/")
    context["metatags"] = context.get("metatags", "") + PRELOAD.format(fonts=FONTS, root=root)


def setup(app):
    app.add_post_transform(ColourRoles)
    app.connect("doctree-resolved", mark_part)
    app.connect("html-page-context", preload_fonts)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
