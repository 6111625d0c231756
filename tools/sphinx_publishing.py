"""Sphinx extension: add the parts that a published site needs besides its pages.

These are its address and its repository, if conv_course.checker.site knows them; a `sitemap.xml`; a
`404.html`, which a host shows in place of any missing page, at any depth. sphinx-sitemap and
sphinx-notfound-page need an address and a path that are known when the book is built; these do not.
"""

import re
from pathlib import Path
from string import Template
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from sphinx import addnodes

from conv_course.checker import site
from conv_course.words import say
from tools import pages_in

# It loads nothing: an address relative to a missing page would fail, and the site may be in any folder.
NOT_FOUND = Path(__file__).with_name("not_found.html")
SAID = {
    "lost": "Page not found",
    "none": "There is no such page",
    "moved": "It may have moved. The {first} says what this book is; here is all of it.",
    "begin": "first page",
    "term": "Search for a term or a symbol",
    "search": "Search",
    "all_of_it": "Contents",
}
ICON = Path(__file__).resolve().parent.parent / "book" / "assets" / "favicon.svg"


def settle(app, config):
    """Take the addresses from the module that defines them. Without one, a page must not state any."""
    config.html_baseurl = config.ogp_site_url = site.address()
    if site.address():
        config.ogp_image = f"{site.address()}_static/social-card.png"
    if site.repository():
        config.html_theme_options.update(
            repository_url=site.repository(),
            repository_branch="main",
            path_to_docs="book",
            use_repository_button=True,
            use_issues_button=True,
            use_edit_page_button=True,
        )


def claim_no_address(app, pagename, templatename, context, doctree):
    """Without an address, remove its tag: sphinxext-opengraph writes a relative one, which is invalid."""
    if not site.address():
        tags = context.get("metatags", "")
        context["metatags"] = re.sub(r'<meta property="og:url"[^>]*>\s*', "", tags)


def finish(app, error):
    if error or app.builder.format != "html":
        return
    out = Path(app.outdir)
    if site.address():
        write_sitemap(app, out)
    root = urlsplit(app.config.html_baseurl).path or "/"
    title = app.config.html_title or app.config.project
    icon, first = ICON.read_text(encoding="utf-8").strip(), app.config.root_doc
    icon = re.sub(r'role="img" aria-label="[^"]*"', 'aria-hidden="true"', icon)  # the title is beside it
    said = {name: say(text, app.config.language) for name, text in SAID.items()}
    said["moved"] = said["moved"].format(first=f'<a href="{first}.html">{said["begin"]}</a>')
    page = Template(NOT_FOUND.read_text(encoding="utf-8")).substitute(
        said, title=title, root=root, icon=icon, contents=contents(app.env), language=app.config.language
    )
    (out / "404.html").write_text(page, encoding="utf-8")


def contents(env):
    """The parts of the book with their pages."""
    made = []
    for part, tree in enumerate(env.tocs[env.config.root_doc].findall(addnodes.toctree), 1):
        heading = f"<h2>{escape(tree['caption'])}</h2>" if tree["caption"] else ""
        made.append(f'      <section style="--part: var(--part-{part})">{heading}<ul>')
        for _, name in tree["entries"]:
            number = env.toc_secnumbers.get(name, {}).get("")
            title = env.titles[name].astext()
            title = f"{number[0]}. {title}" if number else title
            made.append(f'        <li><a href="{name}.html">{escape(title)}</a></li>')
        made.append("      </ul></section>")
    return "\n".join(made)


def write_sitemap(app, out):
    base = app.config.html_baseurl.rstrip("/")
    pages = sorted(app.env.found_docs)
    entries = "".join(f"  <url><loc>{escape(f'{base}/{name}.html')}</loc></url>\n" for name in pages)
    (out / "sitemap.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>\n',
        encoding="utf-8",
    )


def setup(app):
    app.connect("config-inited", settle)
    app.connect("config-inited", pages_in.settle)
    app.connect("html-page-context", claim_no_address, priority=900)
    app.connect("build-finished", finish, priority=900)  # after extensions that change every page
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
