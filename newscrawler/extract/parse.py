"""Text -> tree, once: recovers from anything, follows nothing out of the document, and never recurses on depth."""

from __future__ import annotations

import re

from lxml import etree

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,200}\?>")


def parse_html(text: str) -> etree._Element | None:
    """Returns the root of an HTML document, or None when nothing in it can be parsed. Comments are left out."""
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    parser = etree.HTMLParser(encoding="utf-8", recover=True, huge_tree=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        # Bytes, since a str with an XML encoding declaration is refused.
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError):
        return None


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
