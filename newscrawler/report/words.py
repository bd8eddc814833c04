"""An alert -> a line for the log, an object for a webhook, a mail."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from newscrawler.export.collected import utc
from newscrawler.store.alerts import Alert

SCHEMA = "newscrawler.alert/1"
_OF = {"duplicates": "pages", "failed answers": "answers"}
_NAMES = {"length": "length of text", "repairs": "repairs an article", "author": "articles with author", "date": "articles with date",
          "keywords": "articles with keywords", "repaired": "repaired articles"}  # fmt: skip


def line(alert: Alert, event: str) -> str:
    """The event in one line: what, how much, how much is usual, and where it turned."""
    name = _NAMES.get(alert.field, alert.field)
    if event == "back":
        return f"{alert.origin}: {name}: back to normal: {_amount(alert, alert.closed_value or 0.0)}"
    said = f"{alert.origin}: {name}: {_amount(alert, alert.value)}, usually {_amount(alert, alert.expected)} ({_basis(alert)})"
    if alert.last_good:
        said += f"; last good page {alert.last_good}"
    if alert.first_bad:
        said += f"; first bad page {alert.first_bad}"
    return said


def _amount(alert: Alert, value: float) -> str:
    if alert.field in ("articles", "length", "repairs"):
        return f"{value:,.0f}" if value >= 10 or value == round(value) else f"{value:.1f}"
    return f"{value:.0%}"


def _basis(alert: Alert) -> str:
    number = f"in {alert.number} run{'s'[: alert.number != 1]}" if alert.field == "articles" else f"of {alert.number} {_OF.get(alert.field, 'articles')}"
    return f"{number}, against {alert.runs} earlier {'ones' if alert.field == 'articles' else 'runs'}"


def notice(alert: Alert, event: str) -> dict[str, Any]:
    """The object that a webhook gets. `id` is the same however often it is sent."""
    return {
        "schema": SCHEMA,
        "id": f"{alert.id}/{event}",
        "alert": alert.id,
        "event": event,
        "origin": alert.origin,
        "field": alert.field,
        "value": alert.value if event == "out" else alert.closed_value,
        "expected": alert.expected,
        "number": alert.number,
        "runs": alert.runs,
        "run_id": str(alert.opened_run if event == "out" else alert.closed_run),
        "opened_at": utc(alert.opened_at),
        "closed_at": None if alert.closed_at is None else utc(alert.closed_at),
        "last_good": alert.last_good,
        "first_bad": alert.first_bad,
        "message": line(alert, event),
    }


def mail(alert: Alert, event: str, sender: str, to: tuple[str, ...]) -> EmailMessage:
    """The mail of an event; its Message-ID is the same however often it is sent."""
    message = EmailMessage()
    name = _NAMES.get(alert.field, alert.field)
    message["Subject"] = f"newscrawler: {alert.origin}: {name}{' is back to normal' if event == 'back' else ' fell out'}"
    message["From"] = sender
    message["To"] = ", ".join(to)
    at = alert.opened_at if event == "out" or alert.closed_at is None else alert.closed_at
    message["Date"] = format_datetime(datetime.fromtimestamp(at, UTC))
    message["Message-ID"] = f"<{alert.id}.{event}@newscrawler.invalid>"
    message.set_content(line(alert, event).replace("; ", "\n") + f"\n\nrun {alert.opened_run if event == 'out' else alert.closed_run}, alert {alert.id}\n")
    return message
