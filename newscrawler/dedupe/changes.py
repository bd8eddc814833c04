"""What changed from one version of a text to the next, for people to read: by sentence, within a sentence by word.

Chinese and Japanese have no spaces, so a sentence ends at its mark (。！？) and a word is one character there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher, unified_diff

_SENTENCE = re.compile(r"(?<=[。！？])(?![”」』’）])|(?<=[。！？][”」』’）])|(?<=[.!?])\s+(?=[\"“'‘(]?[^\W\d_a-z])")
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]|\w+|\s+|.", re.DOTALL)
# Both comparisons leave difflib's autojunk on: without it a text of a few words again and again took 112 s.
MOST_WORDS = 2_000
"""A changed passage with more words is shown whole, old and new."""
CONTEXT = 1
"""Unchanged sentences shown around a change."""


def sentences(text: str) -> list[str]:
    """Returns the sentences of a text, paragraph by paragraph, without the white space around them.

    >>> sentences("雨停了。“走吧。”他说。\\nIt rained. Then it did not.")
    ['雨停了。', '“走吧。”', '他说。', 'It rained.', 'Then it did not.']
    """
    return [one.strip() for line in text.split("\n") for one in _SENTENCE.split(line) if one.strip()]


def unified(old: str, new: str) -> list[str]:
    """Returns the lines of a unified diff by sentence, without its file names; [] for equal texts."""
    return list(unified_diff(sentences(old), sentences(new), lineterm="", n=CONTEXT))[2:]


def marked(old: str, new: str) -> Iterator[list[tuple[str, str]]]:
    """Yields each changed passage as [(mark, words)]: "-" for what went, "+" for what came, " " for what stayed."""
    before, after = sentences(old), sentences(new)
    for change, start, end, new_start, new_end in SequenceMatcher(None, before, after).get_opcodes():
        if change != "equal":
            yield list(_words(" ".join(before[start:end]), " ".join(after[new_start:new_end])))


def _words(old: str, new: str) -> Iterator[tuple[str, str]]:
    before, after = _WORD.findall(old), _WORD.findall(new)
    if len(before) + len(after) > MOST_WORDS:
        yield from ((mark, text) for mark, text in (("-", old), ("+", new)) if text)
        return
    for change, start, end, new_start, new_end in SequenceMatcher(None, before, after).get_opcodes():
        if change == "equal":
            yield " ", "".join(before[start:end])
            continue
        yield from ((mark, text) for mark, text in (("-", "".join(before[start:end])), ("+", "".join(after[new_start:new_end]))) if text)
