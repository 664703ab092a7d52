"""Mutation test: changes the rules and the fold, one change a time, and sees which tests notice.

The changes are mutmut's. The run is our own, since mutmut collects the tests anew for every
change and has no sample: here one process collects the tests once, learns which test runs which
function, and is forked for every mutant. The child swaps the code of one function and runs the
tests that reach it, the likeliest to fail first, until one does. Tests that keep what they read at
import see a mutant of the reading only where they read again.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import importlib
import inspect
import math
import os
import random
import resource
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import accumulate, zip_longest
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import libcst
import pytest
from _pytest.runner import runtestprotocol
from mutmut.mutation.file_mutation import Mutation, create_mutations

from scripts.mutation_report import Outcome, write_report

ROOT = Path(__file__).parents[1]
ROOMS = ("billability", "patient_months")
LEFT_OUT = {
    "billability/extras.py", "patient_months/arrays.py", "patient_months/compiled.py",
    "patient_months/extras.py", "patient_months/kernel_types.py",
    "patient_months/part_tables.py", "patient_months/tables_of_entries.py",
    "patient_months/tables_to_fold.py",
}  # fmt: skip
"""Modules of the optional extra: held equal to the plain source by tests/integration/bulk."""
TESTS = (
    "tests/golden", "tests/spec", "tests/unit/billability", "tests/unit/patient_months",
    "tests/unit/rulebook", "tests/architecture/test_reference.py",
)  # fmt: skip
SLOW = (
    "tests/spec/test_scenarios.py::test_scenario",
    "tests/spec/test_every_era.py",
    "tests/unit/rulebook/test_rulebook_loading.py::test_loading_takes",
)
"""Left out: tests/golden decides the same scenarios and looks at every word of the answer, and
how long something takes is no sign of a mutant."""
FIRST = "tests/golden"
PREFERENCE = 5
"""Quick tests are asked first, and those that look at whole decisions as if so much quicker."""
SPARE_SECONDS = 4
"""CPU time a test has on a mutant beyond three times what it took before."""
WORTH_WRITING = 500
"""Mutants tested before a run that goes on writes over the report of the last one."""
CRASHED, UNUSABLE = 245, 250
"""Exit statuses of a child that says nothing about tests; smaller ones number the test."""
KILLED, SURVIVED, TIMEOUT, UNTESTED, BROKEN = "killed", "survived", "timeout", "untested", "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change of one function."""

    name: str
    module: str
    file: str
    path: tuple[str, ...]
    line: int
    before: str
    after: str
    source: str


def files(pattern: str) -> list[str]:
    """Return the files to change, relative to the package."""
    package = ROOT / "src" / "caretally"
    named = [f"{p.parent.name}/{p.name}" for r in ROOMS for p in sorted((package / r).glob("*.py"))]
    return [name for name in named if name not in LEFT_OUT and pattern in name]


def changes_of(name: str) -> Iterator[partial[Mutant]]:
    """Yield mutmut's changes of one file, each to be written out when it is wanted."""
    text = (ROOT / "src" / "caretally" / name).read_text("utf-8")
    module, mutations, _, _ = create_mutations(name, text)
    owners = dict(owners_of(module))
    counts: Counter[tuple[str, ...]] = Counter()
    for each in mutations:
        path = owners.get(each.contained_by_top_level_function, ())
        counts[path] += 1
        if path:
            label = f"{name}:{'.'.join(path)}#{counts[path]}"
            yield partial(written, module, each, path, label)


def written(module: libcst.Module, mutation: Mutation, path: tuple[str, ...], label: str) -> Mutant:
    """Return a change as the source of the changed function."""
    name = label.partition(":")[0]
    function = mutation.contained_by_top_level_function
    assert function is not None
    changed = function.deep_replace(mutation.original_node, mutation.mutated_node)
    assert isinstance(changed, libcst.FunctionDef)
    before, after = (module.code_for_node(node).strip("\n") for node in (function, changed))
    line, old, new = first_difference(before, after)
    return Mutant(
        name=label,
        module=f"caretally.{name[:-3].replace('/', '.')}",
        file=name,
        path=path,
        line=line_of(module.code.splitlines(), before.splitlines(), line),
        before=old,
        after=new,
        source=libcst.Module([changed]).code,
    )


def unchanged(pattern: str) -> Iterator[Mutant]:
    """Yield every function that mutmut would change, as it is."""
    for name in files(pattern):
        seen = set()
        for change in changes_of(name):
            module, mutation, path, label = change.args
            if path not in seen:
                seen.add(path)
                same = replace(mutation, mutated_node=mutation.original_node)
                yield written(module, same, path, label)


def owners_of(module: libcst.Module) -> Iterator[tuple[Any, tuple[str, ...]]]:
    """Yield functions and methods with the names that lead to them."""
    for node in module.body:
        if isinstance(node, libcst.FunctionDef):
            yield node, (node.name.value,)
        if isinstance(node, libcst.ClassDef):
            for child in node.body.body:
                if isinstance(child, libcst.FunctionDef):
                    yield child, (node.name.value, child.name.value)


def first_difference(before: str, after: str) -> tuple[int, str, str]:
    """Return the place of the first line that differs, and both lines."""
    pairs = zip(before.splitlines(), after.splitlines(), strict=False)
    for number, (old, new) in enumerate(pairs):
        if old != new:
            return number, old.strip(), new.strip()
    return 0, before.splitlines()[0].strip(), "(lines removed or added)"


def line_of(lines: Sequence[str], function: Sequence[str], offset: int) -> int:
    """Return the number of a line of a function in its file."""
    wanted = [line.strip() for line in function[: offset + 1]]
    for first in range(len(lines) - offset):
        if [line.strip() for line in lines[first : first + offset + 1]] == wanted:
            return first + offset + 1
    return 0


# --- the child ------------------------------------------------------------------------------------


def function_at(module: str, path: Sequence[str]) -> FunctionType | None:
    """Return a function of a loaded module by the names that lead to it."""
    place: Any = importlib.import_module(module)
    for name in path:
        place = inspect.getattr_static(place, name)
    place = getattr(place, "__func__", place)
    return place if isinstance(place, FunctionType) else None


def swap(mutant: Mutant) -> None:
    """Give a function the code and the defaults of its mutant."""
    function = function_at(mutant.module, mutant.path)
    assert function is not None
    code = compile(
        "from __future__ import annotations\n" + mutant.source,
        mutant.file,
        "exec",
        dont_inherit=True,
    )
    scope = dict(function.__globals__)
    exec(code, scope)  # noqa: S102 - the mutated source of this project
    changed = scope[mutant.path[-1]]
    changed = getattr(changed, "__func__", changed)
    function.__code__ = changed.__code__.replace(co_name=function.__code__.co_name)
    function.__defaults__, function.__kwdefaults__ = changed.__defaults__, changed.__kwdefaults__


def forget() -> None:
    """Empty what was remembered of earlier judging; what was read stays."""
    decide = importlib.import_module("caretally.billability.decide")
    decide.JUDGES.clear()
    sentences = importlib.import_module("caretally.billability.sentences")
    for each in vars(sentences).values():
        if hasattr(each, "cache_clear"):
            each.cache_clear()


def passes(item: pytest.Item, following: pytest.Item | None) -> bool:
    """Run one collected test and tell whether it passed."""
    reports = runtestprotocol(item, log=False, nextitem=following)
    return not any(report.failed for report in reports)


def run_child(mutant: Mutant, items: Sequence[pytest.Item], seconds: Sequence[float]) -> int:
    """Return 0 where no test noticed, the number of the test that did plus 1.

    A test that takes far longer than it did before ends the child by a signal.
    """
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    try:
        swap(mutant)
    except (SyntaxError, ValueError, TypeError, NameError):
        return UNUSABLE
    forget()
    for number, item in enumerate(items):
        limit = math.ceil(time.process_time() + 3 * seconds[number] + SPARE_SECONDS)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
        following = items[number + 1] if number + 1 < len(items) else None
        if not passes(item, following):
            return min(number + 1, 240)
    return 0


# --- the run --------------------------------------------------------------------------------------


@dataclass(slots=True)
class Run:
    """The tests, what they reach, and what became of mutants so far; a plug-in of pytest."""

    arguments: argparse.Namespace
    seconds: dict[pytest.Item, float] = field(default_factory=dict)
    reached: dict[CodeType, list[pytest.Item]] = field(default_factory=lambda: defaultdict(list))
    notices: Counter[tuple[str, pytest.Item]] = field(default_factory=Counter)
    outcomes: list[Outcome] = field(default_factory=list)
    all: int = 0

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out what is decided elsewhere, and what starts other programs."""
        items[:] = [item for item in items if not item.nodeid.startswith(SLOW)]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests once as they are, then once for every mutant."""
        if self.arguments.control:
            self.control(session.items)
            return True
        began = time.monotonic()
        mutants = self.drawn()
        say(f"{len(mutants)} mutants in {time.monotonic() - began:.0f} s")
        began = time.monotonic()
        self.learn(session.items)
        say(f"{len(self.seconds)} tests in {time.monotonic() - began:.0f} s")
        gc.collect()
        gc.freeze()
        self.test(mutants)
        return True

    def control(self, items: Sequence[pytest.Item]) -> None:
        """Swap every function for itself: what fails then fails without any mutant."""
        swapped = list(unchanged(self.arguments.only))
        for each in swapped:
            swap(each)
        forget()
        failed = [
            item.nodeid
            for item, following in zip_longest(items, items[1:])
            if not passes(item, following)
        ]
        say(
            f"{len(swapped)} functions swapped for themselves, {len(items)} tests, failed: {failed}"
        )

    def drawn(self) -> list[Mutant]:
        """Return the mutants to test: all, or a sample that the seed settles."""
        every = [change for name in files(self.arguments.only) for change in changes_of(name)]
        self.all = len(every)
        wanted = min(self.arguments.sample or self.all, self.all)
        return [change() for change in random.Random(self.arguments.seed).sample(every, wanted)]

    def learn(self, items: Sequence[pytest.Item]) -> None:
        """Note how long each test takes and which functions it runs; failing ones are left out."""
        for number, item in enumerate(items):
            following = items[number + 1] if number + 1 < len(items) else None
            forget()
            profile = cProfile.Profile(builtins=False)
            began = time.process_time()
            profile.enable()
            try:
                passed = passes(item, following)
            finally:
                profile.disable()
            if not passed:
                say(f"left out, fails unchanged: {item.nodeid}")
                continue
            self.seconds[item] = time.process_time() - began
            for entry in profile.getstats():
                if isinstance(entry.code, CodeType) and "caretally" in entry.code.co_filename:
                    self.reached[entry.code].append(item)

    def order(self, mutant: Mutant) -> list[pytest.Item]:
        """Return the tests that reach a mutant, those that noticed its like first."""
        function = function_at(mutant.module, mutant.path)
        items = self.reached.get(function.__code__, []) if function else []
        where = mutant.name.partition("#")[0]
        ordered = sorted(
            items,
            key=lambda item: (
                -self.notices[where, item],
                -self.notices[mutant.file, item],
                self.seconds[item] / (PREFERENCE if item.nodeid.startswith(FIRST) else 1),
            ),
        )
        most = self.arguments.seconds_each
        spent = accumulate(self.seconds[item] for item in ordered)
        return [item for item, sum_ in zip(ordered, spent, strict=True) if sum_ <= most]

    def test(self, mutants: Sequence[Mutant]) -> None:
        """Fork a child for every mutant, some at a time, until the time is up."""
        began = time.monotonic()
        running: dict[int, tuple[Mutant, list[pytest.Item]]] = {}
        for number, mutant in enumerate(mutants):
            if time.monotonic() - began > self.arguments.seconds:
                break
            items = self.order(mutant)
            if not items:
                self.note(mutant, UNTESTED, "")
                continue
            while len(running) >= self.arguments.children:
                self.reap(running)
            running[self.fork(mutant, items)] = (mutant, items)
            if number % 50 == 0:
                self.report(len(mutants))
        while running:
            self.reap(running)
        self.report(len(mutants), is_last=True)

    def fork(self, mutant: Mutant, items: Sequence[pytest.Item]) -> int:
        """Start a child on a mutant and return its number."""
        seconds = [self.seconds[item] for item in items]
        child = os.fork()
        if child:
            return child
        with open(os.devnull, "w") as nothing:  # noqa: PTH123
            os.dup2(nothing.fileno(), 1)
            os.dup2(nothing.fileno(), 2)
        code = CRASHED
        try:
            code = run_child(mutant, items, seconds)
        finally:
            os._exit(code)

    def reap(self, running: dict[int, tuple[Mutant, list[pytest.Item]]]) -> None:
        """Wait for a child and note what became of its mutant."""
        child, status = os.wait()
        mutant, items = running.pop(child)
        code = os.waitstatus_to_exitcode(status)
        if code == 0:
            self.note(mutant, SURVIVED, "")
        elif code < 0:
            self.note(mutant, TIMEOUT, "")
        elif code >= CRASHED:
            self.note(mutant, BROKEN, "")
        else:
            noticed = items[min(code, len(items)) - 1]
            self.notices[mutant.name.partition("#")[0], noticed] += 1
            self.notices[mutant.file, noticed] += 1
            self.note(mutant, KILLED, noticed.nodeid if code <= len(items) else "")

    def note(self, mutant: Mutant, status: str, by: str) -> None:
        """Keep what became of a mutant; a survivor is said at once."""
        self.outcomes.append(
            Outcome(
                mutant=mutant.name, file=mutant.file, line=mutant.line, before=mutant.before,
                after=mutant.after, status=status, by=by,
            )
        )  # fmt: skip
        if status in (SURVIVED, UNTESTED, BROKEN):
            say(f"{status} {mutant.file}:{mutant.line} {mutant.name}")
            say(f"   - {mutant.before}\n   + {mutant.after}")

    def report(self, drawn: int, *, is_last: bool = False) -> None:
        """Write what is known so far, so that a run that is stopped leaves a report too."""
        counts = Counter(each.status for each in self.outcomes)
        say(f"{len(self.outcomes)} of {drawn}: {dict(counts)}")
        if self.arguments.report and (is_last or len(self.outcomes) >= WORTH_WRITING):
            write_report(self.outcomes, (drawn, self.all), self.arguments, sorted(LEFT_OUT))


TERMINAL = os.dup(2)


def say(text: str) -> None:
    """Say something past pytest's capturing."""
    os.write(TERMINAL, f"{text}\n".encode())


def parsed(arguments: Iterable[str] | None) -> argparse.Namespace:
    """Return the arguments of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=0, help="so many mutants; 0: all")
    parser.add_argument("--seed", type=int, default=1, help="settles the sample")
    parser.add_argument("--only", default="", help="files whose name holds this")
    parser.add_argument("--children", type=int, default=2, help="mutants tested at a time")
    parser.add_argument("--seconds", type=float, default=1e9, help="start no mutant after that")
    parser.add_argument(
        "--seconds-each", type=float, default=30.0, help="CPU time of tests spent on one mutant"
    )
    parser.add_argument("--control", action="store_true", help="swap functions for themselves")
    parser.add_argument("--report", action="store_true", help="write docs and benchmarks")
    return parser.parse_args(None if arguments is None else list(arguments))


def main(arguments: Iterable[str] | None = None) -> int:
    """Run the mutation test."""
    os.environ.setdefault("HYPOTHESIS_PROFILE", "mutation")
    os.chdir(ROOT)
    run = Run(parsed(arguments))
    tests = [test for test in TESTS if Path(test).exists()]
    options = ["-q", "-p", "no:xdist", "-p", "no:cacheprovider", "-o", "faulthandler_timeout=0"]
    pytest.main([*options, *tests], plugins=[run])
    return 0 if run.outcomes or run.arguments.control else 1


if __name__ == "__main__":
    sys.exit(main())
