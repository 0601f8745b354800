"""How the house is built: each module says what it is for, none grows too large, its rules read no clock."""

from __future__ import annotations

import ast
import re
import tomllib

import pytest
from tests.house.walk import ROOT, SRC, committed, imports, named, python_files, tree

MODULE_LINES, FUNCTION_LINES = 500, 70


def test_every_module_says_what_it_is_for():
    silent = [named(p) for p in python_files("src", "tests", "bench") if not (ast.get_docstring(tree(p)) or "").strip()]
    assert silent == []


def test_no_module_is_longer_than_a_person_reads():
    assert [named(p) for p in python_files("src") if len(p.read_text().splitlines()) > MODULE_LINES] == []


def test_no_function_is_longer_than_a_screen():
    long = [
        f"{named(p)}:{node.lineno} {node.name}"
        for p in python_files("src")
        for node in ast.walk(tree(p))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno + 1 > FUNCTION_LINES
    ]
    assert long == []


CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
FORBIDDEN = {
    name
    for contract in CONTRACTS
    if contract["type"] == "forbidden" and "tocsin.domain" in contract["source_modules"]
    for name in contract["forbidden_modules"]
} | {"importlib", "subprocess", "threading", "io", "sys", "__import__"}
MAY_IMPORT = {
    "facts": ("tocsin.facts", "msgspec", "__future__", "typing", "collections", "functools", "math", "re"),
    "domain": (
        "tocsin.facts",
        "tocsin.domain",
        "msgspec",
        "__future__",
        "typing",
        "collections",
        "functools",
        "math",
        "operator",
        "re",
        "unicodedata",
    ),
}


def allowed(name: str, layer: str) -> bool:
    """Whether a module of this layer may import `name`."""
    return any(name == one or name.startswith(f"{one}.") for one in MAY_IMPORT[layer])


@pytest.mark.parametrize("layer", MAY_IMPORT)
def test_facts_and_domain_read_no_clock_dice_disk_or_network(layer):
    found = [
        f"{named(p)}:{line} imports {name}"
        for p in python_files(f"src/tocsin/{layer}")
        for line, name in imports(tree(p))
        if not allowed(name, layer) or name.split(".")[0] in FORBIDDEN
    ]
    assert found == []
    assert {"time", "random", "os", "asyncio", "sqlite3"} <= FORBIDDEN


def test_an_import_is_found_wherever_it_hides():
    code = "def f():\n    import time\n    from os import path\n    from tocsin import log\n    __import__('random')\n"
    assert {name for _, name in imports(ast.parse(code))} >= {"time", "os", "tocsin.log", "__import__"}
    assert not any(allowed(name, "domain") for name in ("time", "os", "tocsin.log", "tocsin", "__import__"))


def test_nothing_in_facts_or_domain_opens_or_prints():
    calls = [
        f"{named(p)}:{node.lineno} {node.func.id}"
        for layer in MAY_IMPORT
        for p in python_files(f"src/tocsin/{layer}")
        for node in ast.walk(tree(p))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("open", "print", "input", "eval", "exec")
    ]
    assert calls == []


# -- names ------------------------------------------------------------------------------------------------------------

UNIT_FIRST = re.compile(
    r"_*(?:s|ms|m|km|mps|kmh|deg|seconds|minutes|hours|metres|meters|degrees)_(?!by_|per_|a_|iso)[a-z]"
)
UNIT_SPELLED = re.compile(r"[a-z]_(?:seconds|secs|sec|millis|metres|meters|kilometres|meters_per_second)$")


def quantities(module: ast.AST):
    """Names that hold something: arguments, fields and variables."""
    for node in ast.walk(module):
        if isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id


def misnamed(module: ast.AST) -> list[str]:
    """Names with their unit in front, or spelled out."""
    return [
        f"{line} {name}" for line, name in quantities(module) if UNIT_FIRST.match(name) or UNIT_SPELLED.search(name)
    ]


def test_units_stand_last_in_names():
    assert [f"{named(p)}:{bad}" for p in python_files("src") for bad in misnamed(tree(p))] == []


@pytest.mark.parametrize("name", ["s_limit", "seconds_left", "m_radius", "km_total", "radius_meters", "wait_seconds"])
def test_a_misnamed_quantity_is_found(name):
    assert misnamed(ast.parse(f"def f({name}): pass"))
    assert not misnamed(ast.parse("def f(eta_s, radius_m, speed_mps, heading_deg, km_by_class, s, m): pass"))


# -- what is committed ------------------------------------------------------------------------------------------------

# Put together here so that this file does not hold what it looks for.
ADDRESSES = [
    "pypi" + ".org",
    "python" + "hosted",
    "registry." + "npmjs",
    "registry." + "yarnpkg",
    "proxy.golang" + ".org",
    "index.crates" + ".io",
    "deb." + "debian.org",
]
MACHINE = re.compile(rb"(?<![\w./~-])/(?:" + b"|".join((b"work", b"tmp", b"root", b"Users")) + rb")/[\w.-]")


def strangers(data: bytes) -> list[str]:
    """Registry addresses and paths of one machine in a text file."""
    if b"\0" in data:
        return []
    found = [address for address in ADDRESSES if address.encode() in data]
    return found + [match[0].decode() for match in MACHINE.finditer(data)]


def test_no_committed_file_names_a_registry_or_a_path_of_one_machine():
    found = [f"{named(p)}: {what}" for p in committed() for what in strangers(p.read_bytes())]
    assert found == []


def test_such_a_name_is_found():
    assert strangers(b"index-url = https://" + ADDRESSES[0].encode())
    assert strangers(b'path = "/' + b'tmp/x"')
    for place in (b"work", b"tmp"):  # inside a path or an address they are nobody's machine
        assert not strangers(b"docs/%b/x.md https://example.org/%b/x /api/log/head" % (place, place))


def test_only_the_app_names_a_concrete_store():
    """The layers let all above import `log`; which store it is, is the app's business, and the log's own tools'.

    The log in memory touches no disk: a world that lasts as long as its process may make its own.
    """
    found = [
        f"{named(p)}:{line}"
        for p in python_files("src")
        if p not in (SRC / "app.py",) and SRC / "log" not in p.parents and SRC / "cli" not in p.parents
        for line, name in imports(tree(p))
        if name.startswith(("tocsin.log.sqlite", "tocsin.log.postgres"))
    ]
    assert found == []
