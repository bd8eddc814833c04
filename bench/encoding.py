"""How much of a page survives its encoding: newscrawler beside Scrapy, chardet, charset-normalizer and ftfy, in one run.

    python bench/encoding.py [--texts N]

decoding  own texts (data/articles.toml) as pages in the encodings of the web, undeclared, declared rightly and wrongly, cut and spoiled;
          right when every paragraph that was not hit itself stands in the decoded page
repair    paragraphs damaged in each of the ways that the web shows; the figure is 1 - edit distance / length, in percent
clean     undamaged paragraphs that a tool changes
Prints figures, asserts nothing. Everything is drawn from a fixed seed; times are CPU, to be compared within one run only.
"""

from __future__ import annotations

import argparse
import html
import random
import sys
import time
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import gbk_damage  # noqa: E402

Texts = dict[str, list[list[str]]]
"""Language -> articles -> paragraphs."""

ENCODINGS = {
    "zh-Hans": ("utf-8", "gbk", "gb18030", "hz"),
    "zh-Hant": ("utf-8", "big5", "gbk"),
    "en": ("utf-8", "cp1252"),
}
WRONG = {"utf-8": "gb2312", "gbk": "utf-8", "gb18030": "big5", "big5": "utf-8", "hz": "utf-8", "cp1252": "utf-8"}
SITUATIONS = ("undeclared", "declared", "declared wrongly", "cut, undeclared", "a byte spoiled")


def read_texts(most: int) -> Texts:
    """Returns the paragraphs of the sample site's articles by language."""
    texts: Texts = defaultdict(list)
    for article in tomllib.loads((ROOT / "data" / "articles.toml").read_text(encoding="utf-8"))["article"]:
        if len(texts[article["lang"]]) < most:
            texts[article["lang"]].append([article["title"], *article["body"].strip().split("\n")])
    return texts


# ---- decoding


def pages(texts: Texts, rng: random.Random) -> Iterator[tuple[str, bytes, list[str]]]:
    """Yields situation, body and the paragraphs that must be found."""
    for language, articles in texts.items():
        for paragraphs in articles:
            for encoding in ENCODINGS[language]:
                for situation in SITUATIONS:
                    yield situation, *page(paragraphs, encoding, situation, rng)


def page(paragraphs: list[str], encoding: str, situation: str, rng: random.Random) -> tuple[bytes, list[str]]:
    declared = {"declared": encoding, "declared wrongly": WRONG[encoding]}.get(situation)
    meta = f'<meta charset="{declared}">' if declared else ""
    fitting = [text for text in paragraphs if text.encode(encoding, "ignore").decode(encoding) == text]
    lines = [f"<html><head>{meta}<title>news</title></head><body>".encode(), *(f"<p>{html.escape(text)}</p>".encode(encoding) for text in fitting)]
    expected = [html.escape(text) for text in fitting]
    if situation == "cut, undeclared":
        while lines[-1][-1] < 0x80 and len(lines[-1]) > 8:
            lines[-1] = lines[-1][:-1]
        lines[-1], expected = lines[-1][:-1], expected[:-1]
    elif situation == "a byte spoiled":
        hit = rng.randrange(1, len(lines))
        place = rng.randrange(3, len(lines[hit]) - 4)
        lines[hit] = lines[hit][:place] + rng.choice((b"", b"\xff", b"\x81\x82")) + lines[hit][place + 1 :]
        del expected[hit - 1]
    return b"\n".join(lines), expected


def decode_tools() -> dict[str, Callable[[bytes], str]]:
    import chardet
    import charset_normalizer
    from scrapy.http import HtmlResponse

    from newscrawler import decode_page

    def by_chardet(body: bytes) -> str:
        return body.decode(chardet.detect(body)["encoding"] or "utf-8", "replace")

    def by_charset_normalizer(body: bytes) -> str:
        best = charset_normalizer.from_bytes(body).best()
        return body.decode(best.encoding if best else "utf-8", "replace")

    return {
        "newscrawler": lambda body: decode_page(body, "text/html").text,
        f"Scrapy {version('scrapy')}": lambda body: HtmlResponse("https://news.example/", body=body).text,
        f"chardet {version('chardet')}": by_chardet,
        f"charset-normalizer {version('charset-normalizer')}": by_charset_normalizer,
    }


def score_decoding(texts: Texts) -> None:
    cases = list(pages(texts, random.Random(7)))
    rows = {}
    for name, decode in decode_tools().items():
        right, total = defaultdict(int), defaultdict(int)
        spent = time.process_time()
        for situation, body, expected in cases:
            text = attempt(decode, body)
            total[situation] += 1
            right[situation] += all(line in text for line in expected)
        spent = time.process_time() - spent
        rows[name] = [f"{100 * right[s] / total[s]:.0f} %" for s in SITUATIONS] + [f"{1e3 * spent / len(cases):.2f}"]
    table(f"decoding: {len(cases)} pages, those right", [*SITUATIONS, "CPU ms a page"], rows)


# ---- repair


def read_as(wrong: str, right: str = "utf-8", errors: str = "strict") -> Callable[[str], str]:
    return lambda text: text.encode(right).decode(wrong, errors)


def annotate(text: str, table: dict[str, str]) -> str:
    return "".join(char + f"({table[char]})" if char in table else char for char in text)


def readings(texts: Texts, rng: random.Random) -> dict[str, str]:
    """Returns the table of a careless site: the readings of sixty Traditional characters, as all tables met so far."""
    from pypinyin import pinyin

    chars = sorted({c for paragraphs in texts["zh-Hant"] for c in "".join(paragraphs) if "\u4e00" <= c <= "\u9fff" and not c.encode("gb2312", "ignore")})
    return {char: pinyin(char)[0][0] for char in rng.sample(chars, 60)}


def damages(texts: Texts) -> dict[str, Callable[[str], str]]:
    import ftfy.bad_codecs  # noqa: F401 (registers a codec)

    table = readings(texts, random.Random(11))
    return {
        "UTF-8 read as cp1252": read_as("sloppy-windows-1252"),  # a codec of ftfy's: cp1252 as browsers read it
        "UTF-8 read as Latin-1": read_as("latin-1"),
        "the same, twice": lambda text: read_as("latin-1")(read_as("latin-1")(text)),
        "UTF-8 read as GBK": read_as("gbk", errors="replace"),
        "GBK read as Latin-1": read_as("latin-1", "gbk"),
        "Big5 read as Latin-1": read_as("latin-1", "big5"),
        "Big5 read as GBK": read_as("gb18030", "big5", "replace"),
        "GBK read as Big5": read_as("big5hkscs", "gbk", "replace"),
        "pinyin behind characters": lambda text: annotate(text, table),
        "pinyin into the bytes": lambda text: gbk_damage.with_annotations(text, table),
        "marks folded in the bytes": lambda text: gbk_damage.with_folded_marks(text),
        "entities left, doubled": lambda text: html.escape(html.escape(text)).replace("，", "&#65292;"),
        "zero-width characters": lambda text: "\u200b".join(text[i : i + 5] for i in range(0, len(text), 5)),
    }


def repair_tools() -> dict[str, Callable[[str], str]]:
    import ftfy

    from newscrawler import clean_text

    safe = ftfy.TextFixerConfig(uncurl_quotes=False, fix_character_width=False, fix_latin_ligatures=False, normalization=None)
    return {
        "newscrawler": lambda text: clean_text(text).text,
        f"ftfy {version('ftfy')}, safe settings": lambda text: ftfy.fix_text(text, safe),
        f"ftfy {version('ftfy')}, defaults": ftfy.fix_text,
    }


def score_repair(texts: Texts) -> None:
    from rapidfuzz.distance import Levenshtein

    paragraphs = [text for language in ("zh-Hans", "zh-Hant") for article in texts[language] for text in article[1:]]
    tools = {"as found": str} | repair_tools()
    rows, spent, chars = {}, defaultdict(float), 0
    for kind, damage in damages(texts).items():
        damaged = [(text, hurt) for text in paragraphs if (hurt := attempt(damage, text, None)) not in (None, text)]
        chars += sum(len(hurt) for _, hurt in damaged)
        row = []
        for name, repair in tools.items():
            begun = time.process_time()
            found = [attempt(repair, hurt) for _, hurt in damaged]
            spent[name] += time.process_time() - begun
            wanted = [gbk_damage.in_step(text) if "marks" in kind else text for text, _ in damaged]
            row.append(f"{100 * sum(max(0.0, 1 - Levenshtein.distance(a, b) / len(b)) for a, b in zip(found, wanted, strict=True)) / len(found):.1f} %")
        rows[f"{kind} ({len(damaged)})"] = row
    rows["CPU us a character"] = [f"{1e6 * spent[name] / chars:.1f}" for name in tools]
    table("repair: how much of the text is right", list(tools), rows)


def score_clean(texts: Texts) -> None:
    paragraphs = [text for articles in texts.values() for article in articles for text in article]
    rows = {}
    for name, repair in repair_tools().items():
        begun = time.process_time()
        changed = sum(repair(text) != text for text in paragraphs)
        spent = time.process_time() - begun
        rows[name] = [f"{changed} of {len(paragraphs)}", f"{1e6 * spent / sum(map(len, paragraphs)):.2f}"]
    table("undamaged paragraphs", ["changed", "CPU us a character"], rows)


def attempt(tool: Callable, argument: object, otherwise: str | None = "") -> str:  # type: ignore[type-arg]
    """Returns what a tool makes of it; a tool that raises has made nothing."""
    try:
        return tool(argument)
    except (UnicodeError, LookupError, ValueError):
        return otherwise  # type: ignore[return-value]


def table(title: str, columns: list[str], rows: dict[str, list[str]]) -> None:
    print(f"\n{title}\n\n| | {' | '.join(columns)} |\n|---|{'---|' * len(columns)}")
    for name, row in rows.items():
        print(f"| {name} | {' | '.join(row)} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=12, help="articles of each language")
    texts = read_texts(parser.parse_args().texts)
    score_decoding(texts)
    score_repair(texts)
    score_clean(texts)


if __name__ == "__main__":
    main()
