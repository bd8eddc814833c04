"""Connections to a server that answer or fail within a time, for callers that have more to do than to wait.

A server that has fallen silent (stopped, paused, behind a network that drops or a proxy that stalls) is no error to libpq, which waits for
ever; `tcp_user_timeout` and keepalives tell only of a peer whose kernel is gone, and `statement_timeout` is up to the server itself. So a
connection that is in use for longer than its patience is shut down from this side, and whoever waits for it gets the driver's error.
`statement_timeout`, a little shorter, makes a server that does live give up by itself, or each try would leave one more session waiting for
the same lock; and `idle_in_transaction_session_timeout` frees what a client held that is no more.

They are set by SET, not by the parameter `options` at the start of a session, which poolers in between refuse.
"""

from __future__ import annotations

import os
import socket
import threading
from contextlib import suppress
from typing import Any

import sqlalchemy as sa

_IDLE = 60  # seconds after which a server ends a transaction of which nothing is heard


def connect_arguments(patience: float) -> dict[str, Any]:
    """What makes libpq give up a connection that does not come about; two seconds are the least that it knows."""
    return {"connect_timeout": max(2, round(patience))}


def limit(engine: sa.Engine, patience: float) -> None:
    """From now on no transaction of a PostgreSQL engine takes longer than `patience` seconds: it fails as one whose server is gone."""
    watched: dict[Any, _Watch] = {}

    def begin(connection: Any, _record: Any, *_: Any) -> None:
        end(connection)
        watched[connection] = _Watch(connection, patience)

    def end(connection: Any, *_: Any) -> None:
        if connection is not None and (watch := watched.pop(connection, None)) is not None:
            watch.close()

    def connected(connection: Any, record: Any) -> None:
        begin(connection, record)  # SQLAlchemy asks a new one several things
        _set_timeouts(connection, patience)

    sa.event.listen(engine, "connect", connected, insert=True)
    sa.event.listen(engine, "checkout", begin)
    for name in ("checkin", "close", "invalidate", "close_detached"):
        sa.event.listen(engine, name, end)


def _set_timeouts(connection: Any, patience: float) -> None:
    """For the whole session, so outside of a transaction, which might be rolled back."""
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SET statement_timeout = {round(patience * 800)}")  # milliseconds
            cursor.execute(f"SET idle_in_transaction_session_timeout = {_IDLE * 1000}")
    finally:
        with suppress(Exception):  # it is broken, and the error that says so is on its way
            connection.autocommit = False


class _Watch:
    """Shuts the socket of a connection down when its time is over. It has a file descriptor of its own: that of the connection may be another's by then."""

    def __init__(self, connection: Any, seconds: float) -> None:
        self._socket = socket.socket(fileno=os.dup(connection.fileno()))
        self._timer = threading.Timer(seconds, self._shut)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._closed = False
        self._timer.start()

    def _shut(self) -> None:
        with self._lock, suppress(OSError):  # OSError: it is shut already
            if not self._closed:
                self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._timer.cancel()
        with self._lock:
            self._closed = True
            self._socket.close()
