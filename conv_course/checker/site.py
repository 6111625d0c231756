"""The address at which the course is published, defined only here.

While `REPOSITORY` is empty, no link points to an outside address: pages have no canonical address, no
sitemap, no buttons for the repository and for Colab, and hints name their section without a link. The
publishing workflows set COURSE_REPOSITORY from their own context, so that a fork publishes itself and a
package built there keeps the fork's name. COURSE_ADDRESS is for a custom domain.
"""

import os
import re

REPOSITORY = ""  # "owner/name" on GitHub


def repository():
    """Return the repository's address, or "" if none is set.

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
    """Return the address of the book's root folder, ending in a slash, or "" if none is set."""
    if given := os.environ.get("COURSE_ADDRESS"):
        return given.rstrip("/") + "/"
    owner, name = repository().split("/")[-2:] if repository() else ("", "")
    if not name:
        return ""
    host = f"{owner.lower()}.github.io"
    return f"https://{host}/" if name.lower() == host else f"https://{host}/{name}/"


def colab(path):
    """Return the address that opens a notebook of the repository in Colab, or "" if no repository is set."""
    there = repository().removeprefix("https://github.com/")
    return f"https://colab.research.google.com/github/{there}/blob/main/{path}" if there else ""
