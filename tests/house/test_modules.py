"""The size and manners of every tracked module. The auditors' verifier is exempt from sizes: it is one file by design."""

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

from tests.house.files import ROOT, shown, tracked

MODULE_LINES = 400
FUNCTION_LINES = 70
SILENT = ("domain", "application", "projections")

MODULES = [pytest.param(path, id=shown(path)) for path in tracked(".py")]
OF_ORDINARY_SIZE = [
    pytest.param(path, id=shown(path))
    for path in tracked(".py")
    if path.relative_to(ROOT).parts[0] != "audit" and path.relative_to(ROOT).parts[:2] != ("tests", "audit")
]

each_module = pytest.mark.parametrize("path", MODULES)
each_module_of_ordinary_size = pytest.mark.parametrize("path", OF_ORDINARY_SIZE)


@each_module_of_ordinary_size
def test_a_module_fits_in_four_hundred_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MODULE_LINES


@each_module_of_ordinary_size
def test_a_function_fits_in_seventy_lines(path: Path) -> None:
    long = {
        node.name: lines
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    }
    assert not long


@each_module
def test_a_module_opens_with_its_purpose(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text()))


@each_module
def test_an_exception_from_a_rule_names_the_rule_and_the_reason(path: Path) -> None:
    comments = (
        token.string
        for token in tokenize.generate_tokens(io.StringIO(path.read_text()).readline)
        if token.type == tokenize.COMMENT
    )
    unexplained = [
        comment
        for comment in comments
        if re.match(r"# noqa", comment)
        and not re.match(r"# noqa: [A-Z]+\d+(, ?[A-Z]+\d+)* +[-—–] +\w", comment)
    ]
    assert not unexplained


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, id=shown(path))
        for folder in SILENT
        for path in tracked(".py")
        if path.is_relative_to(ROOT / folder)
    ],
)
def test_only_the_edge_prints(path: Path) -> None:
    printing = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not printing
