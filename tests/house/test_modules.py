"""The size and manners of every tracked module. The auditors' verifier is exempt from sizes: it is one file by design."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from tests.house.files import ROOT, tracked

MODULE_LINES = 400
FUNCTION_LINES = 70
SILENT = ("domain", "application", "projections")
BY_DESIGN = ("audit", "tests/audit")


class Module(NamedTuple):
    """What the rules ask of a module. `name`: its path. `functions`: name → lines. `printing`: lines that do."""

    name: str
    text: str
    purpose: str | None
    functions: list[tuple[str, int]]
    printing: list[int]

    def lies_in(self, *folders: str) -> bool:
        return self.name.startswith(tuple(f"{folder}/" for folder in folders))


@cache
def modules() -> list[Module]:
    return [_read(path) for path in tracked(".py")]


def _read(path: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    module = Module(path.relative_to(ROOT).as_posix(), text, ast.get_docstring(tree), [], [])
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            module.functions.append((node.name, (node.end_lineno or node.lineno) - node.lineno + 1))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            module.printing.append(node.lineno)
    return module


def of_ordinary_size() -> Iterator[Module]:
    return (module for module in modules() if not module.lies_in(*BY_DESIGN))


def test_there_are_modules_to_look_at() -> None:
    folders = {module.name.partition("/")[0] for module in modules()}
    assert folders >= {*SILENT, "api", "audit", "tests"}


def test_a_module_fits_in_four_hundred_lines() -> None:
    lines = {module.name: len(module.text.splitlines()) for module in of_ordinary_size()}
    assert {name: number for name, number in lines.items() if number > MODULE_LINES} == {}


def test_a_function_fits_in_seventy_lines() -> None:
    assert {
        f"{module.name}: {name}": lines
        for module in of_ordinary_size()
        for name, lines in module.functions
        if lines > FUNCTION_LINES
    } == {}


def test_a_module_opens_with_its_purpose() -> None:
    assert [module.name for module in modules() if not module.purpose] == []


def test_an_exception_from_a_rule_names_the_rule_and_the_reason() -> None:
    comments = chain.from_iterable(map(_comments, modules()))
    assert [
        f"{name}: {comment}"
        for name, comment in comments
        if re.match(r"# noqa", comment)
        and not re.match(r"# noqa: [A-Z]+\d+(, ?[A-Z]+\d+)* +[-—–] +\w", comment)
    ] == []


def _comments(module: Module) -> Iterator[tuple[str, str]]:
    if "# noqa" in module.text:  # to tell a comment from a text that holds one is slow
        for token in tokenize.generate_tokens(io.StringIO(module.text).readline):
            if token.type == tokenize.COMMENT:
                yield module.name, token.string


def test_only_the_edge_prints() -> None:
    assert {
        module.name: module.printing for module in modules() if module.lies_in(*SILENT) and module.printing
    } == {}
