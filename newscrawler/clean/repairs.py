"""The repairs of a text that reached us decoded: one function each, `str -> str`, its name the kind in the record.

Each is safe alone, leaves what it is not sure of, and changes nothing when run again on its result. None changes curly quotes,
the width of punctuation or anything else that only Unicode's compatibility forms (NFKC) would touch.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import partial

from newscrawler.clean.edits import Note, ignore, rewrite_lines, substitute

# UTF-8 read as a one-byte encoding: a lead byte, then a continuation byte, as cp1252, Latin-1, cp1250, cp1251, cp1253, cp437 or
# Mac Roman show them. A cheap question only: whether it really is mojibake is ftfy's to answer.
MOJIBAKE_LEADS = "\xc2-\xf4ĂÄĆČĎĐĘĚĺľŕśšţžΓΒ-ώЀ-џ√≈‚"
_CONTINUATIONS = "\x80-\xbfĄąĽľŁłŒœŖŚśŠšŞşŤťŸŹźŻżŽžƒˆˇ˘˙˛˜˝΄΅Ά-Ώ\u2013-\u203a€№™ЁЂЃЄЅІЇЈЉЊЋЌЎЏёђѓєѕіїјљњћќўџҐґ°∞≤≥∂∑∏π∫Ωéìíîïñäåçëáàâäãåα-ω"
_MOJIBAKE = re.compile(f"[{MOJIBAKE_LEADS}][{_CONTINUATIONS}]")
_C1 = re.compile("[\x80-\x9f]")
_C1_OF_WINDOWS = re.compile("[\x80-\x84\x86-\x9f]")
_NEXT_LINE_OR_C1 = re.compile("(?P<next_line>(?<![0-9A-Za-z\xc0-\u2000])\x85)|[\x80-\x9f]")
_CONTROL = re.compile("\r\n?|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SURROGATE = re.compile("[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]")
# 锘 is EF BB read as GBK; BF is lost before ASCII or taken for the lead of what follows.
_BOM = re.compile("\ufeff|\\A锘[?\ufffd]?(?![是为的元、，。(（]|\\Z)(?!.{0,200}(?:锘|元素|原子|化学))", re.DOTALL)
# Between these characters a joiner or a direction mark has nothing to join or to direct; ends of the text count as such.
_PLAIN = "\n\t -~\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef\u2018-\u201f"
_INVISIBLE = "\u200b-\u200f\u2060"
# Thai, Lao, Tibetan, Myanmar and Khmer mark words by zero-width spaces alone.
_WITHOUT_SPACES = "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\ua9e0-\ua9ff\uaa60-\uaa7f"
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_ZERO_WIDTH = re.compile(f"\u2060|(?<![{_WITHOUT_SPACES}])\u200b(?![{_WITHOUT_SPACES}])|(?<![^{_PLAIN}{_INVISIBLE}])[\u200c-\u200f](?![^{_PLAIN}{_INVISIBLE}])")
# Not beside two characters of Latin-1 that no word has together: there it is the byte AD.
_HIGH, _ODD_HIGH = "\xa1-\xac\xae-\xff", "\xa1-\xac\xae-\xde"
_BESIDE = f"[{_ODD_HIGH}][{_HIGH}]|[{_HIGH}][{_ODD_HIGH}]"
_SOFT_HYPHEN = re.compile(f"(?<!{_BESIDE})\xad(?!{_BESIDE})")
_ODD = "\xa0\u2000-\u200a\u202f\u205f\u3000"
_SPACE = re.compile(f"[{_ODD}][ {_ODD}]*")
_NARROW = re.compile("[\xa0\u2000-\u200a\u202f\u205f]")
_WIDE = re.compile("[０-９Ａ-Ｚａ-ｚ]+(?:[ \u3000．－＿／＆＠]?[０-９Ａ-Ｚａ-ｚ]+)*")
_WIDE_TOUCHING = re.compile("(?<=[0-9A-Za-z])[０-９Ａ-Ｚａ-ｚ]+|[０-９Ａ-Ｚａ-ｚ]+(?=[0-9A-Za-z])")
_KANA = re.compile("[ぁ-ヿ]")
_PLAIN_ALNUM = re.compile("[0-9A-Za-z]")
_ABOUT_WIDTH = re.compile("[全半][角形]|full-?width", re.IGNORECASE)
_NARROWED = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B) if chr(code).isalnum()}
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_WIDE_MARK = re.compile("[，。：；？！]")
_FOLDED = re.compile(f"(?<=[{_HAN}])(?:[,:;?!](?=[{_HAN}]|$)|\\.$)")
_WIDENED = dict(zip(",:;?!.", "，：；？！。", strict=True))
# A surrogate pair, each half written as three bytes of UTF-8 (CESU-8, Unicode TR 26), these read as cp1252 or Latin-1.
_CESU = re.compile(f"í[\xa0-\xaf][{_CONTINUATIONS}]í[\xb0-\xbf][{_CONTINUATIONS}]")


def lone_surrogates(text: str, note: Note = ignore) -> str:
    r"""Returns the text with surrogate pairs joined (CESU-8, read as it stands) and without single ones, which are no characters.

    >>> lone_surrogates("\ud83d\ude00 \ud83d") == "\U0001f600 "
    True
    """
    return substitute(_SURROGATE, lambda m: m[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore"), text, note)


def utf8_mojibake(text: str, note: Note = ignore) -> str:
    """Returns the text with UTF-8 that was read as a one-byte encoding, even twice, read rightly; ftfy decides, line by line.

    It does not know any Chinese encoding read as another.

    >>> utf8_mojibake("æ–°é—» è§£å†³")
    '新闻 解决'
    """
    if not has_mojibake(text):
        return text
    from ftfy import TextFixerConfig, fix_encoding

    config = TextFixerConfig(explain=False)
    return rewrite_lines(lambda line: fix_encoding(_CESU.sub(_join_cesu, line), config) if _MOJIBAKE.search(line) else line, text, note)


def has_mojibake(text: str) -> bool:
    """Returns whether two characters stand together as bytes of UTF-8 do that were read as a one-byte encoding; cheap."""
    return _MOJIBAKE.search(text) is not None


def _join_cesu(match: re.Match[str]) -> str:
    """Returns the one character of six misread bytes; the match as it is where they are none (needs ftfy's codec imported)."""
    try:
        pair = match[0].encode("sloppy-windows-1252").decode("utf-8", "surrogatepass")
        return pair.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeError:
        return match[0]


def c1_controls(text: str, note: Note = ignore) -> str:
    r"""Returns the text with C1 controls as the characters of cp1252 that were meant; the five without one become U+FFFD.

    Alone, U+0085 is what its name says, the next line (UAX 14), save behind a Latin letter or digit, where it is an ellipsis.

    >>> c1_controls("\x93quoted\x94"), c1_controls("第一行\x85第二行")
    ('“quoted”', '第一行\n第二行')
    """
    if not _C1.search(text):
        return text
    control = _C1 if _C1_OF_WINDOWS.search(text) else _NEXT_LINE_OR_C1
    return substitute(control, lambda m: "\n" if m.lastgroup else m[0].encode("latin-1").decode("cp1252", "replace"), text, note)


def nul_controls(text: str, note: Note = ignore) -> str:
    r"""Returns the text without NUL and other C0 controls; "\r\n" and "\r" become "\n", tabs stay."""
    return substitute(_CONTROL, lambda m: "\n" if m[0][0] == "\r" else "", text, note)


def bom_inside(text: str, note: Note = ignore) -> str:
    """Returns the text without byte order marks, also where one was read as GBK at the start (锘, the element nobelium otherwise).

    >>> bom_inside("锘?本报讯"), bom_inside("锘是一种元素")
    ('本报讯', '锘是一种元素')
    """
    return substitute(_BOM, lambda m: "", text, note)


def zero_width(text: str, note: Note = ignore) -> str:
    """Returns the text without zero-width spaces and word joiners, and without joiners and direction marks that do nothing.

    ZWJ, ZWNJ, LRM and RLM stay wherever a neighbour is neither Latin nor East Asian (emoji, Indic and Arabic need them), and in
    all of a line with a letter written from right to left; zero-width spaces stay beside scripts that have no other (Khmer).

    >>> ascii(zero_width("a\u200bb C++\u200e"))
    "'ab C++'"
    """
    return _line_by_line(_without_invisible, text, note) if _ZERO_WIDTH.search(text) else text


def _without_invisible(line: str, note: Note) -> str:
    directed = _RIGHT_TO_LEFT.search(line) is not None
    return substitute(_ZERO_WIDTH, lambda m: m[0] if directed and m[0] not in "\u200b\u2060" else "", line, note)


def _line_by_line(repair: Callable[[str, Note], str], text: str, note: Note) -> str:
    """Returns the text with each line repaired; notes count from its beginning."""
    lines, start = [], 0
    for line in text.split("\n"):
        lines.append(repair(line, partial(_note_from, note, start)))
        start += len(line) + 1
    return "\n".join(lines)


def _note_from(note: Note, start: int, place: int, before: str, after: str) -> None:
    note(start + place, before, after)


def outside(stays: Callable[[str], bool], repair: Callable[[str, Note], str], text: str, note: Note = ignore) -> str:
    """Returns the text with a repair made only in the lines that are not to stay."""
    return _line_by_line(lambda line, noted: line if stays(line) else repair(line, noted), text, note)


def soft_hyphens(text: str, note: Note = ignore) -> str:
    """Returns the text without soft hyphens, save in what looks like bytes read as Latin-1: they are needed to read it again."""
    return substitute(_SOFT_HYPHEN, lambda m: "", text, note)


def odd_spaces(text: str, note: Note = ignore) -> str:
    """Returns the text with no-break and typographic spaces as plain ones, and without any odd spaces at both ends of a line.

    The ideographic space stays inside a line, where Chinese sets it on purpose, save between two ASCII characters. The no-break
    space stays between a number and the sign of its unit (150 °C), where it belongs (SI brochure, 5.4.3).
    """
    return _line_by_line(_plain_spaces, text, note) if _SPACE.search(text) else text


def _plain_spaces(line: str, note: Note) -> str:
    """Returns a line without odd spaces; where other odd spaces stand too, nobody set the ideographic one on purpose."""
    mixed = "\u3000" in line and _NARROW.search(line) is not None
    return substitute(_SPACE, lambda run: _plain_space(run, mixed=mixed), line, note)


def _plain_space(run: re.Match[str], *, mixed: bool) -> str:
    before, after = run.string[run.start() - 1 : run.start()], run.string[run.end() : run.end() + 1]
    if not before or not after:
        return ""
    if before.isdigit() and after in "°%‰ΩµÅ" and run[0] in "\xa0\u202f":
        return run[0]
    plain = _NARROW.sub(" ", run[0])
    return plain.replace("\u3000", " ") if mixed or (before + after).isascii() else plain


def fullwidth_alnum(text: str, note: Note = ignore) -> str:
    """Returns the text with full-width letters and digits in their plain form, line by line; punctuation stays as wide as it is.

    A line that has plain letters or digits too sets the wide ones on purpose, unless they touch (Ｘinhua); so does one that
    speaks of width. Japanese stays as it is.

    >>> fullwidth_alnum("１９９８年，ＮＢＡ"), fullwidth_alnum("（Ａ）见 B 栏")
    ('1998年，NBA', '（Ａ）见 B 栏')
    """
    return rewrite_lines(_narrow_line, text, note) if _WIDE.search(text) else text


def _narrow_line(line: str) -> str:
    if not _WIDE.search(line) or _ABOUT_WIDTH.search(line) or _KANA.search(line):
        return line
    pattern = _WIDE_TOUCHING if _PLAIN_ALNUM.search(line) else _WIDE
    return pattern.sub(lambda run: run[0].translate(_NARROWED), line)


def folded_punctuation(text: str, note: Note = ignore) -> str:
    """Returns the text with ASCII punctuation between Han characters in its full-width form. Not part of `clean_text` by default.

    Only the comma, colon, semicolon, question and exclamation mark, and a full stop at the end of a line; brackets and quotes
    stay, and so does all in a line whose Chinese has full-width punctuation as well.

    >>> folded_punctuation("他说,明天不来了.")
    '他说，明天不来了。'
    """
    return rewrite_lines(_widen_line, text, note)


def _widen_line(line: str) -> str:
    return line if _WIDE_MARK.search(line) else _FOLDED.sub(lambda mark: _WIDENED[mark[0]], line)


def nfc(text: str, note: Note = ignore) -> str:
    """Returns the text in Unicode's normal form C (UAX 15)."""
    if unicodedata.is_normalized("NFC", text):
        return text
    return rewrite_lines(lambda line: unicodedata.normalize("NFC", line), text, note)
