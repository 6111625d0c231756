"""The code cells in the MyST source of a page."""

import re

CELL = re.compile(
    r"^```\{code-cell\} python\n(?:---\n.*?^---\n|(?::\w[^\n]*\n)+)?(.*?)^```$", re.DOTALL | re.MULTILINE
)
