"""Article -> fingerprint: a few hundred bytes that tell whether two texts are copies of one, however long they are.

Theory. A shingle is a run of tokens (Broder 1997): five signs, or three words where words are the majority; each is hashed to 64
bits. Of its hashes a text keeps a sample that depends on the hashes alone, so that two texts keep the same ones of what they share:
those below a bound (FracMinHash, Irber et al. 2022). The bound is 2^-level of all, at the lowest level that keeps at most `SKETCH`, so
the size is bounded whatever the length; two sketches are compared at the higher of their levels. The `KEYS` smallest hashes (Broder's
bottom-k) are the keys by which an index finds candidates: two texts of one length with a resemblance of a tenth have a key in common 87
times of 100, with a fifth 99 times (simulated).

Two sketches give containment (how much of the shorter text is in the longer) and resemblance (Jaccard). Texts from one template
(weather, markets) share words and not numbers, so hashes of the numbers are kept too, and one of the title.

What sketches give is an estimate: with 100 hashes a containment of a half is known to 0.05 (one standard deviation). Hashes are kept to 16
bits, so one pair in 65,000 is alike by chance. Where it fails: a text of which half is words and half signs may be taken for either, and
so may its copy for the other.

Stored fingerprints can be compared only with ones made in the same way: whoever changes anything here or in `fold` writes a migration that
empties the tables of `store.near`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from struct import Struct, pack, unpack_from
from typing import TYPE_CHECKING

from newscrawler.dedupe.fold import Tokens, tokens

if TYPE_CHECKING:
    from newscrawler.dedupe.fold import Hashes

KEYS = 12
SKETCH = 128
"""The most hashes that a sketch keeps; at least half as many where the text has them."""
NUMBERS = 64
"""The most different numbers that are kept: those with the smallest hashes."""
MIN_SHINGLES = 16
"""A text with fewer different shingles, about twenty characters or words, has no keys and is like no other."""
MIN_TITLE = 4
"""A title of fewer tokens says nothing."""
MAX_TITLE = 1_000
MAX_LENGTH = 200_000
"""Characters of a text that are looked at; no article is longer, and a page of 5 MB costs no more."""

_HEADER = Struct("<BBBII")  # level, number of keys, number of numbers, shingles, title
_SIGNS, _WORDS = 5, 3
_KEY_BITS = 31
_FACTORS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is kept of a text for comparing it. Everything is a function of title and text.

    `keys`: up to `KEYS` different 31-bit integers, none for a text that is too short. `shingles`: how many different ones there are,
    an estimate where `level` is above 0. `sketch`, `numbers`: ascending 16-bit integers, little-endian. `title`: a 31-bit
    hash, 0 where there is none to speak of.
    """

    keys: tuple[int, ...]
    shingles: int
    level: int
    sketch: bytes
    numbers: bytes
    title: int

    def packed(self) -> bytes:
        """Returns it as bytes, which `unpacked` reads: 11, then keys, numbers and sketch."""
        header = _HEADER.pack(self.level, len(self.keys), len(self.numbers) // 2, self.shingles, self.title)
        return header + pack(f"<{len(self.keys)}I", *self.keys) + self.numbers + self.sketch

    @classmethod
    def unpacked(cls, data: bytes) -> Fingerprint:
        """Returns the fingerprint that `packed` wrote."""
        level, keys, numbers, shingles, title = _HEADER.unpack_from(data)
        begin = _HEADER.size + 4 * keys
        end = begin + 2 * numbers
        return cls(unpack_from(f"<{keys}I", data, _HEADER.size), shingles, level, data[end:], data[begin:end], title)


def fingerprint(title: str | None, text: str) -> Fingerprint:
    """Returns the fingerprint of an article. Damage is not repaired: pass text that is clean.

    >>> a = fingerprint("", "台風逼近，臺北市今天停班停課，捷運照常行駛，市長請市民留在家裡。")
    >>> b = fingerprint("", "台风逼近,台北市今天停班停课,捷运照常行驶,市长请市民留在家里.")
    >>> a == b, len(a.keys), fingerprint("", "台風逼近").keys
    (True, 12, ())
    """
    import numpy as np

    found = tokens(text[:MAX_LENGTH])
    level, sample = _sample(_shingles(found))
    if sample.size < MIN_SHINGLES:
        return Fingerprint((), int(sample.size), 0, b"", b"", 0)
    keys = dict.fromkeys((sample[:KEYS] & np.uint64((1 << _KEY_BITS) - 1)).tolist())
    kept = (sample >> np.uint64(64 - 16 - level)).astype("<u2")
    return Fingerprint(tuple(keys), int(sample.size) << level, level, kept.tobytes(), _numbers(found), title_hash(title))


def _mixed(values: Hashes) -> Hashes:
    """The hashes of numbers: each bit of a number changes half of the bits (two rounds of multiply and xor-shift)."""
    import numpy as np

    factor, half = np.uint64(0xD6E8FEB86659FD93), np.uint64(32)
    values = (values ^ (values >> half)) * factor
    values = (values ^ (values >> half)) * factor
    return values ^ (values >> half)


def _shingles(found: Tokens) -> Hashes:
    """The hash of each shingle, repetitions included."""
    import numpy as np

    length = _SIGNS if 2 * np.count_nonzero(found.are_signs) >= found.values.size else _WORDS
    number = found.values.size - length + 1
    if number <= 0:
        return np.zeros(0, np.uint64)
    values = _mixed(found.values)
    total = np.zeros(number, np.uint64)
    for place in range(length):
        total += values[place : place + number] * np.uint64(_FACTORS[place])
    return _mixed(total)


def _sample(hashes: Hashes) -> tuple[int, Hashes]:
    """The lowest level at which at most `SKETCH` different hashes are below the bound, and these, ascending."""
    level = max(0, (hashes.size // SKETCH).bit_length() - 1)  # one too low where nothing repeats
    sample = _below(hashes, level)
    if level and sample.size <= SKETCH:
        level, sample = 0, _different(hashes)
    while sample.size > SKETCH:
        level += 1
        sample = _below(sample, level)
    return level, sample


def _below(hashes: Hashes, level: int) -> Hashes:
    """The different hashes below the bound of a level, ascending."""
    import numpy as np

    return _different(hashes[hashes >> np.uint64(64 - level) == 0] if level else hashes)


def _different(values: Hashes) -> Hashes:
    """The different values, ascending. numpy.unique would import numpy.ma, which takes longer than a hundred fingerprints."""
    import numpy as np

    values = np.sort(values)
    first = np.ones(values.size, np.bool_)
    first[1:] = values[1:] != values[:-1]
    return values[first]


def _numbers(found: Tokens) -> bytes:
    import numpy as np

    values = _different(_mixed(found.values[found.are_digits]) >> np.uint64(48))[:NUMBERS]
    return values.astype("<u2").tobytes()


@lru_cache(maxsize=64)
def title_hash(title: str | None) -> int:
    """Returns 31 bits of a title, 0 where it says nothing."""
    import numpy as np

    values = tokens((title or "")[:MAX_TITLE]).values
    if values.size < MIN_TITLE:
        return 0
    place = np.arange(values.size, dtype=np.uint64)
    return int(_mixed(_mixed(_mixed(values) + place).sum(keepdims=True))[0] >> np.uint64(64 - _KEY_BITS)) or 1
