"""Imports point one way: a table of layers, and a reader of every module's imports that holds the tree to it.

Imports are read from the syntax tree, so those inside functions and under TYPE_CHECKING count too, and so does
`import_module("...")` with a written-out name. A module that stands on no layer is a violation: put it on one here.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "newscrawler"


@dataclass(frozen=True)
class Layer:
    """What the modules of one layer may import: parts of newscrawler, and packages that are not for everyone."""

    parts: frozenset[str]
    packages: frozenset[str] = frozenset()


SQL = frozenset({"sqlalchemy", "alembic"})
SCRAPY = frozenset({"scrapy", "twisted", "zope", "itemadapter"})
GUARDED = SQL | SCRAPY

BOTTOM = frozenset({"items", "exceptions", "config", "chinese", "rights"})
PLAIN = BOTTOM | {"decode", "clean", "dedupe", "extract", "store", "frontier", "export", "schedule", "report", "sample"}
SCRAPY_SIDE = frozenset({"spiders", "middlewares", "pipelines", "extensions", "settings", "addon", "logformat"})
ROOT = ""  # newscrawler/__init__.py: the map, and the public names on first use

LAYERS = {
    "items": Layer(frozenset()),
    "exceptions": Layer(frozenset()),
    "config": Layer(frozenset({"exceptions", "rights"})),
    "rights": Layer(frozenset({"items"})),
    "chinese": Layer(frozenset()),
    "clean": Layer(BOTTOM),
    "dedupe": Layer(BOTTOM),
    "decode": Layer(BOTTOM | {"clean"}),
    "extract": Layer(BOTTOM | {"decode", "clean", "dedupe"}),
    "store": Layer(BOTTOM | {"decode", "clean", "dedupe", "extract"}, SQL),
    "frontier": Layer(BOTTOM | {"decode", "clean", "dedupe", "extract", "store", "export", "report"}, SQL),
    "export": Layer(BOTTOM | {"decode", "clean", "dedupe", "extract", "store"}),
    "schedule": Layer(BOTTOM | {"store"}),
    "report": Layer(BOTTOM | {"dedupe", "store", "export"}),
    "sample": Layer(BOTTOM),
    **{part: Layer(PLAIN | SCRAPY_SIDE | {ROOT}, SCRAPY) for part in SCRAPY_SIDE},
    "cli": Layer(PLAIN | SCRAPY_SIDE | {ROOT}, SCRAPY),
    "__main__": Layer(frozenset({"cli"})),
    ROOT: Layer(frozenset({"clean", "decode", "extract"})),
}


def violations(package: Path) -> list[str]:
    """One line for each import that points the wrong way, and for each module without a layer."""
    modules = {_module_name(package, path): path for path in sorted(package.rglob("*.py"))}
    return [line for module, path in modules.items() for line in _violations_of(module, path, set(modules))]


def _violations_of(module: str, path: Path, modules: set[str]) -> Iterator[str]:
    part = _part(module)
    if part not in LAYERS:
        yield f"{module} stands on no layer"
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for line, target in _imports(tree, module, modules, is_package=path.name == "__init__.py"):
        if not _allowed(part, target):
            yield f"{module}:{line} may not import {target}"


def _allowed(part: str, target: str) -> bool:
    top = target.partition(".")[0]
    if top == "newscrawler":
        return _part(target) == part or _part(target) in LAYERS[part].parts
    return top not in GUARDED or top in LAYERS[part].packages


def _imports(tree: ast.AST, module: str, modules: set[str], *, is_package: bool) -> Iterator[tuple[int, str]]:
    """Line and full name of each import. `from newscrawler import clean` is one of newscrawler.clean."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(names=names):
                base = _base(node, module, is_package)
                yield from ((node.lineno, target) for alias in names if (target := _target(base, alias.name, modules)))
            case ast.Call(func=ast.Name(id="import_module" | "__import__"), args=[ast.Constant(value=str(name)), *_]):
                yield node.lineno, name
            case ast.Call(func=ast.Attribute(attr="import_module"), args=[ast.Constant(value=str(name)), *_]):
                yield node.lineno, name


def _base(node: ast.ImportFrom, module: str, is_package: bool) -> str:
    """The absolute name of what stands between `from` and `import`."""
    if not node.level:
        return node.module or ""
    up = node.level - 1 if is_package else node.level
    parents = module.split(".")[: len(module.split(".")) - up]
    return ".".join([*parents, *([node.module] if node.module else [])])


def _target(base: str, name: str, modules: set[str]) -> str | None:
    """The module that a from-import reaches; None for `from newscrawler import __version__`, which weighs nothing."""
    if base == "newscrawler" and name.startswith("__") and name != "__main__":
        return None
    full = f"{base}.{name}"
    is_part = base == "newscrawler" and name in LAYERS
    return full if full in modules or is_part else base


def _module_name(package: Path, path: Path) -> str:
    parts = path.relative_to(package.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _part(module: str) -> str:
    """The first name below newscrawler: "store" of newscrawler.store.ledger."""
    return [*module.split("."), ROOT][1]


def test_imports_point_one_way() -> None:
    assert violations(PACKAGE) == []


def test_every_module_is_read() -> None:
    assert len(list(PACKAGE.rglob("*.py"))) >= 10


# What somebody might write, in which module, and the line that the checker answers with (None: nothing to say).
MADE_UP = {
    "upwards": ("clean/__init__.py", "from newscrawler.store import tables", "newscrawler.clean:1 may not import newscrawler.store.tables"),
    "in a function": ("items.py", "def f():\n    import newscrawler.clean\n", "newscrawler.items:2 may not import newscrawler.clean"),
    "for types only": (
        "dedupe/near.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from newscrawler.extract import Page\n",
        "newscrawler.dedupe.near:3 may not import newscrawler.extract",
    ),
    "relative": ("decode/page.py", "from ..store.tables import pages", "newscrawler.decode.page:1 may not import newscrawler.store.tables"),
    "relative from a package": ("decode/__init__.py", "from .. import export", "newscrawler.decode:1 may not import newscrawler.export"),
    "by its parent": ("clean/text.py", "from newscrawler import frontier", "newscrawler.clean.text:1 may not import newscrawler.frontier"),
    "by a public name": ("store/rows.py", "from newscrawler import clean_text", "newscrawler.store.rows:1 may not import newscrawler"),
    "by its name": (
        "extract/__init__.py",
        "import importlib\nimportlib.import_module('scrapy.http')\n",
        "newscrawler.extract:2 may not import scrapy.http",
    ),
    "sideways": ("export/next.py", "import newscrawler.frontier", "newscrawler.export.next:1 may not import newscrawler.frontier"),
    "scrapy": ("frontier/next.py", "from scrapy import Request", "newscrawler.frontier.next:1 may not import scrapy"),
    "twisted": ("export/feed.py", "import twisted.internet as t", "newscrawler.export.feed:1 may not import twisted.internet"),
    "sql outside the store": ("cli/status.py", "import sqlalchemy as sa", "newscrawler.cli.status:1 may not import sqlalchemy"),
    "sql in a spider": ("spiders/news.py", "from alembic import command", "newscrawler.spiders.news:1 may not import alembic"),
    "scrapy's side": ("dedupe/near.py", "import newscrawler.addon", "newscrawler.dedupe.near:1 may not import newscrawler.addon"),
    "no layer": ("utils.py", "", "newscrawler.utils stands on no layer"),
    "downwards": ("extract/page.py", "from newscrawler.clean import clean_text\nfrom newscrawler.items import Page\n", None),
    "its own layer": ("store/rows.py", "from .tables import pages\nimport newscrawler.store.tables, sqlalchemy\n", None),
    "the version": ("clean/text.py", "from newscrawler import __version__", None),
    "cli may do much": ("cli/crawl.py", "import scrapy\nfrom newscrawler import settings, store, read_page\n", None),
}


@pytest.mark.parametrize("name", MADE_UP)
def test_the_checker_itself(name: str, tmp_path: Path) -> None:
    where, source, expected = MADE_UP[name]
    package = tmp_path / "newscrawler"
    for file, text in {"__init__.py": "", "store/__init__.py": "", "store/tables.py": "pages = 1\n", where: source}.items():
        (package / file).parent.mkdir(parents=True, exist_ok=True)
        (package / file).write_text(text, encoding="utf-8")
    assert violations(package) == ([expected] if expected else [])


@pytest.mark.parametrize("modules", ["newscrawler, newscrawler.clean", "newscrawler.decode, newscrawler.extract, newscrawler.dedupe"])
def test_plain_imports_stay_light(modules: str) -> None:
    program = f"import sys, {modules}; print(*sorted({set(GUARDED)!r} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    assert answer.stdout.split() == []
