"""Where the course is published: this module alone says so.

As long as `REPOSITORY` is empty nothing points outside: pages carry no canonical address, no sitemap and
no repository buttons, and hints name their section without a link. The workflows that publish set
COURSE_REPOSITORY from their own context, so that a fork publishes itself and the package that is built there
keeps the fork's name. COURSE_ADDRESS is for a domain of one's own.
"""

import os
import re

REPOSITORY = ""  # "owner/name" on GitHub


def repository():
    """The repository's address, or "" where none is set.

    Raises
    ------
    ValueError
        If the setting is not of the form owner/name.
    """
    name = os.environ.get("COURSE_REPOSITORY", REPOSITORY)
    if name and not re.fullmatch(r"[\w.-]+/[\w.-]+", name):
        raise ValueError(f"the repository has to be owner/name, not {name!r}")
    return f"https://github.com/{name}" if name else ""


def address():
    """The address of the book's first folder, ending in a slash, or "" where none is set."""
    if given := os.environ.get("COURSE_ADDRESS"):
        return given.rstrip("/") + "/"
    owner, name = repository().split("/")[-2:] if repository() else ("", "")
    if not name:
        return ""
    host = f"{owner.lower()}.github.io"
    return f"https://{host}/" if name.lower() == host else f"https://{host}/{name}/"
