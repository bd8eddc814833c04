"""What finding near-duplicates costs an article: newscrawler beside datasketch, rensa and SimHash, in one run.

    python bench/dedupe.py [--articles N] [--text FILE.gz ...]

Articles are written by a chain of characters (Chinese) or words (English) counted in data/articles.toml, or, with --text, cut from
the lines of files; after each comes a copy of every second one, with a tenth of its sentences left out, and for Chinese every second of these
is Traditional. Everybody gets the same articles in the same order and says which earlier one each is like.

features  text to sketch: for newscrawler the look for damage, the folding, the fingerprint; for the others the same folding in plain Python,
          shingles of the same length, MinHash with 128 permutations or SimHash with 64 bits
index     asking for earlier ones and adding, for newscrawler on a file that outlives the process, for the others in memory
found     copies that were found; false are articles said to be like another one than theirs
Prints figures, asserts nothing. Everything is drawn from a fixed seed; times are CPU, to be compared within one run only.
"""

from __future__ import annotations

import argparse
import gzip
import random
import re
import sys
import tempfile
import time
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from newscrawler.chinese.variants import simplified  # noqa: E402
from newscrawler.clean import clean_text  # noqa: E402
from newscrawler.dedupe import fingerprint, nearest  # noqa: E402
from newscrawler.store import NearIndex  # noqa: E402
from newscrawler.store import near as index  # noqa: E402

TOKEN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[^\W\d_]+|\d+")
SENTENCE = re.compile(r"[^。.]*[。.]?")
SHINGLE = {"zh": 5, "en": 3}
SIMPLIFIED = str.maketrans(simplified())
TRADITIONAL = {to: char for char, to in simplified().items()}


@dataclass(frozen=True, slots=True)
class Sample:
    """An article: its number, and that of the one that it was copied from."""

    number: int
    text: str
    copied_from: int | None


# ---- articles


def written(language: str, number: int, rng: random.Random) -> list[str]:
    """Articles of 600 to 2,000 characters (English: twice as many) by a chain of the second order."""
    follow: dict[tuple[str, str], list[str]] = defaultdict(list)
    for article in tomllib.loads((ROOT / "data" / "articles.toml").read_text(encoding="utf-8"))["article"]:
        if article["lang"].startswith(language):
            units = list(article["body"]) if language == "zh" else article["body"].split()
            for a, b, c in zip(units, units[1:], units[2:], strict=False):
                follow[a, b].append(c)
    joint, starts = "" if language == "zh" else " ", sorted(follow)
    return [_chain(follow, rng.choice(starts), rng.randint(600, 2000) // (1 if language == "zh" else 3), joint, rng) for _ in range(number)]


def _chain(follow: dict[tuple[str, str], list[str]], start: tuple[str, str], length: int, joint: str, rng: random.Random) -> str:
    starts, units = sorted(follow), list(start)
    while len(units) < length:
        units.append(rng.choice(follow.get((units[-2], units[-1])) or [rng.choice(starts)[0]]))
        if rng.random() < 0.2:  # a name that no other article has, since so few texts know few turns
            units += ["".join(rng.choices("abdefgiklmnoprstu", k=6))] if joint else [rng.choice(starts)[0], rng.choice(starts)[0]]
    return joint.join(units)


def cut(files: Iterable[Path], number: int) -> list[str]:
    """Articles of about 1,200 characters from the lines of files."""
    whole = "\n".join(gzip.decompress(path.read_bytes()).decode() for path in files)
    return [whole[place : place + 1200] for place in range(0, min(len(whole), number * 1200), 1200)]


def with_copies(texts: list[str], language: str, rng: random.Random) -> list[Sample]:
    """The articles, every second of them followed, some articles later, by an edited copy."""
    samples = [Sample(2 * number, text, None) for number, text in enumerate(texts)]
    for sample in samples[::2]:
        kept = "".join(sentence for sentence in SENTENCE.findall(sample.text) if rng.random() > 0.1)
        turned = "".join(TRADITIONAL.get(char, char) for char in kept) if language == "zh" and sample.number % 8 == 0 else kept
        samples.append(Sample(sample.number + 1, turned, sample.number))
    return sorted(samples, key=lambda one: (one.number + 40 * (one.copied_from is not None), one.number))


# ---- the tools: features, then ask and add


def shingles(text: str, language: str) -> list[bytes]:
    """The shingles of a text, folded as newscrawler does, in plain Python."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = folded.translate(SIMPLIFIED) if language == "zh" else folded
    found, length = TOKEN.findall(folded), SHINGLE[language]
    return ["\0".join(found[place : place + length]).encode() for place in range(len(found) - length + 1)]


class Ours:
    """Features and index apart, as `NearIndex.add` does them."""

    name = f"newscrawler {version('newscrawler')}"

    def __init__(self, language: str, folder: str) -> None:
        self.near = NearIndex(f"{folder}/near.db")

    def features(self, sample: Sample) -> Any:
        return fingerprint("", clean_text(sample.text).text)

    def ask_and_add(self, sample: Sample, features: Any) -> int | None:
        connection = self.near._connection
        found = nearest(features, index.candidates(connection, features))
        index.write(connection, sample.number, features, first=True)
        return found[0] if found else None


class _Lsh:
    """What datasketch and rensa have in common: candidates of the index count as copies, as both recommend for speed."""

    name: str
    lsh: Any

    def ask_and_add(self, sample: Sample, features: Any) -> int | None:
        found = min(self.lsh.query(features), default=None)
        self.lsh.insert(sample.number, features)
        return found


class Datasketch(_Lsh):
    """MinHash with 128 permutations, updated with all shingles at once."""

    def __init__(self, language: str, folder: str) -> None:
        from datasketch import MinHash, MinHashLSH

        self.name = f"datasketch {version('datasketch')}, 128, 0.5"
        self.make, self.lsh, self.language = MinHash, MinHashLSH(threshold=0.5, num_perm=128), language

    def features(self, sample: Sample) -> Any:
        made = self.make(num_perm=128)
        made.update_batch(shingles(sample.text, self.language))
        return made


class Rensa(_Lsh):
    """RMinHash with 128 permutations, compiled."""

    def __init__(self, language: str, folder: str) -> None:
        from rensa import RMinHash, RMinHashLSH

        self.name = f"rensa {version('rensa')}, 128, 0.5"
        self.make, self.lsh, self.language = RMinHash, RMinHashLSH(threshold=0.5, num_perm=128, num_bands=32), language

    def features(self, sample: Sample) -> Any:
        made = self.make(num_perm=128, seed=42)
        made.update([shingle.decode() for shingle in shingles(sample.text, self.language)])
        return made


class SimHash:
    """64 bits, alike within 3 (Manku et al. 2007)."""

    def __init__(self, language: str, folder: str) -> None:
        from simhash import Simhash, SimhashIndex

        self.name = f"simhash {version('simhash')}, 64 bits, 3"
        self.make, self.index, self.language = Simhash, SimhashIndex([], k=3), language

    def features(self, sample: Sample) -> Any:
        return self.make([shingle.decode() for shingle in shingles(sample.text, self.language)])

    def ask_and_add(self, sample: Sample, features: Any) -> int | None:
        found = min(map(int, self.index.get_near_dups(features)), default=None)
        self.index.add(str(sample.number), features)
        return found


def measure(make: Callable[[str, str], Any], samples: list[Sample], language: str) -> str:
    """One line of the table."""
    with tempfile.TemporaryDirectory() as folder:
        tool = make(language, folder)
        first = Sample(10**9, samples[0].text[::-1], None)
        tool.ask_and_add(first, tool.features(first))  # imports and tables, which are paid once
        spent, found, false = [0.0, 0.0], 0, 0
        for sample in samples:
            start = time.process_time()
            features = tool.features(sample)
            middle = time.process_time()
            match = tool.ask_and_add(sample, features)
            spent[0] += middle - start
            spent[1] += time.process_time() - middle
            found += match is not None and match == sample.copied_from
            false += match is not None and match != sample.copied_from
    copies = sum(sample.copied_from is not None for sample in samples)
    each = [1e6 * seconds / len(samples) for seconds in spent]
    return f"{language:3} {tool.name:28} {each[0]:8.0f} {each[1]:6.0f} {sum(each):6.0f} us   {found:4} of {copies}, {false} false"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--text", type=Path, nargs="*", default=[], help="gzipped text in Chinese to cut articles from")
    arguments = parser.parse_args()
    print(f"{'':3} {'tool':28} {'features':>8} {'index':>6} {'all':>6}      copies found")
    for language in ("zh",) if arguments.text else ("zh", "en"):
        rng = random.Random(11)
        texts = cut(arguments.text, arguments.articles) if arguments.text else written(language, arguments.articles, rng)
        samples = with_copies(texts, language, rng)
        for tool in (Ours, Datasketch, Rensa, SimHash):
            print(measure(tool, samples, language), flush=True)


if __name__ == "__main__":
    main()
