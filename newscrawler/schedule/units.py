"""A systemd unit and a cron line for a schedule, quoted for the program that reads them (systemd.syntax(7), systemd.service(5), crontab(5))."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

_UNIT = """\
# /etc/systemd/system/newscrawler.service, then: systemctl daemon-reload && systemctl enable --now newscrawler
# `systemctl reload newscrawler` reads the sources again; `systemctl stop` lets running crawls end.
[Unit]
Description=newscrawler: crawls sources when they are due
Wants=network-online.target
After=network-online.target

[Service]
WorkingDirectory={folder}
ExecStart={command}
ExecReload=/bin/kill -HUP $MAINPID
KillMode=mixed
TimeoutStopSec={seconds}
Restart=on-failure
RestartSec=10

[Install]
WantedBy=multi-user.target
"""
_CRON = """\
# crontab -e: looks every minute whether something is due; --once leaves what another one has in hand
* * * * * cd {folder} && {command} >>{log} 2>&1
"""


def systemd_unit(words: Sequence[str], folder: str, seconds: int) -> str:
    """The text of a unit that runs a command in a folder; `seconds`: how long a stop waits for crawls to end."""
    return _UNIT.format(folder=folder.replace("%", "%%"), command=" ".join(_systemd_word(word) for word in words), seconds=seconds)


def _systemd_word(word: str) -> str:
    """A word of ExecStart: in double quotes, with specifiers and variables taken literally."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'


def cron_lines(words: Sequence[str], folder: str, log: str) -> str:
    """Lines for a crontab that run a command in a folder; a percent sign would be a line's end to cron."""
    shell = {"folder": shlex.quote(folder), "command": shlex.join(words), "log": shlex.quote(log)}
    return _CRON.format(**{name: text.replace("%", "\\%") for name, text in shell.items()})
