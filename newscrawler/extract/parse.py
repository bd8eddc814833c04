"""Text -> tree, once: recovers from anything, follows nothing out of the document, and never recurses on depth."""

from __future__ import annotations

import re

from lxml import etree

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FORMATTING = re.compile(r"</?(?:b|i|u|s|em|strong|font|span|small|big|tt|center|nobr)\b[^<>]*>", re.IGNORECASE)
"""Inline elements without a meaning of their own: never closed, each of them makes all that follows one level deeper."""
MAX_ATTRIBUTES = 5_000
"""Of one tag. libxml2 compares each with all before it: 100,000 of them cost most of a minute."""
_LONG = re.compile(r">[^>]{32768}")
_LONG_TAG = re.compile(r"<([A-Za-z][A-Za-z0-9]*)\s[^<>]{32768,}")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,200}\?>")


def parse_html(text: str) -> etree._Element | None:
    """Returns the root of an HTML document, or None when nothing in it can be parsed. Comments are left out.

    A page that is nested deeper than libxml2 takes at once (256 elements: tags that nobody closes) is parsed again with its wider bound
    (2048), and if need be without formatting. What lies deeper still is lost with all that follows it: `parse_whole` tells.
    """
    return parse_whole(text)[0]


def parse_whole(text: str) -> tuple[etree._Element | None, bool]:
    """Returns what `parse_html` does, and whether the page was nested too deep to be parsed to its end."""
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    if _LONG.search(text):
        text = _LONG_TAG.sub(_bounded, text)
    root, is_cut = _parsed(text, huge=False)
    if is_cut:
        root, is_cut = _parsed(text, huge=True)
    if is_cut:
        root, is_cut = _parsed(_FORMATTING.sub("", text), huge=True)
    return root, is_cut


def _bounded(tag: re.Match[str]) -> str:
    """Returns a long tag as it is, or without its attributes when there are too many; what stands in quotes is one."""
    return tag[0] if len(_QUOTED.sub("", tag[0]).split(None, MAX_ATTRIBUTES + 1)) <= MAX_ATTRIBUTES else f"<{tag[1]}"


def _parsed(text: str, *, huge: bool) -> tuple[etree._Element | None, bool]:
    """Returns the root, and whether the parser stopped at its bound on depth."""
    parser = etree.HTMLParser(encoding="utf-8", recover=True, huge_tree=huge, no_network=True, remove_comments=True, remove_pis=True)
    try:
        # Bytes, since a str with an XML encoding declaration is refused.
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError):
        return None, False
    last = parser.error_log.last_error
    return root, last is not None and last.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT


def parse_xml(text: str) -> etree._Element | None:
    """Returns the root of an XML document, or None when it is broken beyond recovery. Loads and expands no entities."""
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    text = _NOT_XML.sub(" ", _DECLARATION.sub("", text, count=1)).lstrip("\ufeff \t\r\n")
    try:
        return etree.fromstring(text.encode("utf-8"), parser)
    except (etree.LxmlError, ValueError):
        return None


def local_name(element: etree._Element) -> tuple[str, str]:
    """Returns an element's namespace ("" for none) and its name in it; a prefix that nothing declares is left out.

    (etree.QName raises for such a prefix, which the parser, recovering, leaves in the name.)
    """
    tag = str(element.tag)
    namespace, _, name = tag[1:].rpartition("}") if tag.startswith("{") else ("", "", tag)
    prefix, colon, rest = name.rpartition(":")
    return (namespace or prefix) if colon else namespace, rest
