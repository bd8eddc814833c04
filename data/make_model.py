"""Builds newscrawler/chinese/model.bin: python data/make_model.py TEXT.gz... [--held-out]

TEXT.gz are texts, a paragraph a line, UTF-8. Needs jieba (MIT), wordfreq (data CC BY-SA 4.0) and opencc, all for this script
only. With --held-out it keeps every twentieth line apart and prints the bits a character that the model gives them.
"""

from __future__ import annotations

import argparse
import gzip
import math
import re
import sys
import unicodedata
import zlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from struct import pack

sys.path.insert(0, str(Path(__file__).parent.parent))
from newscrawler.chinese import model as chinese

TARGET = Path(chinese.__file__).with_name("model.bin")
TEXT_DISCOUNT = 0.9
WORD_DISCOUNT = 1.0  # in occurrences of a corpus of WORD_TOKENS words: dictionaries have been counted, not sampled
WORD_TOKENS = 100_000_000
LEAST_PAIR_WEIGHT = 0.03  # expected bits saved in a million characters, below which a pair or triple is left to back-off
LEAST_TRIPLE_WEIGHT = 0.06


def symbol(char: str) -> str:
    """Returns the symbol under which the model counts a character: itself for Han and marks, else its class."""
    if "\u4e00" <= char <= "\u9fff":
        return char
    if char in "\n " or (char.isascii() and (char.isalnum() or char in " \t")):
        return chinese.class_of(char)
    if char.isascii():
        return chr(ord(char) + 0xFEE0) if char in "!(),:;?" else char
    if unicodedata.category(char)[0] in "PS" and ord(char) < 0x10000 and not "\ue000" <= char <= "\uf8ff":
        return char
    return chinese.class_of(char)


def read_lines(paths: Iterable[Path]) -> Iterator[str]:
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            yield from (line.strip() for line in lines if line.strip())


def read_words() -> dict[str, float]:
    """Returns the share of each word: wordfreq's, and for longer words that it does not have, jieba's."""
    import jieba
    import wordfreq

    han = re.compile("[\u4e00-\u9fff]+")
    words = {word: share for word, share in wordfreq.get_frequency_dict("zh", "large").items() if han.fullmatch(word)}
    for line in Path(jieba.__file__).with_name("dict.txt").read_text("utf-8").splitlines():
        word, count, *_ = line.split(" ")
        if len(word) > 1 and han.fullmatch(word) and word not in words:  # jieba's single characters hold rubbish
            words[word] = int(count) / 6e7 * 0.5
    return words


def both_scripts(words: dict[str, float]) -> dict[str, float]:
    """Returns the words in both scripts, each with half its share; wordfreq has folded Traditional text into Simplified."""
    from opencc import OpenCC

    to_traditional = OpenCC("s2t")
    shares: dict[str, float] = defaultdict(float)
    for word, share in words.items():
        shares[word] += share / 2
        converted = to_traditional.convert(word)
        shares[converted if max(converted) < "\ua000" else word] += share / 2
    return shares


def count_text(lines: Iterable[str]) -> tuple[Counter[str], Counter[str], Counter[str]]:
    singles, pairs, triples = Counter[str](), Counter[str](), Counter[str]()
    for line in lines:
        text = "\n\n" + "".join(map(symbol, line)) + "\n"
        singles.update(text[2:])
        pairs.update(text[i - 1 : i + 1] for i in range(2, len(text)))
        triples.update(text[i - 2 : i + 1] for i in range(2, len(text)))
    return singles, pairs, triples


def count_words(words: dict[str, float]) -> tuple[Counter[str], Counter[str], Counter[str], Counter[str]]:
    """Returns singles, pairs, triples, and how often each character or pair is followed by anything or ends a word."""
    singles, pairs, triples, contexts = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    firsts, lasts = Counter[str](), Counter[str]()
    total = sum(words.values())
    for word, share in words.items():
        count = share / total * WORD_TOKENS
        for i in range(len(word)):
            singles[word[i]] += count
            contexts[word[i]] += count
            if i:
                pairs[word[i - 1 : i + 1]] += count
                contexts[word[i - 1 : i + 1]] += count
            if i > 1:
                triples[word[i - 2 : i + 1]] += count
        firsts[word[0]] += count
        lasts[word[-1]] += count
    for pair in pairs:  # the same two characters also meet where one word ends and the next begins
        contexts[pair] += lasts[pair[0]] * firsts[pair[1]] / WORD_TOKENS
    return singles, pairs, triples, contexts


def shares(counts: Counter[str], totals: Counter[str], discount: float) -> tuple[dict[str, float], dict[str, float]]:
    """Returns the discounted share of each pair or triple in its context, and the share that each context leaves over."""
    kept = {key: (count - min(discount, count / 2)) / totals[key[:-1]] for key, count in counts.items()}
    left: dict[str, float] = {}
    for key, share in kept.items():
        left[key[:-1]] = left.get(key[:-1], 1.0) - share
    return kept, left


def build(lines: list[str], words: dict[str, float]) -> bytes:
    text1, text2, text3 = count_text(lines)
    word1, word2, word3, word_contexts = count_words(words)
    single = mix_singles(text1, word1)
    starts = Counter[str]()
    for key, count in text2.items():
        starts[key[0]] += count
    openings = Counter[str]()
    for key, count in text3.items():
        openings[key[:2]] += count
    pair, rest = interpolate(text2, starts, word2, word_contexts, lambda key: single[key[-1]])

    def of_pair(key: str) -> float:
        return pair.get(key[1:]) or rest.get(key[1], 1.0) * single[key[2]]

    triple, _ = interpolate(text3, openings, word3, word_contexts, of_pair)
    pair_weight = {key: (text2[key] + word2[key]) * math.log2(pair[key] / (rest[key[0]] * single[key[1]])) for key in pair}
    triple_weight = {key: (text3[key] + word3[key]) * math.log2(triple[key] / of_pair(key)) for key in triple}
    scale = 1e6 / (sum(text1.values()) + sum(word1.values()))
    pairs = {key: pair[key] for key, weight in pair_weight.items() if weight * scale > LEAST_PAIR_WEIGHT}
    triples = {key: triple[key] for key, weight in triple_weight.items() if weight * scale > LEAST_TRIPLE_WEIGHT}
    print(f"{len(single)} symbols, {len(pairs)} of {len(pair)} pairs, {len(triples)} of {len(triple)} triples")
    return pack_model(single, pairs, triples)


def mix_singles(text: Counter[str], words: Counter[str]) -> dict[str, float]:
    total = sum(text.values())
    han = sum(count for char, count in text.items() if char in words)
    scale = han / sum(words.values())
    alphabet = set(text) | set(words) | set(chinese.CLASSES)
    return {char: max(0.5 * text[char] + 0.5 * (words[char] * scale if char in words else text[char]), 0.02) / total for char in alphabet}


def interpolate(
    text: Counter[str], totals: Counter[str], words: Counter[str], word_contexts: Counter[str], base: Callable[[str], float]
) -> tuple[dict[str, float], dict[str, float]]:
    """Returns the share of each key seen in text or words, and what each context leaves to `base`."""
    by_text, text_left = shares(text, totals, TEXT_DISCOUNT)
    by_words, words_left = shares(words, word_contexts, WORD_DISCOUNT)
    seen = {}
    for key in by_text.keys() | by_words.keys():
        left, word_left = text_left.get(key[:-1], 1.0), words_left.get(key[:-1], 1.0)
        seen[key] = by_text.get(key, 0.0) + left * (by_words.get(key, 0.0) + word_left * base(key))
    return seen, {context: text_left.get(context, 1.0) * words_left.get(context, 1.0) for context in {key[:-1] for key in seen}}


def normalised(kept: dict[str, float], base: Callable[[str], float]) -> dict[str, float]:
    """Returns the back-off weight of each context, such that all that may follow it sums to one."""
    mass, covered = defaultdict(float), defaultdict(float)
    for key, share in kept.items():
        mass[key[:-1]] += share
        covered[key[:-1]] += base(key)
    return {context: max(1 - mass[context], 1e-3) / max(1 - covered[context], 1e-3) for context in mass}


def bits(share: float) -> int:
    return min(255, max(0, round(-math.log2(share) * chinese.STEPS)))


def pack_model(single: dict[str, float], pairs: dict[str, float], triples: dict[str, float]) -> bytes:
    """Returns the file: counts of each column, the columns in the order in which `Model` reads them, compressed."""
    rest = normalised(pairs, lambda key: single[key[-1]])
    others = sorted((c for c in single if c not in chinese.CLASSES), key=lambda c: (-single[c], c))
    alphabet = chinese.CLASSES + "".join(others)
    ids = {char: number for number, char in enumerate(alphabet)}
    special = {"㐀": chinese.UNSEEN, "￿": chinese.FOREIGN}
    costs = bytes(round(special[c] * chinese.STEPS) if c in special else bits(single[c]) for c in alphabet)
    backoffs = bytes(bits(min(1.0, rest.get(c, 1.0))) for c in alphabet)

    def share_of(key: str) -> float:
        return pairs.get(key[1:]) or min(1.0, rest.get(key[1], 1.0)) * single[key[2]]

    triple_rest = normalised(triples, share_of)
    pair_counts = Counter(key[0] for key in pairs)
    order = sorted(pairs, key=lambda key: (ids[key[0]], ids[key[1]]))
    context_order = sorted(triple_rest, key=lambda key: (ids[key[0]], ids[key[1]]))
    triple_order = sorted(triples, key=lambda key: tuple(ids[c] for c in key))
    triple_counts = Counter(key[:2] for key in triple_order)
    contexts = [(ids[key[0]] << 16) | ids[key[1]] for key in context_order]
    columns = [
        pack("<4I", len(alphabet), len(order), len(context_order), len(triple_order)),
        alphabet.encode("utf-16-le"),
        costs,
        backoffs,
        array("H", [pair_counts[c] for c in alphabet]).tobytes(),
        steps(order, ids),
        bytes(bits(pairs[key]) for key in order),
        array("I", [b - a for a, b in zip([0, *contexts], contexts, strict=False)]).tobytes(),
        bytes(bits(min(1.0, triple_rest[key])) for key in context_order),
        bytes(triple_counts[key] for key in context_order),
        steps(triple_order, ids),
        bytes(bits(triples[key]) for key in triple_order),
        pack(f"<{len(alphabet)}f", *(0.0 if c in special else single[c] * 1e6 for c in alphabet)),
    ]
    return zlib.compress(b"".join(columns), 9)


def steps(order: list[str], ids: dict[str, int]) -> bytes:
    """Returns the last symbols of keys in order, each as its distance from the one before in the same context."""
    values, context, last = array("H"), "", 0
    for key in order:
        if key[:-1] != context:
            context, last = key[:-1], 0
        values.append(ids[key[-1]] - last)
        last = ids[key[-1]]
    return values.tobytes()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("texts", nargs="+", type=Path)
    parser.add_argument("--held-out", action="store_true")
    args = parser.parse_args()
    lines = list(read_lines(args.texts))
    held = [line for i, line in enumerate(lines) if args.held_out and i % 20 == 0]
    kept = [line for i, line in enumerate(lines) if not (args.held_out and i % 20 == 0)]
    data = build(kept, both_scripts(read_words()))
    print(f"{len(data)} bytes")
    if held:
        model = chinese.Model(data)
        print(f"held out: {sum(model.bits(line) for line in held) / sum(map(len, held)):.3f} bits a character")
    else:
        TARGET.write_bytes(data)


if __name__ == "__main__":
    main()
