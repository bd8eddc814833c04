"""A file of JSON lines that several exports write one after the other, and that a kill or a power cut leaves readable.

A file only grows by whole portions of lines, each synced, so what a crash can leave is a torn last line: it is cut off, and the export goes on
after the last whole line, whose `seq` says where that is. The file itself is locked (flock) as long as it is written, so two exports
never write one file; the lock goes with its process. It does not see that a file was written with other options.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import stat
from pathlib import Path
from types import TracebackType

from newscrawler.exceptions import DiskFull, FileBusy, NewscrawlerError, UsageError

_BLOCK = 65_536
_MAX_LINE = 1 << 28  # bytes: no record of ours is as long


def is_appended_to(path: Path) -> bool:
    """Returns whether another process holds a file open for appending now; False for what is no file. Raises OSError."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


class AppendedFile:
    """A file that is open and locked; `seq` is that of its last whole line, None for a file without lines.

    Raises FileBusy when another process writes it, UsageError for what cannot be written or holds no records, DiskFull.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        try:
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK, 0o644)
        except OSError as error:
            raise self._named(error) from error
        try:
            self._lock()
            self.cut = self._cut_torn_line()
            self.seq = self._last_seq()
        except OSError as error:
            os.close(self._handle)
            raise self._named(error) from error
        except BaseException:
            os.close(self._handle)
            raise

    def _lock(self) -> None:
        if not stat.S_ISREG(os.fstat(self._handle).st_mode):
            raise UsageError(f"-o {self.path}: --append needs a file, not a pipe or a device")
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise FileBusy(f"-o {self.path}: another export is writing this file: wait for it, or stop it") from error

    def _cut_torn_line(self) -> int:
        """Cuts off what stands after the last line end; returns the number of bytes."""
        size = os.fstat(self._handle).st_size
        keep = self._after_line_end_before(size)
        if size > keep:
            os.ftruncate(self._handle, keep)
            os.fsync(self._handle)
        os.lseek(self._handle, 0, os.SEEK_END)
        return size - keep

    def _after_line_end_before(self, end: int) -> int:
        """Where the line begins that reaches to `end`; 0 for the first one."""
        at = end
        while at > 0 and end - at < _MAX_LINE:
            start = max(0, at - _BLOCK)
            found = os.pread(self._handle, at - start, start).rfind(b"\n")
            if found >= 0:
                return start + found + 1
            at = start
        if at > 0:
            raise UsageError(f"-o {self.path}: holds no JSON lines of an export: give another file")
        return 0

    def _last_seq(self) -> int | None:
        size = os.fstat(self._handle).st_size
        if not size:
            return None
        start = self._after_line_end_before(size - 1)
        try:
            seq = json.loads(os.pread(self._handle, size - start, start))["seq"]
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(f"-o {self.path}: its last line is no record of an export: give another file") from error
        if not isinstance(seq, int) or isinstance(seq, bool) or seq < 0:
            raise UsageError(f"-o {self.path}: its last line has no seq to go on from: give another file")
        return seq

    def write(self, lines: str) -> None:
        """Appends whole lines and syncs; when it raises, a torn line may be left for the next export to cut."""
        rest = memoryview(lines.encode("utf-8"))
        try:
            while rest:
                rest = rest[os.write(self._handle, rest) :]
            os.fsync(self._handle)
        except OSError as error:
            raise self._named(error) from error

    def _named(self, error: OSError) -> NewscrawlerError:
        kind = DiskFull if error.errno in (errno.ENOSPC, errno.EDQUOT) else UsageError
        return kind(f"-o {self.path}: cannot be written ({error.strerror})")

    def __enter__(self) -> AppendedFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        os.close(self._handle)
