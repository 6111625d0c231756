"""The workflows only call course.py, with existing verbs and options; the locks fit the requirements."""

import functools
import importlib.metadata
import json
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import course
from tools.build_lite import EXTENSIONS
from tools.environment import LEVELS

ROOT = Path(__file__).resolve().parent.parent
PUBLISHES = "pypa/gh-action-pypi-publish@"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def read(path):
    """Return a workflow as data. YAML reads its key `on` as true."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    data["on"] = data.pop(True)
    return data


def commands(path):
    for job in read(path)["jobs"].values():
        for step in job["steps"]:
            if "run" in step:
                yield step["run"]


@functools.cache
def options_of(module):
    """Return the options that the verb's --help lists."""
    answer = subprocess.run(
        [sys.executable, "-m", module, "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", answer.stdout))


def fault(command):
    """Return the fault of a step's command, or an empty string."""
    words = command.split()
    if words[:2] != ["python", "course.py"] or len(words) < 3:
        return f"not a call of course.py: {command}"
    verb, *rest = words[2:]
    if verb not in course.VERBS:
        return f"course.py has no verb {verb}"
    module = course.VERBS[verb][1]
    if rest and not set(rest) <= options_of(module):
        return f"{verb} has no {' '.join(rest)}"
    return ""


def test_only_the_release_publishes_and_it_needs_no_password():
    """The uploaded package was built and tried on every Python; the token is the workflow's own identity."""
    jobs = read(ROOT / ".github" / "workflows" / "release.yml")["jobs"]
    assert jobs["publish"]["needs"] == "try"
    assert jobs["try"]["needs"] == "build"
    assert jobs["publish"]["permissions"] == {"contents": "read", "id-token": "write"}
    assert jobs["publish"]["environment"]["name"] == "pypi"
    assert not any(action in ("run", "password") for step in jobs["publish"]["steps"] for action in step)
    assert set(jobs["try"]["strategy"]["matrix"]["python"]) > {"3.11", "3.12", "3.13"}
    texts = {path.stem: path.read_text(encoding="utf-8") for path in WORKFLOWS}
    assert [stem for stem, text in texts.items() if PUBLISHES in text] == ["release"]
    assert "secrets." not in "".join(texts.values())


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_each_step_is_a_command_of_the_course(path):
    found = list(commands(path))
    assert found
    assert [fault(command) for command in found] == [""] * len(found)


@pytest.mark.parametrize(
    "command",
    ["make test", "python course.py", "python course.py tests", "python course.py test --everything"],
)
def test_a_wrong_step_is_seen(command):
    assert fault(command)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_have_few_permissions_and_use_only_actions_of_github_and_pypi(path):
    data = read(path)
    assert "permissions" in data
    assert data["permissions"].get("contents") == "read"
    for job in data["jobs"].values():
        assert job["timeout-minutes"] <= 120
        for step in job["steps"]:
            assert ("run" in step) != ("uses" in step)
            assert step.get("uses", "actions/").startswith(("actions/", PUBLISHES))


def test_tests_run_on_three_systems_and_three_pythons():
    matrix = read(ROOT / ".github" / "workflows" / "test.yml")["jobs"]["test"]["strategy"]["matrix"]
    assert {name.split("-")[0] for name in matrix["system"]} == {"ubuntu", "macos", "windows"}
    assert matrix["python"] == ["3.11", "3.12", "3.13"]


DEVCONTAINER = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
DOES = [
    value.replace("python3", "python", 1) for key, value in DEVCONTAINER.items() if key.endswith("Command")
]


def test_the_devcontainer_calls_course_py():
    assert [fault(command) for command in DOES] == ["", ""]
    # its Python is one that the tests run on
    version = DEVCONTAINER["image"].split(":")[1]
    assert (
        version
        in read(ROOT / ".github" / "workflows" / "test.yml")["jobs"]["test"]["strategy"]["matrix"]["python"]
    )


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_devcontainer_s_command_works_in_a_clean_copy(tmp_path):
    """Only committed files, with nothing installed. It needs the package index."""
    copy = ["git", "clone", "--quiet", "--depth", "1", ROOT.as_uri(), str(tmp_path / "clean")]
    subprocess.run(copy, check=True, timeout=120)
    command = DEVCONTAINER["postCreateCommand"].split()
    subprocess.run(command, cwd=tmp_path / "clean", check=True, timeout=1500)
    assert (tmp_path / "clean" / "_build" / "html" / "index.html").is_file()


def test_what_the_architecture_names_is_there():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rooms = [row.split("|")[1] for row in text.splitlines() if row.startswith("| `")]
    named = [name for room in rooms for name in re.findall(r"`([\w./-]+)`", room)]
    assert len(named) > 10
    places = [ROOT, ROOT / "conv_course"]
    assert [name for name in named if not any((place / name).exists() for place in places)] == []
    top = {path.name for path in ROOT.iterdir() if (path / "__init__.py").is_file()}
    assert top <= {name.strip("/").split("/")[0] for name in named}, "a package that the plan does not have"


# a path, or a file; a name alone, such as `slips`, belongs to the room of its row
FILE = re.compile(r"`([\w.]+/[\w./-]*|[\w-]+\.(?:py|md|js|css|yml|lock|txt|json|ipynb|po))`")


@pytest.mark.parametrize("name", ["ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_every_file_that_the_guides_name_is_there(name):
    named = set(FILE.findall((ROOT / name).read_text(encoding="utf-8")))
    # NN and the like stand for the files of every lesson; what is built or installed is not committed
    named = {one for one in named if not re.search(r"NN|NAME|LANGUAGE|OWNER|^_build|^\.venv", one)}
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    there = "".join(f"/{path}\n" for path in listed.splitlines())
    absent = [one for one in sorted(named) if not re.search(f"/{re.escape(one)}" + "(/|\n|(?<=/))", there)]
    assert absent == []


def test_dependabot_stays_on_jupyter_book_1():
    data = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text(encoding="utf-8"))
    (pip,) = [update for update in data["updates"] if update["package-ecosystem"] == "pip"]
    held = {rule["dependency-name"]: rule.get("versions") for rule in pip["ignore"]}
    assert held["jupyter-book"] == [">=2"]


def locked(level):
    """Return {name: versions} of a lock file. Each entry must have a hash."""
    versions = {}
    entries = re.split(r"\n(?=\S)", (ROOT / LEVELS[level]).read_text(encoding="utf-8").strip())
    for entry in entries:
        assert "--hash=sha256:" in entry, entry
        requirement = Requirement(entry.split(" \\")[0].strip())
        versions.setdefault(canonicalize_name(requirement.name), set()).add(str(requirement.specifier)[2:])
    return versions


def wanted(level):
    path = ROOT / LEVELS[level].replace(".lock", ".txt")
    for line in path.read_text(encoding="utf-8").splitlines():
        line = line.partition("#")[0].strip()
        if line and not line.startswith("-r"):
            yield Requirement(line)


@pytest.mark.parametrize("level", LEVELS)
def test_each_lock_satisfies_its_requirements(level):
    versions = locked(level)
    asked = list(wanted(level))
    assert asked
    for requirement in asked:
        found = versions.get(canonicalize_name(requirement.name), set())
        assert found, f"{requirement.name} is not locked"
        assert all(requirement.specifier.contains(one) for one in found), f"{requirement}: locked at {found}"


def test_each_lock_contains_the_one_before_it():
    locks = [locked(level) for level in LEVELS]
    for smaller, larger in pairwise(locks):
        # two packages are only for PyPy, which the tests' tools exclude
        assert smaller.keys() - larger.keys() <= {"cffi", "pycparser"}
        assert all(larger[name] == smaller[name] for name in smaller.keys() & larger.keys())


def test_the_parts_of_jupyterlite_are_in_its_own_lock():
    """Not only in that of the tests, which this Python has: check each front end's folder and its package."""
    versions, top = locked("lite"), Path("share", "jupyter", "labextensions")
    brought = {}
    for distribution in importlib.metadata.distributions():
        for file in distribution.files or ():
            place = "/".join(file.parts)
            if top.as_posix() in place:
                inner = place.split(top.as_posix() + "/")[1]
                brought[inner] = canonicalize_name(distribution.name)
    for name in EXTENSIONS:
        owners = {owner for inner, owner in brought.items() if inner.startswith(f"{name}/")}
        assert owners, f"nobody here brings {name}"
        assert owners <= versions.keys(), f"{name} comes with {owners}"


def test_what_jupyterlite_asks_for_to_hold_notebooks_is_in_its_own_lock():
    """An extra of JupyterLite: without it, a site with contents is refused."""
    asked = [Requirement(text) for text in importlib.metadata.requires("jupyterlite-core")]
    names = {
        canonicalize_name(one.name)
        for one in asked
        if one.marker and 'extra == "contents"' in str(one.marker)
    }
    assert names
    assert names <= locked("lite").keys()


@pytest.mark.parametrize("level", LEVELS)
def test_no_lock_names_an_index(level):
    text = (ROOT / LEVELS[level]).read_text(encoding="utf-8")
    assert "://" not in text
    assert set(re.findall(r"--[a-z-]+", text)) == {"--hash"}


def test_pytorch_stays_out_of_the_locks():
    assert "torch" not in locked("dev")
    assert (ROOT / "requirements-oracle.txt").read_text(encoding="utf-8").strip() == "torch==2.13.0"


def test_no_lock_compiles_grammars_at_each_start():
    """jsonschema loads this package if it is there, and then every reader of a notebook starts 3 s later."""
    assert not {"rfc3987-syntax", "lark"} & locked("dev").keys()
    assert "jsonschema" in locked("dev")


def test_what_cannot_be_tried_is_listed_once_with_what_stands_in():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    part = text.split("## What no test here can see")[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in part.splitlines() if row[:2] == "| "]
    assert len(rows) > 6
    for not_tried, instead, where in rows[1:]:
        places = re.findall(r"`([^`]+)`", where)
        assert not_tried, instead
        assert places, not_tried
        assert [place for place in places if not (ROOT / place).exists()] == []
    assert all(name in part for name in ("Colab", "GitHub", "PyPI", "macOS", "Windows", "MATLAB", "Safari"))
