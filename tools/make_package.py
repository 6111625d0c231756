"""Build the package for `pip install` in `_build/dist`, check it, and try it in an empty environment.

A release is a tag `vX.Y.Z` on the repository: the workflow `release` builds the package, tries it on several
Pythons and uploads it to PyPI, which trusts that workflow instead of a password.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools import environment
from tools.environment import ROOT, explain

DIST = ROOT / "_build" / "dist"
TRY = """
import sys
from pathlib import Path
from conv_course.learn.check import check
short = [path for path in sys.argv[1:] if not check(path)]
sys.exit(f"not all points: {short}" if short else 0)
"""


def build():
    """Build and check the wheel. Return 0 if it may be released."""
    import tomllib

    from tools.lite.python import course_wheel

    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    tag = os.environ.get("GITHUB_REF_NAME") if os.environ.get("GITHUB_REF_TYPE") == "tag" else None
    if tag not in (None, f"v{version}"):
        print(f"course.py package: the tag is {tag}, but pyproject.toml says {version}", file=sys.stderr)
        return 1
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        wheel = Path(shutil.copy(course_wheel(Path(folder), exercises=True), DIST))
    print(f"{wheel} ({wheel.stat().st_size / 1e3:.0f} kB)", flush=True)
    return subprocess.run([sys.executable, "-m", "twine", "check", "--strict", wheel], check=False).returncode


def attempt():
    """Install only the built wheel with its figures, and check every solution with it."""
    wheels = list(DIST.glob("*.whl"))
    if len(wheels) != 1:
        print(f"course.py package: {DIST} has {len(wheels)} wheels: build one first", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = environment.interpreter(Path(folder))
        subprocess.run([python, "-m", "pip", "install", "--quiet", f"{wheels[0]}[figures]"], check=True)
        command = [python, "-I", "-c", TRY, *sorted((ROOT / "solutions").glob("*.ipynb"))]
        return subprocess.run(command, check=False, cwd=folder).returncode


def main():
    parser = argparse.ArgumentParser(
        allow_abbrev=False, prog="course.py package", description=__doc__.split("\n\n")[0]
    )
    parser.add_argument("--try", action="store_true", dest="attempt", help="only try the existing wheel")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    try:
        if options.attempt:
            return attempt()
        if options.here:
            return build()
        python = environment.ensure("dev")
        command = [python, "-m", "tools.make_package", "--here"]
        return subprocess.run(command, cwd=ROOT, env=environment.variables(python), check=False).returncode
    except subprocess.CalledProcessError as error:
        print(f"course.py package: {' '.join(map(str, error.cmd[:4]))} ... failed", file=sys.stderr)
    except (environment.Problem, OSError) as error:
        print(
            f"course.py package: {explain(error) if isinstance(error, OSError) else error}", file=sys.stderr
        )
    return 1


if __name__ == "__main__":
    sys.exit(main())
