"""Rewrite the lock files with the newest versions that the requirements allow."""

import argparse
import subprocess
import sys

from tools.environment import LEVELS, ROOT, uv_program

COMPILE = [
    *("pip", "compile", "--quiet", "--universal", "--generate-hashes", "--python-version", "3.11"),
    *("--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"),
]

# jsonschema does without these two. With them, each process that reads a notebook compiles grammars for 3 s.
COMPILE += ["--no-emit-package", "rfc3987-syntax", "--no-emit-package", "lark"]


def main():
    parser = argparse.ArgumentParser(allow_abbrev=False, prog="course.py lock", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="keep the versions that still fit")
    options = parser.parse_args()
    uv = uv_program()
    if not uv:
        print("course.py lock: needs uv: `python3 -m pip install uv`, then try again.", file=sys.stderr)
        return 1
    widest = LEVELS["dev"]
    for level in ("dev", "learn", "lite", "book"):
        lock = LEVELS[level]
        how = ["-c", widest] if lock != widest else ([] if options.keep else ["--upgrade"])
        source = lock.replace(".lock", ".txt")
        print(f"{source} -> {lock}", flush=True)
        code = subprocess.run([uv, *COMPILE, *how, source, "-o", lock], cwd=ROOT, check=False).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
