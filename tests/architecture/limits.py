"""The limits of the house, each a function from a module to what breaks it.

A finding names file and line and says what to do. `docs/decisions` holds the few exceptions.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from tests.architecture.modules import (
    Function,
    Module,
    code_lines,
    dotted,
    functions,
    imported,
    public_definitions,
    type_of_function,
)

Limit = Callable[[Module], Iterator[str]]

MOST_FUNCTION_LINES = 60
MOST_MODULE_LINES = 600
MOST_PARAMETERS = 5
REFUSED_FOLDERS = {"util", "common", "helper", "misc", "core", "base", "manager", "service"}
REFUSED_NAMES = {"data", "info", "manager", "handler", "process"}
REFUSED_ENDINGS = ("Manager", "Handler", "Info", "Data", "Helper", "Util", "Utils", "Process")
REFUSED_IMPORTS = {"pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "jsonpickle"}
PURE_ROOMS = {
    "billability", "clock", "codes", "contacts", "devices", "enrollment", "errors", "ids",
    "journal", "money", "patient_months", "rulebook", "timekeeping", "triage", "yaml_lines",
}  # fmt: skip
OUTSIDE_WORLD = {
    "aiohttp", "asyncio", "django", "ftplib", "http", "httpx", "multiprocessing", "os", "psycopg",
    "requests", "shutil", "smtplib", "socket", "sqlite3", "ssl", "subprocess", "tempfile", "urllib",
}  # fmt: skip
EXACT_ROOMS = {"billability", "claims", "journal", "money", "patient_months", "rulebook"}
OF_PAGES = (
    "django.forms", "django.http", "django.shortcuts", "django.template", "django.urls",
    "django.views", "ninja",
)  # fmt: skip
OPTIONAL_PACKAGES = {"daft", "duckdb", "llvmlite", "numba", "numpy", "pandas", "polars", "pyarrow",
                     "pyspark", "ray"}  # fmt: skip
CLOCK_CALLS = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns",
    "time.localtime", "time.gmtime", "time.ctime", "time.strftime",
}  # fmt: skip
UNSAFE_CALLS = {"eval", "exec", "yaml.unsafe_load", "yaml.full_load", "yaml.load_all"}
UNSAFE_LOADERS = {"Loader", "FullLoader", "UnsafeLoader", "CLoader", "CFullLoader", "CUnsafeLoader"}
WORDED = {"at_least", "at_most", "below", "equals", "some", "none"}
CRITERIA = "billability/criteria.py"
NAMED_IN_INIT = {"__init__.py", "journal/entries/__init__.py"}


def long_functions(where: Module) -> Iterator[str]:
    """Functions hold at most 60 lines of code, signature included."""
    lines = code_lines(where)
    for function in functions(where):
        count = sum(function.lineno <= line <= (function.end_lineno or 0) for line in lines)
        if count > MOST_FUNCTION_LINES:
            yield where.at(function, f"{function.name} has {count} lines of code; cut it")


def long_modules(where: Module) -> Iterator[str]:
    """Modules hold at most 600 lines."""
    count = len(where.text.splitlines())
    if count > MOST_MODULE_LINES:
        yield f"{where.path}:1: {count} lines; give a part of it a module of its own"


def is_command(function: Function) -> bool:
    """Tell whether a function's parameters are the options of a command line."""
    made_by = (d.func if isinstance(d, ast.Call) else d for d in function.decorator_list)
    return any(dotted(maker).split(".")[-1] in {"command", "callback"} for maker in made_by)


def many_parameters(where: Module) -> Iterator[str]:
    """Functions take at most five parameters; options of a command are not counted."""
    for function in functions(where):
        taken = function.args
        names = [a.arg for a in (*taken.posonlyargs, *taken.args, *taken.kwonlyargs)]
        count = len([name for name in names if name not in {"self", "cls"}])
        count += (taken.vararg is not None) + (taken.kwarg is not None)
        if count > MOST_PARAMETERS and not (where.room == "cli" and is_command(function)):
            yield where.at(function, f"{function.name} takes {count} parameters; group them")


def hidden_imports(where: Module) -> Iterator[str]:
    """Imports stand at the top of a module, never inside a function."""
    for function in functions(where):
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield where.at(node, f"import inside {function.name}; move it to the top")


def clock_readings(where: Module) -> Iterator[str]:
    """Only clock.py reads the clock; what decides never does, not even through it."""
    for node in where.walk():
        called = dotted(node.func) if isinstance(node, ast.Call) else ""
        if ".".join(called.split(".")[-2:]) in CLOCK_CALLS and where.path != "clock.py":
            yield where.at(node, f"{called}() reads the clock; take the instant as an argument")
    for node, name in imported(where):
        if name in {"time.time", "time.time_ns"} and where.path != "clock.py":
            yield where.at(node, f"{name} reads the clock; take the instant as an argument")
        if name == "caretally.clock.now" and where.room in PURE_ROOMS:
            yield where.at(node, "this room never reads the clock; take the instant as an argument")


def looked_at_only(tree: ast.AST) -> set[int]:
    """Return the ids of nodes that only ask whether something is a float."""
    asking = {"isinstance", "issubclass"}
    calls = (n for n in ast.walk(tree) if isinstance(n, ast.Call) and dotted(n.func) in asking)
    return {id(part) for call in calls for part in ast.walk(call)}


def float_in(node: ast.AST, *, divides: bool) -> str:
    """Return what is a float in a node, or makes one; empty where nothing does.

    divides: a stroke in this module divides numbers, rather than joining parts of a path.
    """
    name = dotted(node)
    if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
        return f"{node.value!r} is a float; use integers or Decimal('…')"
    if isinstance(node, ast.Name) and name == "float":
        return "float; use integers or Decimal"
    if isinstance(node, ast.Attribute) and node.attr.startswith("float") and "_" not in node.attr:
        return f"{name}; columns of facts are integers"
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and divides:
        return "/ makes a float; use //"
    return ""


def floats(where: Module) -> Iterator[str]:
    """No float stands beside money or facts: no literal, type, conversion or division."""
    if where.room not in EXACT_ROOMS:
        return
    allowed = looked_at_only(where.tree)
    paths = any(name.startswith("pathlib.") for _, name in imported(where))
    for node in where.walk():
        says = float_in(node, divides=where.room == "patient_months" and not paths)
        if says and id(node) not in allowed:
            yield where.at(node, says)


def inexact_json(where: Module) -> Iterator[str]:
    """Numbers of a journal are read as Decimal straight from the text."""
    if where.room not in EXACT_ROOMS:
        return
    calls = (node for node in where.walk() if isinstance(node, ast.Call))
    for call in calls:
        reads = dotted(call.func) in {"json.loads", "json.load"}
        if reads and "parse_float" not in {keyword.arg for keyword in call.keywords}:
            yield where.at(call, "json reads numbers as float; pass parse_float=Decimal")


def unsafe_calls(where: Module) -> Iterator[str]:
    """Nothing that runs what it reads: eval, exec, pickle and its kin, open YAML loaders."""
    for node in where.walk():
        if not isinstance(node, ast.Call):
            continue
        called = dotted(node.func)
        if called in UNSAFE_CALLS:
            yield where.at(node, f"{called} may run what it reads")
        loaders = {dotted(k.value).split(".")[-1] for k in node.keywords if k.arg == "Loader"}
        loaders |= {dotted(a).split(".")[-1] for a in node.args[1:2]}
        if called == "yaml.load" and (not loaders - {""} or loaders & UNSAFE_LOADERS):
            yield where.at(node, "yaml.load without our own loader may run what it reads")
    for node, name in imported(where):
        if name.split(".")[0] in REFUSED_IMPORTS:
            yield where.at(node, f"{name.split('.')[0]} runs what it reads")
        if name in {"yaml.load", "yaml.unsafe_load", "yaml.full_load"}:
            yield where.at(node, f"{name} may run what it reads; compose with our own loader")


def empty_folder_names(where: Module) -> Iterator[str]:
    """Folders and modules say the mission, not that something had to go somewhere."""
    for part in where.path.removesuffix(".py").split("/"):
        if part.removesuffix("s") in REFUSED_FOLDERS or part in REFUSED_FOLDERS:
            yield f"{where.path}:1: {part!r} says nothing; name what the room is for"


def empty_names(where: Module) -> Iterator[str]:
    """Public names say what a thing is: not data, info, manager, handler or process."""
    for node in public_definitions(where):
        if node.name in REFUSED_NAMES or node.name.endswith(REFUSED_ENDINGS):
            yield where.at(node, f"{node.name} says nothing; name what it is")


def untyped(where: Module) -> Iterator[str]:
    """Every function types its result and each argument."""
    for function in functions(where):
        taken = function.args
        every = [*taken.posonlyargs, *taken.args, *taken.kwonlyargs, taken.vararg, taken.kwarg]
        bare = [a.arg for a in every if a is not None and a.annotation is None]
        bare = [name for name in bare if name not in {"self", "cls"}]
        if bare or function.returns is None:
            yield where.at(function, f"{function.name}: no type for {', '.join(bare) or 'result'}")


def busy_inits(where: Module) -> Iterator[str]:
    """A package's __init__ holds a docstring and nothing else; the journal's words are named."""
    if not where.path.endswith("__init__.py") or where.path in NAMED_IN_INIT:
        return
    body = where.tree.body
    if len(body) != 1 or ast.get_docstring(where.tree) is None:
        yield f"{where.path}:1: an __init__ holds a docstring only"


def reached_outside(where: Module) -> Iterator[str]:
    """Below store and exchange: no framework, database, operating system or network."""
    if where.room not in PURE_ROOMS:
        return
    for node, name in imported(where):
        if name.split(".")[0] in OUTSIDE_WORLD:
            yield where.at(node, f"{name.split('.')[0]} in a pure room; let the caller do it")


def pages_in_practice(where: Module) -> Iterator[str]:
    """The room of practice serves pages and API alike: it sees no request, address or template."""
    if where.room != "practice":
        return
    for node, name in imported(where):
        if name.startswith(OF_PAGES):
            yield where.at(node, f"{name} in practice; let web, api or cli do it")


def optional_packages(where: Module) -> Iterator[str]:
    """Optional packages are imported in one extras.py a room, which says which is missing."""
    if where.path.split("/")[-1] == "extras.py":
        return
    for node, name in imported(where):
        if name.split(".")[0] in OPTIONAL_PACKAGES:
            yield where.at(node, f"{name.split('.')[0]} is optional; import it through extras.py")


def wordy_criteria(where: Module) -> Iterator[str]:
    """A criterion is a docstring and one return of one worded comparison, without a branch."""
    if where.path != CRITERIA:
        return
    branching = (ast.BoolOp, ast.IfExp, ast.Compare, ast.Not, ast.Lambda, ast.comprehension)
    for node in where.tree.body:
        if isinstance(node, (ast.ClassDef, ast.If, ast.For, ast.While, ast.Try)):
            yield where.at(node, "only criteria stand here")
        if not isinstance(node, type_of_function):
            continue
        last = node.body[-1]
        said = ast.get_docstring(node) is not None and len(node.body) == 2
        value = last.value if isinstance(last, ast.Return) else None
        worded = isinstance(value, ast.Call) and dotted(value.func) in WORDED
        if not said or not worded:
            yield where.at(node, f"{node.name}: one sentence, then one return of a comparison")
        elif any(isinstance(part, branching) for part in ast.walk(last)):
            yield where.at(node, f"{node.name} branches; give the branch a name elsewhere")


LIMITS: tuple[Limit, ...] = (
    long_functions,
    long_modules,
    many_parameters,
    hidden_imports,
    clock_readings,
    floats,
    inexact_json,
    unsafe_calls,
    empty_folder_names,
    empty_names,
    untyped,
    busy_inits,
    reached_outside,
    pages_in_practice,
    optional_packages,
    wordy_criteria,
)
