"""What torn pairs of bytes leave in a text besides characters: marks of loss, rests of annotations, eaten brackets of tags."""

from __future__ import annotations

import re

from newscrawler.chinese.readings import is_syllable, normal, reads
from newscrawler.clean.pinyin import SYLLABLE

LOST = "?\ufffd"
"""How decoders show a byte, or a pair of bytes, that is no character."""

_ANNOTATION = re.compile(rf"\( ?({SYLLABLE}) ?\)")
_REST = re.compile(rf"[{LOST}]\(?({SYLLABLE}) ?\)")
_LAST = re.compile(rf".(\( ?({SYLLABLE}) ?\))\Z")
_SWALLOWED = re.compile(rf"\?{SYLLABLE} ?\)")
_WORD = re.compile(r"\?[0-9A-Za-z]")
_TAG = re.compile(rf"[{LOST}](?=/?[a-z]{{1,10}}>)")


def annotation_at(line: str, place: int, char: str) -> int:
    """Returns where the annotation at `place` ends, if there is one and `char` is read so; else 0.

    >>> annotation_at("企業(yè)的", 2, "業")
    6
    """
    match = _ANNOTATION.match(line, place)
    return match.end() if match and char and reads(char, normal(match[1])) else 0


def rest_of_annotation_at(line: str, place: int) -> tuple[int, str] | None:
    """Returns where the rest of an annotation at `place` ends and the reading in it: its bracket may be eaten by a lost byte.

    >>> rest_of_annotation_at("車?yán)^續", 1)
    (6, 'yán')
    """
    match = _REST.match(line, place)
    return (match.end(), reading) if match and is_syllable(reading := normal(match[1])) else None


def swallows(text: str) -> bool:
    """Returns whether the decoder that showed this text took an ASCII character with each lost lead byte, as a bracket in `?yán)`."""
    return _SWALLOWED.search(text) is not None


def swallowed_at(line: str, place: int, swallowing: bool) -> str:
    """Returns what the lost byte at `place` took with it: "<" of a tag (?/p> was </p>), U+FFFD for what is not known, or nothing.

    >>> swallowed_at("不多?/p>", 2, False), swallowed_at("共有?00人", 2, True), swallowed_at("共有?00人", 2, False)
    ('<', '\ufffd', '')
    """
    return "<" if _TAG.match(line, place) else "\ufffd" if swallowing and _WORD.match(line, place) else ""


def without_last_annotation(text: str) -> str:
    """Returns the text without the annotation that it ends in, if it does.

    >>> without_last_annotation("企業(yè)")
    '企業'
    """
    match = _LAST.search(text) if text.endswith(")") else None
    return text[: match.start(1)] if match and reads(match[0][0], normal(match[2])) else text


def without_annotations(text: str) -> str:
    """Returns the text without any annotation, aligned or not, right or wrong: to look words up in, not to show.

    >>> without_annotations("學(xué)校")
    '學校'
    """
    return _ANNOTATION.sub("", text)
