"""Compare the texts of two built sites: `python -m tools.page_texts SITE OTHER` prints where they differ.

A page's text is the words and marks of its article in order, without navigation, scripts and drawings, so it
does not depend on a theme's markup. Exits with 1 if any page differs or is in only one of the sites.
"""

import argparse
import difflib
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

SILENT = {"script", "style", "nav", "svg"}
OF_THE_BUILDER = {"genindex", "py-modindex", "search", "404", "embed", "index"}
TOKEN = re.compile(r"\w+|[^\w\s]")  # spaces around marks depend on the markup
PATH = re.compile(r"~(?:\w+\.)+")  # Sphinx 7 shows in some signatures what its `~` is to hide
AROUND, MOST = 6, 12  # words shown beside a difference, and differences shown of each page


class Text(HTMLParser):
    """Collects the words of a page's article, in order."""

    def __init__(self):
        super().__init__()
        self.text, self.inside, self.silent = [], 0, 0

    def handle_starttag(self, tag, attributes):
        self.inside += tag == "article"
        self.silent += tag in SILENT

    def handle_endtag(self, tag):
        self.inside -= tag == "article"
        self.silent -= tag in SILENT

    def handle_data(self, data):
        if self.inside and not self.silent:
            self.text.append(data)


def words_of(page):
    """Return the words and marks of a page's article, from its HTML."""
    reader = Text()
    reader.feed(page)
    return TOKEN.findall(PATH.sub("", " ".join(reader.text)))


def texts(site):
    """Return {page: words} of the pages that have a source."""
    pages = (path for path in sorted(Path(site).glob("*.html")) if path.stem not in OF_THE_BUILDER)
    return {path.stem: words_of(path.read_text(encoding="utf-8")) for path in pages}


def differences(ours, theirs):
    """Yield one line per difference between two {page: words}."""
    for page in sorted(ours.keys() ^ theirs.keys()):
        yield f"{page}: only in the {'first' if page in ours else 'second'} site"
    for page in sorted(ours.keys() & theirs.keys()):
        one, other = ours[page], theirs[page]
        matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
        changes = [change for change in matcher.get_opcodes() if change[0] != "equal"] if one != other else []
        for _, begin, end, start, stop in changes[:MOST]:
            before = " ".join(one[max(0, begin - AROUND) : begin])
            yield f"{page}: ...{before} [{' '.join(one[begin:end])}] -> [{' '.join(other[start:stop])}]"
        if len(changes) > MOST:
            yield f"{page}: {len(changes) - MOST} more"


def compare(site, other, say=print):
    """Print what differs and how much was compared. Return whether the texts are the same."""
    ours, theirs = texts(site), texts(other)
    found = list(differences(ours, theirs))
    for line in found:
        say(line)
    say(f"{len(ours)} pages, {sum(map(len, ours.values()))} words: {len(found) or 'no'} differences")
    return bool(ours) and not found


def main():
    parser = argparse.ArgumentParser(allow_abbrev=False, description=__doc__.split("\n")[0])
    parser.add_argument("site", type=Path)
    parser.add_argument("other", type=Path)
    options = parser.parse_args()
    return 0 if compare(options.site, options.other) else 1


if __name__ == "__main__":
    sys.exit(main())
