"""Encodings in seven bits, told by their escapes: HZ (RFC 1843), ISO-2022-JP (RFC 1468), ISO-2022-KR (RFC 1557), ISO-2022-CN (GB 2312 part).

Each is rewritten to the eight-bit form of the same character set, which is then decoded as any other. Python's codecs of
these encodings lose the rest of a page after one missing byte: they read the next "~}" as half a pair and go on in the
wrong state. Here an escape is always an escape ("}" and ESC start no pair), and no run of pairs outlives its line or, where
its end is missing, the next end tag, so that a spoiled byte costs its own paragraph at most.

What it cannot do: a run whose opening escape was spoiled stays as its ASCII letters. Where a run without an end holds
characters that spell a tag (</p>), it is cut there.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_RAISED = bytes(byte | 0x80 for byte in range(256))
_TAG = re.compile(rb"</?[A-Za-z][^<>]{0,200}>")

_HZ = re.compile(rb"~\{((?:[!-w][!-~])+)~\}")
# "~" is second half of some pairs, but neither "{" nor "}" begins one: an escape inside a run is always an escape.
_HZ_TOKEN = re.compile(rb"~\{((?:[^\r\n~]|~(?![{}]))*)(~\})?|~~|~\r?\n")
_JIS = re.compile(rb"\x1b\$[@B](?:[!-t][!-~])+\x1b\([BJ]")
_JIS_RUN = re.compile(rb"\x1b(\$[@B]|\$\(D|\([BJHI])([^\x1b\r\n]*)(?=(\x1b)?)")
_KR = re.compile(rb"\x0e(?:[!-~]{2}| )+\x0f")
_SHIFTED = re.compile(rb"\x0e([^\x0e\x0f\r\n]*)(\x0f)?")


def find_seven_bit(body: bytes) -> str | None:
    """Returns "hz", "iso2022_jp", "iso2022_kr" or "iso2022_cn" where `body` holds complete runs of it, or None.

    >>> find_seven_bit(b"~{VPND~}"), find_seven_bit(b"if a ~{ b")
    ('hz', None)
    """
    # Single bytes first: looking for more takes longer than decoding the page.
    if b"~" in body and _HZ.search(body):
        return "hz"
    if b"\x1b" in body and _JIS.search(body):
        return "iso2022_jp"
    if b"\x0e" in body and _KR.search(body):  # announced once a page: where that is spoiled, it is taken for Korean
        return "iso2022_cn" if b"\x1b$)A" in body else "iso2022_kr"
    return None


def count_pairs(body: bytes, name: str) -> int:
    """Returns how many bytes of `body` stand inside complete runs of the encoding `name`."""
    if name == "hz":
        return sum(len(run[1]) for run in _HZ.finditer(body))
    if name == "iso2022_jp":
        return sum(len(run[0]) - 6 for run in _JIS.finditer(body))
    return sum(len(run[1]) for run in _SHIFTED.finditer(body))


def raise_bits(body: bytes, name: str) -> tuple[bytes, str]:
    """Returns `body` in eight bits, and the name under which `legacy` reads that form.

    >>> raise_bits(b"~{VPND~} ok~~", "hz") == ("中文 ok~".encode("gb2312"), "hz")
    True
    """
    if name == "hz":
        return _HZ_TOKEN.sub(_raise_hz, body), "hz"
    if name == "iso2022_jp":
        return _JIS_RUN.sub(_raise_jis, body), "euc_jp"
    escape, codec = (b"\x1b$)C", "cp949") if name == "iso2022_kr" else (b"\x1b$)A", "gb18030")
    return _SHIFTED.sub(lambda run: _raise(run[1], _pairs, run[2] is not None), body.replace(escape, b"")), codec


def _raise_hz(token: re.Match[bytes]) -> bytes:
    if token[1] is not None:
        return _raise(token[1], _pairs, token[2] is not None)
    return b"~" if token[0] == b"~~" else b""


def _raise_jis(run: re.Match[bytes]) -> bytes:
    rewrite = _JIS_SETS.get(run[1])
    return run[2] if rewrite is None else _raise(run[2], rewrite, run[3] is not None)


def _raise(run: bytes, rewrite: Callable[[bytes], bytes], is_closed: bool) -> bytes:
    """Returns a run rewritten; one whose end is missing only as far as the next tag."""
    tag = None if is_closed else _TAG.search(run)
    end = tag.start() if tag else len(run)
    return rewrite(run[:end]) + run[end:]


def _pairs(text: bytes) -> bytes:
    """Returns pairs with their high bits set; half a pair at the end becomes a byte of no encoding, which takes nothing along."""
    raised = text.translate(_RAISED)
    return raised if len(raised) % 2 == 0 else raised[:-1] + b"\xff"


def _katakana(text: bytes) -> bytes:
    """Half-width katakana (JIS X 0201): in EUC-JP each byte follows 0x8E."""
    return b"".join(b"\x8e" + bytes((byte | 0x80,)) for byte in text)


def _supplement(text: bytes) -> bytes:
    """JIS X 0212: in EUC-JP each pair follows 0x8F."""
    raised = _pairs(text)
    return b"".join(b"\x8f" + raised[at : at + 2] for at in range(0, len(raised), 2))


_JIS_SETS: dict[bytes, Callable[[bytes], bytes]] = {b"$@": _pairs, b"$B": _pairs, b"$(D": _supplement, b"(I": _katakana}
