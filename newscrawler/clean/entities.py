"""Character references that a text shows: resolved where they are left over, kept where the text is about them.

A reference that reaches a reader was escaped once too often. A text about markup shows references on purpose, and nothing in
them tells the two apart; the words around them do, and so does what follows: nobody writes "<" or "&" right before a comma.
Where it fails: texts about markup that name their subject in another line.
"""

from __future__ import annotations

import re

from newscrawler.clean.edits import Note, ignore, rewrite_lines

# A chain such as &amp;amp;quot; is unfolded at once.
_CHAIN = "&(?:(?:amp|AMP|#38|#[xX]26);)"
_ENTITY = re.compile(_CHAIN + r"*(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_AMPERSANDS = re.compile(_CHAIN + "+")
_BARE = re.compile(r"&(?![A-Za-z#][A-Za-z0-9]*;|#)")
_BASIC = ("&amp;", "&lt;", "&gt;", "&quot;")
_BASIC_NAMES = frozenset({"amp", "lt", "gt", "quot"})
_MANY_BASIC = 3
_TAG = re.compile(r"&(?:lt|LT|#60|#[xX]3[cC]);/?[A-Za-z]")
_SUBJECT = re.compile("html|xml|转义|轉義|跳脫字元|字符实体|字元實體|实体(?:引用|字符|名)|character (?:reference|entit)", re.IGNORECASE)
_MARKS = "[，。、；：）」”]"
_BEFORE_MARK = re.compile(_CHAIN + f"*(?:lt|amp|#60|#38);{_MARKS}")
_SAYS = "[写寫][成作为為]?|表示[为為]?|用|输入|輸入|[显顯]示[为為]|[变變][成为為]|[转轉][成为為]"
_SHOWN = re.compile(f"(?:{_SAYS})[ “「\"']*{_CHAIN}*[#A-Za-z0-9]{{2,8}};[ ”」\"']*(?:{_MARKS}|[,或和]|$)")


def html_entities(text: str, note: Note = ignore) -> str:
    """Returns the text with well-formed character references resolved, those of cp1252 (&#150;) as browsers do (HTML, 13.2.5.80).

    References without a semicolon, with an unknown name or of no character (&#0;) stay; so does a line that writes about markup:
    one that shows tags (&lt;br&gt;), speaks of HTML, or says what is written so. In a line with plain ampersands, which a text
    escaped once too often cannot have, &amp; and the other three that all markup needs stay.

    >>> html_entities("R&amp;amp;D &#8212; x&amp;y=1"), html_entities("小于号写成 &amp;lt;。")
    ('R&D — x&y=1', '小于号写成 &amp;lt;。')
    """
    return rewrite_lines(_resolve_line, text, note) if "&" in text else text


def _resolve_line(line: str) -> str:
    if "&" not in line or _is_about_markup(line):
        return line
    if _BARE.search(line):
        return _ENTITY.sub(lambda m: m[0] if m[0] in _BASIC else _resolve(m), line)
    return _AMPERSANDS.sub("&", _ENTITY.sub(_resolve, line))


def _resolve(match: re.Match[str]) -> str:
    """Returns what a reference stands for; half of a surrogate pair (&#55357;) as it is, for `lone_surrogates` to join."""
    from html import unescape
    from html.entities import html5

    name = match[1]
    if name[0] == "#":
        number = int("0" + name[1:], 16) if name[1] in "xX" else int(name[1:])
        if number == 0 or number > 0x10FFFF:
            return _AMPERSANDS.sub("&", match[0])
        return chr(number) if 0xD800 <= number <= 0xDFFF else unescape(f"&{name};")
    return unescape(f"&{name};") if name + ";" in html5 else _AMPERSANDS.sub("&", match[0])


def _is_about_markup(line: str) -> bool:
    """Returns whether the references of a line may be meant as they stand."""
    if _TAG.search(line) or _SUBJECT.search(line) or _BEFORE_MARK.search(line) or _SHOWN.search(line):
        return True
    return len(_BASIC_NAMES.intersection(reference[1] for reference in _ENTITY.finditer(line))) >= _MANY_BASIC
