"""The table [alerts] of sources.toml -> where alerts go. Passwords do not stand in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from newscrawler.config.values import Reader, Wrong, page_address, read_table, strings
from newscrawler.exceptions import BadUrl

_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+")


@dataclass(frozen=True, slots=True)
class MailServer:
    """An SMTP server. `scheme` smtps: TLS from the start; smtp+starttls: TLS or nothing (RFC 3207); smtp: no TLS, for a server on this machine."""

    scheme: str
    host: str
    port: int
    user: str | None


@dataclass(frozen=True, slots=True)
class Alerts:
    """Where alerts go, beside the log: a webhook's URL, or a mail server and addresses."""

    webhook: str | None = field(default=None, repr=False)  # such an address is a secret, with or without a password in it
    smtp: MailServer | None = None
    mail_from: str | None = None
    mail_to: tuple[str, ...] = ()

    @property
    def channels(self) -> tuple[str, ...]:
        """The names of what is set up."""
        return tuple(name for name, given in (("webhook", self.webhook), ("mail", self.smtp)) if given)


NO_ALERTS = Alerts()


def alerts_of(table: object) -> Alerts:
    """Returns what a table says; raises Wrong."""
    if not isinstance(table, dict):
        raise Wrong("must be a table [alerts]")
    alerts = Alerts(**read_table(table, _READERS))
    if (alerts.smtp is None) != (not alerts.mail_to):
        raise Wrong("mail needs both smtp and mail_to", "smtp" if alerts.smtp else "mail_to")
    return alerts


def _webhook(value: object) -> str:
    """Returns the URL; no error repeats it, since who knows it may post."""
    try:
        return page_address(value if isinstance(value, str) else "")
    except BadUrl:
        raise ValueError('must be a URL, like "https://hooks.example.com/news"; what is there is not repeated here, since who knows it may post') from None


def _server(value: object) -> MailServer:
    try:
        parts = urlsplit(value if isinstance(value, str) else "")
        port = parts.port
    except ValueError as error:
        raise ValueError(f"{_shown(value)} is no address of a mail server") from error
    if parts.scheme not in _PORTS or not parts.hostname or parts.path.strip("/") or re.search(r"\s", parts.netloc):
        raise ValueError(f'must be like "smtp+starttls://user@mail.example.com:587" (or smtps://, smtp://), not {_shown(value)}')
    if parts.password is not None:
        raise ValueError("no password in this file: set NEWSCRAWLER_SMTP_PASSWORD")
    user = unquote(parts.username) if parts.username else None
    if user and parts.scheme == "smtp":
        raise ValueError("a user's password would go unencrypted: write smtps:// or smtp+starttls://")
    return MailServer(parts.scheme, parts.hostname, port or _PORTS[parts.scheme], user)


def _shown(value: object) -> str:
    """A mistyped server for a message: without what stands before an @, which may hold a password."""
    return repr(f"...{value[value.rindex('@') :]}" if isinstance(value, str) and "@" in value else value)


def _address(value: object) -> str:
    if not isinstance(value, str) or not _ADDRESS.fullmatch(value.strip()):
        raise ValueError(f'must be an address, like "desk@example.com", not {value!r}')
    return value.strip()


_READERS: Mapping[str, Reader] = {
    "webhook": _webhook,
    "smtp": _server,
    "mail_from": _address,
    "mail_to": lambda value: tuple(_address(one) for one in strings([value] if isinstance(value, str) else value)),
}
