"""The part of the course that a learner's code gets: the exercise notebook's imports and their dependencies.

Only the definitions of a module that are reachable are copied, so that an exercise which plots with
`naive.conv1d` does not get `naive.conv1d_backward`. The checker and the sliders are replaced by stand-ins.
"""

import ast
import compileall
import json
import py_compile
import re
import shutil
from pathlib import Path

COURSE = Path(__file__).resolve().parents[2]
PACKAGES = ("conv_lib", "conv_course")


def _text(path):
    return (COURSE / path).read_text(encoding="utf-8")


# modules that the notebooks of the first edition import
FIRST_EDITION = (
    "conv_lib/grading/__init__.py",
    "conv_lib/widgets/__init__.py",
    "conv_course/checker/sheets/mistakes_2d.py",
)
RUNNER = ("answers.py", "cases.py", "defaults.py", "guards.py", "run.py", "watch.py", "wire.py")
STANDINS = {
    "conv_course/__init__.py": "from conv_course.checker.stand_in import Check, sheet\n",
    "conv_course/checker/__init__.py": "from conv_course.checker.stand_in import Check, sheet\n",
    "conv_course/widgets/__init__.py": "from conv_course.widgets.sliders import nothing as figure\n",
    **{path: _text(path) for path in FIRST_EDITION},
    "conv_course/widgets/sliders.py": '''
def nothing(*args, **kwargs):
    """Nobody looks."""
    return ""


sliders = rows = number = run_show = nothing
''',
}
START = """import gc
import sys

gc.disable()  # modules live as long as the process; child.py switches it on for the learner's cells
sys.path.insert(0, __file__.rpartition("/")[0])
from child import main

main()
"""
STAND_IN = '''
seen = []


class Check:
    """Remembers which function was to be checked; knows nothing."""

    points = 0

    def __init__(self, stem=None, version=None):
        self.stem = stem

    def __call__(self, name, function=None):
        import sys

        frame = sys._getframe(1)
        seen.append((name, function, frame.f_globals))

    def progress(self):
        return None

    def case(self, name, number=None):
        return {}

    def hint(self, name):
        return None

    def own(self, name, answers=None):
        return None


sheet = Check
descriptor = connection = None


def ask(number, args, kwargs):
    """Have function `number` called, which runs in another process."""
    global connection
    import builtins
    import socket

    from numpy import ndarray

    from conv_course.checker.answers import Room
    from conv_course.checker.wire import dumps, loads
    from conv_course.grade import layers

    if connection is None:
        connection = socket.socket(fileno=descriptor)

    def packed(value):
        if not isinstance(value, ndarray) or value.flags.c_contiguous:
            return ["C", value]
        return ["F" if value.flags.f_contiguous else "view" if value.ndim else "C", value]

    def plain(value):
        if isinstance(value, ndarray) and value.ndim == 0:
            return value[()]
        return type(value)(map(plain, value)) if isinstance(value, (list, tuple)) else value

    try:
        try:
            layers.check_size("arguments", [args, kwargs])
            named = {str(k): packed(v) for k, v in kwargs.items()}
            request = dumps([number, [packed(a) for a in args], named])
            layers.check_size("arguments", None, request)
        except layers.TooLarge as error:
            layers.send(connection, b"")
            raise MemoryError(str(error)) from None
        layers.send(connection, request)
        data = layers.receive(connection)
    except OSError:
        data = None
    if data is None:
        raise RuntimeError("the process of the layers ended: it had used up its computing time or memory")
    kind, value, rest = loads(data, Room(layers.LARGEST))
    if kind == "error":
        error = getattr(builtins, value, RuntimeError)
        if not (isinstance(error, type) and issubclass(error, Exception)):
            error = RuntimeError
        raise error(rest)
    for where, new in rest:
        old = args[where] if isinstance(where, int) else kwargs[where]
        if isinstance(old, ndarray) and old.shape == new.shape:
            old[...] = new
    return plain(value)
'''
NO_BYTES = shutil.ignore_patterns("__pycache__")
IGNORED = ("conv_course", "conv_lib.grading", "conv_lib.widgets")
# modules that look up their parts at run time: they are copied whole
WHOLE = ("conv_lib.fast", "conv_lib.digits", "conv_course.checker.wrong_layers", "conv_course.checker.slips")
# only the names that the notebook uses are copied from these modules; all names from other imported modules
KERNELS = ("conv_lib.naive", "conv_lib.vectorized", "conv_lib.layers")
ABSENT = """

def __getattr__(name):
    raise AttributeError(f"{__name__}.{name} is not there while this exercise is graded")
"""


def code_cells(path):
    """Return the sources of a notebook's code cells."""
    notebook = json.loads(Path(path).read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]


def _joined(path):
    """Return the code of all cells of a notebook that Python can parse, as one text."""
    found = []
    for source in code_cells(path) if path.is_file() else []:
        try:
            ast.parse(source)
        except SyntaxError:  # a cell with a magic command
            continue
        found.append(source)
    return "\n".join(found)


def build(stem, folder, root=COURSE):
    """Write the modules that the code of exercise `stem` needs, and the child program, into `folder`."""
    exercise = _joined(root / "exercises" / f"{stem}.ipynb")
    # add the names that the course's own solution uses from the modules that the exercise imports
    imported = [line for line in exercise.split("\n") if re.match(r"(?:from|import) conv_", line)]
    solution = _joined(root / "solutions" / f"{stem}.ipynb")
    uses = [line for line in solution.split("\n") if not ("conv_" in line and "import" in line)]
    cells = [exercise, "\n".join([*imported, *uses])]
    folder = Path(folder)
    _write(modules(cells, root), folder)
    for path, text in STANDINS.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    (folder / "conv_course" / "checker" / "stand_in.py").write_text(STAND_IN, encoding="utf-8")
    (folder / "answer.py").write_text(START, encoding="utf-8")  # short: a program is compiled at each start
    for name in ("child.py", "own_run.py"):
        shutil.copy(Path(__file__).with_name(name), folder)
    own = folder / "conv_course" / "checker" / "own"
    own.mkdir()
    shutil.copy(COURSE / "conv_course" / "checker" / "own" / "inside.py", own)
    _finish(folder)
    return folder


def build_explaining(stem, folder, root=COURSE):
    """Write all of the checker and conv_lib, and the programs that explain a learner's functions."""
    folder = build(stem, folder, root)
    shutil.copytree(root / "conv_lib", folder / "conv_lib", dirs_exist_ok=True, ignore=NO_BYTES)
    kept = shutil.ignore_patterns("__init__.py", "__pycache__")
    checker = root / "conv_course" / "checker"
    shutil.copytree(checker, folder / "conv_course" / "checker", dirs_exist_ok=True, ignore=kept)
    for package in ("computes", "faults", "own", "sheets"):
        shutil.copy(checker / package / "__init__.py", folder / "conv_course" / "checker" / package)
    shutil.copy(Path(__file__).with_name("explain.py"), folder)
    _finish(folder)
    return folder


def build_layers(codes, folder, root=COURSE):
    """Write the modules that the functions in `codes` need into `folder`. Return the modules' names."""
    found = modules([code.source for code in codes], root)
    _write(found, Path(folder))
    _finish(Path(folder))
    return [path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in found]


def _write(found, folder):
    """Write the modules, and the parts of the checker that run functions."""
    (folder / "conv_course" / "checker").mkdir(parents=True)
    (folder / "conv_course" / "grade").mkdir()
    for path, text in found.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        if target.name == "digits.py":
            shutil.copytree(COURSE / "conv_lib" / "data", target.parent / "data")
    for name in RUNNER:
        shutil.copy(COURSE / "conv_course" / "checker" / name, folder / "conv_course" / "checker" / name)
    shutil.copy(Path(__file__).with_name("layers.py"), folder / "conv_course" / "grade")


def _finish(folder):
    for name in PACKAGES:
        (folder / name).mkdir(exist_ok=True)
        for package in [folder / name, *(path for path in (folder / name).rglob("*") if path.is_dir())]:
            (package / "__init__.py").touch()
    compileall.compile_dir(folder, quiet=2, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)


def modules(sources, root=COURSE):
    """Return {path: text} of the modules that `sources` need, reduced to the needed definitions."""
    shaker = _Shaker(root)
    for source in sources:
        try:
            tree = ast.parse(source)
        except SyntaxError:  # a cell with a magic command
            continue
        shaker.use(tree)
    return shaker.texts()


class _Shaker:
    def __init__(self, root):
        self.root = root
        self.kept = {}  # module -> names
        self.trees = {}
        self.whole = set()

    def path(self, module):
        base = self.root.joinpath(*module.split("."))
        if (base / "__init__.py").is_file():
            return base / "__init__.py"
        return base.with_suffix(".py") if base.with_suffix(".py").is_file() else None

    def tree(self, module):
        """Return the top-level statements of a module, and {name: statement that binds it}."""
        if module not in self.trees:
            body = ast.parse(self.path(module).read_text(encoding="utf-8")).body
            bound = {name: statement for statement in body for name in _bound(statement)}
            self.trees[module] = body, bound
        return self.trees[module]

    def use(self, tree):
        """Keep everything that a piece of code imports from the course."""
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in PACKAGES:
                for alias in node.names:
                    self.bind(node.module, alias.name, alias.asname or alias.name, tree)
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.name.split(".")[0] in PACKAGES:
                        for name in _attributes(tree, alias.asname or alias.name):
                            self.keep(alias.name, name)

    def bind(self, module, name, alias, tree):
        """Keep the parts of `from module import name as alias` that `tree` uses."""
        if self.path(f"{module}.{name}"):
            inner = f"{module}.{name}"
            if not _ignored(inner):
                self.kept.setdefault(inner, set())
                names = _attributes(tree, alias)
                if isinstance(tree, ast.Module) and not inner.startswith(KERNELS):
                    names |= set(self.tree(inner)[1])
                for attribute in names:
                    self.keep(inner, attribute)
        else:
            self.keep(module, name)

    def keep(self, module, name):
        if _ignored(module) or self.path(module) is None:
            return
        if module.startswith(WHOLE):
            self.keep_whole(module)
            return
        names = self.kept.setdefault(module, set())
        bound = self.tree(module)[1]
        if name in names or name not in bound:
            return
        names.add(name)
        statement = bound[name]
        if isinstance(statement, ast.ImportFrom):
            if (statement.module or "").split(".")[0] in PACKAGES:
                original = next(a.name for a in statement.names if (a.asname or a.name) == name)
                if self.path(f"{statement.module}.{original}"):
                    self.kept.setdefault(f"{statement.module}.{original}", set())
                else:
                    self.keep(statement.module, original)
            return
        self.use(statement)
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and node.id in bound:
                self.keep(module, node.id)
                origin = bound[node.id]
                if isinstance(origin, ast.ImportFrom) and (origin.module or "").split(".")[0] in PACKAGES:
                    original = next(a.name for a in origin.names if (a.asname or a.name) == node.id)
                    self.bind(origin.module, original, node.id, statement)

    def keep_whole(self, module):
        """Keep a whole module, or all modules of a package, with everything that they import."""
        path = self.path(module)
        members = path.parent.glob("*.py") if path.name == "__init__.py" else [path]
        for member in members:
            if member in self.whole:
                continue
            self.whole.add(member)
            tree = ast.parse(member.read_text(encoding="utf-8"))
            self.use(tree)

    def texts(self):
        found = {}
        for module, names in self.kept.items():
            path = self.path(module)
            body, bound = self.tree(module)
            wanted = [bound[name] for name in names]
            lines = []
            for statement in body:
                if isinstance(statement, ast.ImportFrom) and statement.module != "__future__":
                    aliases = [a for a in statement.names if (a.asname or a.name) in names]
                    if aliases:
                        lines.append(ast.unparse(ast.ImportFrom(statement.module, aliases, statement.level)))
                elif statement in wanted or isinstance(statement, (ast.Import, ast.ImportFrom)):
                    lines.append(ast.unparse(statement))
            more = ABSENT if module in KERNELS else "\n"
            found[str(path.relative_to(self.root))] = "\n\n".join(lines) + more
        for path in self.whole:
            found[str(path.relative_to(self.root))] = path.read_text(encoding="utf-8")
        return found


def _ignored(module):
    return module.startswith(IGNORED) and not module.startswith(WHOLE)


def _bound(statement):
    """Return the names that a top-level statement binds."""
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return [statement.name]
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return [(alias.asname or alias.name).split(".")[0] for alias in statement.names]
    return [
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id != "__all__"
    ]


def _attributes(tree, dotted):
    """Return the names X that occur as `dotted.X` in the tree."""
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == dotted
    }
