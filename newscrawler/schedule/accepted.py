"""The sources as they were last accepted, kept for the crawls: what is wrong in the file by now must not stop what was right.

A crawl reads a private copy, not the file. The copy is written anew when it is not there any more: a schedule runs for longer than
temporary files are kept (systemd-tmpfiles removes them after ten days).
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from newscrawler.config import Source, read_sources
from newscrawler.exceptions import BadSource


class Accepted:
    """Reads a file of sources, and keeps its text when it is good. `folder` is where it stands: `page` classes are beside it."""

    def __init__(self, file: str) -> None:
        self.file, self.folder = file, str(Path(file).parent.resolve())
        self._text, self._is_new = b"", True
        self._copies: list[Path] = []  # a crawl that has just been started may still have to read one that is not the newest

    def read(self) -> Sequence[Source]:
        """Returns the sources of now, which crawls have from now on; raises BadSource, and then all stays as it was."""
        text = None
        while True:  # until what was checked and what is kept are the same: the file may be written meanwhile
            sources = read_sources(self.file)
            try:
                found = Path(self.file).read_bytes()
            except OSError as error:
                raise BadSource(f"{self.file}: cannot be read ({error.strerror})") from error
            if found == text:
                self._is_new, self._text = self._is_new or text != self._text, text
                return sources
            text = found

    def copy(self) -> str:
        """The path of the copy, only for this user's eyes; raises OSError where it cannot be written."""
        if self._is_new or not (self._copies[-1] / "sources.toml").exists():
            folder = Path(tempfile.mkdtemp(prefix="newscrawler-"))
            (folder / "part").write_bytes(self._text)
            (folder / "part").replace(folder / "sources.toml")
            self._copies.append(folder)
            self._is_new = False
        return str(self._copies[-1] / "sources.toml")

    def close(self) -> None:
        """Removes the copies."""
        for folder in self._copies:
            shutil.rmtree(folder, ignore_errors=True)
        self._copies, self._is_new = [], True
