"""Sphinx extension: add the parts that a published site needs besides its pages.

These are its address and its repository, if conv_course.checker.site knows them; a `sitemap.xml`; a
`404.html`, which a host shows in place of any missing page, at any depth; and a search that also works when
the site is opened from a folder.
"""

import re
from pathlib import Path
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from conv_course.checker import site
from tools import pages_in

# It loads nothing: an address relative to a missing page would fail, and the site may be in any folder.
NOT_FOUND = """<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8" />
  <meta name="viewport" content="width=device-width, initial-scale=1" />
  <meta name="robots" content="noindex" />
  <title>Page not found &#8212; {title}</title>
  <link rel="icon" href="data:," />
  <script>
    if (location.protocol !== "file:") {{
      const base = document.createElement("base");
      base.href = location.pathname.startsWith("{root}") ? "{root}" : "/";
      document.head.append(base);
    }}
  </script>
  <style>
    :root {{ color-scheme: light dark; --ink: #14181e; --paper: #ffffff; --link: #0b5cad; }}
    @media (prefers-color-scheme: dark) {{ :root {{ --ink: #eef1f4; --paper: #121212; --link: #8cc4ff; }} }}
    html {{ background: var(--paper); color: var(--ink); }}
    body {{ font: 1.1rem/1.6 system-ui, sans-serif; max-width: 34rem; margin: 15vh auto; padding: 0 1rem; }}
    a {{ color: var(--link); }}
    :focus-visible {{ outline: 3px solid; outline-offset: 2px; }}
    input, button {{ font: inherit; padding: 0.2rem 0.5rem; }}
  </style>
</head>
<body>
  <main>
    <p>{title}</p>
    <h1>There is no such page</h1>
    <p>It may have moved. The <a href="{first}.html">first page</a> has a map of all chapters.</p>
    <form action="search.html" role="search">
      <label>Search for a term or a symbol: <input type="search" name="q" /></label> <button>Search</button>
    </form>
  </main>
</body>
</html>
"""
# A page opened from a folder cannot read other pages, so there the search shows titles without their texts.
SEARCH = '<script src="_static/searchtools.js"></script>'
TITLES_ALONE = """<script>
    if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
  </script>
  """


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
    page = NOT_FOUND.format(title=title, root=root, first=app.config.root_doc)
    (out / "404.html").write_text(page, encoding="utf-8")
    search_from_a_folder(out / "search.html")


def search_from_a_folder(page):
    text = page.read_text(encoding="utf-8")
    if TITLES_ALONE not in text:
        if SEARCH not in text:
            raise ValueError(f"the theme loads the search in another way: {page}")
        page.write_text(text.replace(SEARCH, TITLES_ALONE + SEARCH, 1), encoding="utf-8")


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
