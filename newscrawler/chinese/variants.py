"""One character for the forms of a Han character in the two scripts: for comparing texts, not for reading them.

Characters are looked at one by one, so 著, 乾 or 後, which stand for several Simplified ones, become one of these everywhere. What
people read is converted by words: `clean.script`. The data (`simplified.txt`) is made by data/make_variants.py from OpenCC.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("simplified.txt")


@cache
def simplified() -> dict[str, str]:
    """Returns, for every character that OpenCC writes otherwise in Simplified text, that other character.

    >>> simplified()["學"], simplified().get("学")
    ('学', None)
    """
    before, after = _FILE.read_text(encoding="utf-8").splitlines()
    return dict(zip(before, after, strict=True))
