"""A CSS selector or XPath expression as written -> XPath that is known to run."""

from __future__ import annotations

import re

_XPATH = ("/", "./", "(", "string(", "normalize-space(", "concat(", "boolean(", "not(", "id(")
_AXIS = re.compile(r"(?:ancestor|ancestor-or-self|attribute|child|descendant|descendant-or-self|following|following-sibling|parent|preceding|self)::")
_MANY = 1000
_ARGUMENTS = {
    "last": (0, 0), "position": (0, 0), "count": (1, 1), "id": (1, 1), "local-name": (0, 1), "namespace-uri": (0, 1), "name": (0, 1),
    "string": (0, 1), "concat": (2, _MANY), "starts-with": (2, 2), "contains": (2, 2), "substring-before": (2, 2), "substring-after": (2, 2),
    "substring": (2, 3), "string-length": (0, 1), "normalize-space": (0, 1), "translate": (3, 3), "boolean": (1, 1), "not": (1, 1),
    "true": (0, 0), "false": (0, 0), "lang": (1, 1), "number": (0, 1), "sum": (1, 1), "floor": (1, 1), "ceiling": (1, 1), "round": (1, 1),
}  # fmt: skip
"""The functions of XPath 1.0 (section 4), each with how many arguments it takes at least and at most."""
_NO_CALLS = frozenset("text node comment processing-instruction and or div mod".split())
"""What may stand before a bracket without being a function: tests of nodes, and operators."""
_OF_NODES = frozenset({"count", "sum"})
_LITERAL = re.compile(r"""'[^']*'|"[^"]*\"""")
_CALL = re.compile(r"(?<![\w.-])[a-zA-Z][\w.-]*(?=\s*\()")
_VARIABLE = re.compile(r"\$[\w.:-]*")
_PREFIX = re.compile(r"[\w.-]+:(?!:)")


def xpath_of(rule: str, gives: tuple[type, ...] = (list, str)) -> str:
    """Returns the XPath expression that a rule means; raises ValueError for one that fails or `gives` another type of result.

    Unknown functions, prefixes and variables, and functions with too few or too many arguments are looked for here: libxml2 tells
    them only once a page makes it get there.
    """
    from lxml import etree

    expression = rule if rule.startswith(_XPATH) or _AXIS.match(rule) else _of_css(rule)
    try:
        result = etree.XPath(expression)(etree.fromstring("<html><body/></html>"))
    except (etree.XPathError, ValueError) as error:
        raise ValueError(f"{rule!r} is no XPath expression: {error}") from error
    if fault := _fault(_LITERAL.sub("''", expression)):
        raise ValueError(f"{rule!r} is no XPath expression: {fault}")
    if not isinstance(result, gives):
        raise ValueError(f"{rule!r} gives a {type(result).__name__}, not elements or text")
    return expression


def _fault(bare: str) -> str | None:
    """Returns what is wrong with an expression (its texts taken out) that a page need not show, or None."""
    if unknown := [*_VARIABLE.findall(bare), *_PREFIX.findall(bare)]:
        return f"{unknown[0]!r} is unknown"
    for call in _CALL.finditer(bare):
        name = call[0]
        if name in _NO_CALLS:
            continue
        if name not in _ARGUMENTS:
            return f"{name!r} is unknown"
        given, (least, most) = _arguments(bare, bare.index("(", call.end())), _ARGUMENTS[name]
        if not least <= len(given) <= most:
            return f"{name}() takes {least if least == most else f'{least} or more' if most == _MANY else f'{least} or {most}'} arguments, not {len(given)}"
        if name in _OF_NODES and given[0].strip()[:1] in ("'", *"0123456789"):
            return f"{name}() takes elements, not a text or number"
    return None


def _arguments(bare: str, opened: int) -> list[str]:
    """Returns the arguments in the bracket that opens at a place, which the parser has found closed."""
    depth, start, found = 0, opened + 1, []
    for place in range(opened, len(bare)):
        depth += (bare[place] in "([") - (bare[place] in ")]")
        if depth == 0 or (depth == 1 and bare[place] == ","):
            found.append(bare[start:place])
            start = place + 1
        if depth == 0:
            break
    return found if len(found) > 1 or found[0].strip() else []


def _of_css(rule: str) -> str:
    import cssselect

    try:
        if any(selector.pseudo_element for selector in cssselect.parse(rule)):
            raise ValueError(f"{rule!r}: for an attribute or a text write XPath, like //meta/@content")
        return cssselect.HTMLTranslator().css_to_xpath(rule)
    except cssselect.SelectorError as error:
        raise ValueError(f"{rule!r} is no CSS selector (XPath begins with /): {error}") from error
