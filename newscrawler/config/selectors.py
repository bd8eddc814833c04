"""A CSS selector or XPath expression as written -> XPath that is known to run."""

from __future__ import annotations

import re

_XPATH = ("/", "./", "(", "string(", "normalize-space(", "concat(", "boolean(", "not(")
_FUNCTIONS = frozenset(
    "last position count id local-name namespace-uri name string concat starts-with contains substring-before substring-after substring "
    "string-length normalize-space translate boolean not true false lang number sum floor ceiling round "
    "text node comment processing-instruction and or div mod".split()
)
"""What may stand before a bracket in XPath 1.0 (section 4, and the tests of nodes and operators)."""
_LITERAL = re.compile(r"""'[^']*'|"[^"]*\"""")
_CALL = re.compile(r"[\w.-]+(?=\s*\()")
_PREFIX = re.compile(r"[\w.-]+:(?!:)")


def xpath_of(rule: str, gives: tuple[type, ...] = (list, str)) -> str:
    """Returns the XPath expression that a rule means; raises ValueError for one that fails or `gives` another type of result.

    Unknown functions and prefixes are looked for here: libxml2 tells them only once a page reaches them.
    """
    from lxml import etree

    expression = rule if rule.startswith(_XPATH) else _of_css(rule)
    try:
        result = etree.XPath(expression)(etree.fromstring("<html><body/></html>"))
    except (etree.XPathError, ValueError) as error:
        raise ValueError(f"{rule!r} is no XPath expression: {error}") from error
    bare = _LITERAL.sub("''", expression)
    if unknown := [*_PREFIX.findall(bare), *(call for call in _CALL.findall(bare) if call not in _FUNCTIONS)]:
        raise ValueError(f"{rule!r} is no XPath expression: {unknown[0]!r} is unknown")
    if not isinstance(result, gives):
        raise ValueError(f"{rule!r} gives a {type(result).__name__}, not elements or text")
    return expression


def _of_css(rule: str) -> str:
    import cssselect

    try:
        if any(selector.pseudo_element for selector in cssselect.parse(rule)):
            raise ValueError(f"{rule!r}: for an attribute or a text write XPath, like //meta/@content")
        return cssselect.HTMLTranslator().css_to_xpath(rule)
    except cssselect.SelectorError as error:
        raise ValueError(f"{rule!r} is no CSS selector (XPath begins with /): {error}") from error
