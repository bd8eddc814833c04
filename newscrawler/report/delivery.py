"""Sends what alerts have to tell: a POST of JSON to a webhook, a mail by SMTP. After a crawl, with bounded patience.

Each notice is tried TRIES times within the PATIENCE of all; what nobody took is tried again after the next crawls, for three days, and
stands in `newscrawler status` meanwhile. Sent at least once: a sender that is killed after the other side took it and before it is
marked sends it again, with the same id (`id` and Idempotency-Key, Message-ID).
"""

from __future__ import annotations

import base64
import http.client
import json
import logging
import os
import smtplib
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from threading import Thread
from urllib.parse import unquote, urlsplit, urlunsplit

from newscrawler import __version__
from newscrawler.config import Alerts
from newscrawler.exceptions import StoreError
from newscrawler.report.words import mail, notice
from newscrawler.store import alerts as kept
from newscrawler.store import connect

logger = logging.getLogger(__name__)
TIMEOUT = 10.0  # of one step of a connection
TRIES = 3
PAUSE = 1.0  # before the second try, then doubled
PATIENCE = 30.0  # of all sending after one crawl
PASSWORD = "NEWSCRAWLER_SMTP_PASSWORD"  # noqa: S105 (the name of a variable)

Send = Callable[[kept.Notice], None]


class NotTaken(Exception):
    """Raised within this module when the other side did not take a notice; `final`: asking again at once is no use."""

    def __init__(self, message: str, final: bool = False) -> None:
        super().__init__(message)
        self.final = final


def deliver(db: str, alerts: Alerts, patience: float = PATIENCE) -> None:
    """Sends what is not sent yet, in a thread that is left alone after `patience` seconds: what it did not send is sent after the next crawl.

    Raises nothing: what went wrong is logged and kept beside the notice.
    """
    if not alerts.channels:
        return
    thread = Thread(target=_deliver, args=(db, alerts, time.monotonic() + patience), name="alerts", daemon=True)
    thread.start()
    thread.join(patience + TIMEOUT)
    if thread.is_alive():
        logger.warning("alerts: not all were sent within %.0f seconds: the next crawl tries again", patience)


def _deliver(db: str, alerts: Alerts, until: float) -> None:
    senders: dict[str, Send] = {"webhook": lambda one: post(alerts.webhook or "", one), "mail": lambda one: send_mail(alerts, one)}
    try:
        engine = connect(db, write=True)
        try:
            for channel in alerts.channels:
                while time.monotonic() < until and (one := kept.claim(engine, channel, time.time())):
                    _try(engine, one, senders[channel], until)
        finally:
            engine.dispose()
    except StoreError as error:
        logger.error("alerts could not be sent: %s", error)


def _try(engine: kept.Engine, one: kept.Notice, send: Send, until: float) -> None:
    pause = PAUSE
    for attempt in range(1, TRIES + 1):
        try:
            send(one)
        except NotTaken as error:
            if error.final or attempt == TRIES or time.monotonic() + pause > until:
                logger.warning("alerts: %s did not take %s/%s: %s", one.channel, one.alert.id, one.event, error)
                kept.failed(engine, one, str(error), time.time() + kept.CLAIM_SECONDS)
                return
            time.sleep(pause)
            pause *= 2
        else:
            kept.sent(engine, one, time.time())
            return


def _opener() -> urllib.request.OpenerDirector:
    """Only http and https, by the environment's proxies; follows no redirect, which could lead anywhere and drops the body."""
    opener = urllib.request.OpenerDirector()
    for handler in (urllib.request.ProxyHandler, urllib.request.HTTPHandler, urllib.request.HTTPSHandler, urllib.request.HTTPErrorProcessor,
                    urllib.request.HTTPDefaultErrorHandler):  # fmt: skip
        opener.add_handler(handler())
    return opener


def post(url: str, one: kept.Notice) -> None:
    """POSTs a notice; a status of 2xx means that it was taken. Raises NotTaken, which says nothing of the URL: it is a secret.

    A user and password in the URL go as an Authorization header (Basic, RFC 7617), since no HTTP request has them in its URL (RFC 9110, section 4.2.4).
    """
    said = notice(one.alert, one.event)
    address, credentials = _without_user(url)
    headers = {"Content-Type": "application/json", "User-Agent": f"newscrawler/{__version__}", "Idempotency-Key": said["id"], **credentials}
    request = urllib.request.Request(address, json.dumps(said, ensure_ascii=False).encode(), headers, method="POST")  # noqa: S310 (config: http, https)
    try:
        with _opener().open(request, timeout=TIMEOUT):
            return
    except urllib.error.HTTPError as error:
        error.close()
        raise NotTaken(f"HTTP {error.code}", final=error.code < 500 and error.code not in (408, 425, 429)) from error
    except OSError as error:
        raise NotTaken(f"{getattr(error, 'reason', None) or error or type(error).__name__}") from error
    except http.client.InvalidURL:
        raise NotTaken("its URL cannot be written into a request", final=True) from None
    except http.client.HTTPException as error:
        raise NotTaken(f"no HTTP answer ({type(error).__name__})") from error
    except ValueError:  # a URL with other than ASCII, say
        raise NotTaken("its URL cannot be written into a request", final=True) from None


def _without_user(url: str) -> tuple[str, dict[str, str]]:
    """The URL without user and password, and the header that says them instead."""
    parts = urlsplit(url)
    userinfo, at, host = parts.netloc.rpartition("@")
    if not at:
        return url, {}
    user, _, password = userinfo.partition(":")
    token = base64.b64encode(f"{unquote(user)}:{unquote(password)}".encode()).decode()
    return urlunsplit(parts._replace(netloc=host)), {"Authorization": f"Basic {token}"}


def send_mail(alerts: Alerts, one: kept.Notice) -> None:
    """Sends a notice as a mail to all addresses; one that the server refuses is logged. Raises NotTaken."""
    server = alerts.smtp
    assert server is not None
    message = mail(one.alert, one.event, alerts.mail_from or alerts.mail_to[0], alerts.mail_to)
    context = ssl.create_default_context()
    try:
        plain = server.scheme != "smtps"
        with (
            smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
            if plain
            else smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT, context=context) as smtp
        ):
            if server.scheme == "smtp+starttls":
                smtp.starttls(context=context)
            if server.user:
                smtp.login(server.user, os.environ.get(PASSWORD, ""))
            for address, said in smtp.send_message(message).items():
                logger.warning("alerts: the mail server refuses %s: %s", address, said)
    except smtplib.SMTPResponseException as error:
        raise NotTaken(f"SMTP {error.smtp_code} {error.smtp_error!r}", final=error.smtp_code >= 500) from error
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise NotTaken(f"{error or type(error).__name__}") from error
