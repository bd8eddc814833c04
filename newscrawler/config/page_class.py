""" "module:Class" -> an object of that class, which reads the pages of a source.

The module is looked for where Python looks, and then in the folder of sources.toml. Importing it runs it, so a sources.toml with
a `page` is as much to be trusted as a program; nothing that is fetched can name a class.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*:[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class PageClass:
    """A class as the file names it, and an object of it."""

    name: str
    page: Any


class Unusable:
    """In place of an object whose class cannot be had: raises at each page, which is then read without it, and that is logged."""

    def __init__(self, fault: str) -> None:
        self.fault = fault

    def read_article(self, _page: Any) -> Any:
        """Raises RuntimeError with the reason."""
        raise RuntimeError(self.fault)


def page_class_in(folder: Path, needed: bool = True) -> Callable[[object], PageClass]:
    """Returns the reader of `page` for a file in a folder; it raises ValueError for what cannot be imported or has no `read_article`.

    Where the class is not `needed`, because its source is not crawled now, an Unusable stands in for one that cannot be had.
    """

    def read(value: object) -> PageClass:
        if not isinstance(value, str) or not _NAME.fullmatch(value):
            raise ValueError(f'must name a class, like "mymodule:MyPage", not {value!r}')
        try:
            return PageClass(value, _object(value, folder))
        except ValueError as error:
            if needed:
                raise
            return PageClass(value, Unusable(str(error)))

    return read


def _object(name: str, folder: Path) -> Any:
    module, _, attribute = name.partition(":")
    if (place := str(folder.resolve())) not in sys.path:
        sys.path.append(place)
    importlib.invalidate_caches()
    try:
        found = getattr(importlib.import_module(module), attribute)
    except AttributeError as error:
        raise ValueError(f"{name!r}: {error}") from error
    except (Exception, SystemExit) as error:
        raise ValueError(f"{name!r} cannot be imported: {_told(error)}") from error
    if not isinstance(found, type) or not callable(getattr(found, "read_article", None)):
        raise ValueError(f"{name!r} is no class with a method read_article(self, page)")
    try:
        return found()
    except (Exception, SystemExit) as error:
        raise ValueError(f"{name!r} cannot be made without arguments: {_told(error)}") from error


def _told(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())
