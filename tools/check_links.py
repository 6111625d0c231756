"""Request every address outside the site that a page of the book links to.

It reads the built pages: Sphinx's `linkcheck` reads the sources, so it sees no button and no link of the
theme, and it counts as broken what only refuses robots.
"""

import argparse
import concurrent.futures
import html.parser
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tools.build_book import SITE, build
from tools.environment import explain

AGENT = "Mozilla/5.0 (compatible; the course's weekly link check)"
REFUSES_ROBOTS = {401, 403, 405, 406, 418, 429, 999}  # the page exists but refuses programs


class Links(html.parser.HTMLParser):
    """Collects the outside addresses that a page links to."""

    def __init__(self):
        super().__init__()
        self.found = set()

    def handle_starttag(self, tag, attrs):
        address = dict(attrs).get("href") or ""
        if tag == "a" and address.startswith(("http://", "https://")):
            self.found.add(address.partition("#")[0])


def gather(site):
    """Return {address: the pages that link to it}."""
    where = {}
    for path in sorted(Path(site).glob("*.html")):
        links = Links()
        links.feed(path.read_text(encoding="utf-8"))
        for address in links.found:
            where.setdefault(address, []).append(path.name)
    return where


def ask(address, tries=3, wait=2.0, patience=30):
    """Return what is wrong with an address, or an empty string."""
    for attempt in range(tries):
        try:
            request = urllib.request.Request(address, headers={"User-Agent": AGENT})
            with urllib.request.urlopen(request, timeout=patience):
                return ""
        except urllib.error.HTTPError as error:
            if error.code in REFUSES_ROBOTS:
                return ""
            wrong = str(error.code)
        except (OSError, ValueError) as error:
            wrong = str(getattr(error, "reason", error))
        if attempt + 1 < tries:
            time.sleep(wait)
    return wrong


def main():
    parser = argparse.ArgumentParser(
        allow_abbrev=False, prog="course.py links", description=__doc__.split("\n")[0]
    )
    parser.add_argument("--skip", action="append", default=[], help="skip addresses that start with this")
    options = parser.parse_args()
    try:
        if not build():
            return 1
    except OSError as error:
        print(f"course.py links: {explain(error)}", file=sys.stderr)
        return 1
    where = {link: pages for link, pages in gather(SITE).items() if not link.startswith(tuple(options.skip))}
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = dict(zip(where, pool.map(ask, where), strict=True))
    for address, wrong in answers.items():
        if wrong:
            print(f"{address}: {wrong} (on {', '.join(where[address])})")
    broken = sum(map(bool, answers.values()))
    print(f"{len(answers)} addresses, {broken} broken")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
