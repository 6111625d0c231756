"""The stubs of both packages: every public name with its real signature, and a type checker's verdict."""

import ast
import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("conv_lib", "conv_course")
FOUND = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.pyi"))]
STUBS = [path for path in FOUND if path.name != "kinds.pyi"]


def module_of(stub):
    parts = stub.relative_to(ROOT).with_suffix("").parts
    return importlib.import_module(".".join(part for part in parts if part != "__init__"))


def parameters(node):
    """Return (name, kind, default) of a stub's parameters, the default as text; "..." means any."""
    a = node.args
    plain = [*a.posonlyargs, *a.args]
    defaults = [None] * (len(plain) - len(a.defaults)) + a.defaults
    found = [(arg.arg, "plain", default) for arg, default in zip(plain, defaults, strict=True)]
    found += [(a.vararg.arg, "star", None)] if a.vararg else []
    found += [(arg.arg, "keyword", d) for arg, d in zip(a.kwonlyargs, a.kw_defaults, strict=True)]
    found += [(a.kwarg.arg, "stars", None)] if a.kwarg else []
    return [(name, kind, ast.unparse(default) if default else "") for name, kind, default in found]


def differences(node, function):
    """Return the differences between the parameters of a stub's function and of the real one."""
    P = inspect.Parameter
    kinds = {P.POSITIONAL_OR_KEYWORD: "plain", P.VAR_POSITIONAL: "star"}
    kinds |= {P.KEYWORD_ONLY: "keyword", P.VAR_KEYWORD: "stars"}
    real = inspect.signature(function).parameters.values()
    stub = parameters(node)
    if [(p.name, kinds[p.kind]) for p in real] != [(name, kind) for name, kind, _ in stub]:
        return [f"{node.name}: {[str(p) for p in real]} is {stub} in the stub"]
    texts = ["" if p.default is P.empty else p.default for p in real]
    pairs = zip(texts, (default for *_, default in stub), strict=True)
    return [
        f"{node.name}: {text!r}, in the stub {default}"
        for text, default in pairs
        if default != "..." and (text != ast.literal_eval(default) if default else text != "")
    ]


@pytest.mark.parametrize("stub", STUBS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_stub_says_what_the_module_has(stub):
    module, tree = module_of(stub), ast.parse(stub.read_text(encoding="utf-8"))
    imported = {a.name for node in tree.body if isinstance(node, ast.ImportFrom) for a in node.names}
    defined = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    defined = {name: node for name, node in defined.items() if not name.startswith("_")}
    assert set(module.__all__) <= imported | defined.keys()
    assert defined.keys() <= set(module.__all__)
    found = []
    for name, node in defined.items():
        real = getattr(module, name)
        if isinstance(node, ast.FunctionDef):
            found += differences(node, real)
            continue
        for inner in node.body:
            if isinstance(inner, ast.FunctionDef):
                method = inspect.getattr_static(real, inner.name, None)
                assert method is not None or name == "Layer", f"{name} has no {inner.name}"
                if inspect.isfunction(method):
                    found += differences(inner, method)
    assert found == []


def test_every_public_module_has_a_stub():
    public = ["naive", "vectorized", "fast", "graph", "sizes", "layers", "training", "digits"]
    public += ["gradcheck", "layouts"]
    taught = ["conv_course"] + [f"conv_course.{name}" for name in ("checker", "widgets")]
    commands = [f"conv_course.{name}.__main__" for name in ("grade", "learn")]
    modules = {*(f"conv_lib.{name}" for name in public), *taught, *commands}
    assert {module_of(path).__name__ for path in STUBS} == modules
    for package in PACKAGES:
        assert (ROOT / package / "py.typed").is_file()


def test_a_type_checker_accepts_right_calls_and_refuses_wrong_ones(tmp_path):
    """`uses.py` marks each wrong call. An unnecessary mark is an error, too."""
    command = [sys.executable, "-m", "mypy", "--strict", "--no-color-output"]
    command += ["--cache-dir", str(tmp_path), "tests/typing/uses.py"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
