"""What the matches of a rule mean for each field of an article: a line, a text, names, a date, pictures, related reading.

A setter returns whether the matches gave something; if not, the next rule for the field is asked, and in the end the field stays as
it was found. A `meta` element stands for its content, an `a` for its address where one is wanted, a `time` for its datetime.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from newscrawler.dedupe import same_site
from newscrawler.extract.addresses import Resolver
from newscrawler.extract.dates import Moment, find_date, written
from newscrawler.extract.language import language_of
from newscrawler.extract.names import people
from newscrawler.extract.pictures import MAX_IMAGES, split_credit
from newscrawler.extract.published import Style
from newscrawler.extract.rules import Given, Match, texts_of
from newscrawler.items import Article, Image, Related

_SEPARATORS = {"keywords": re.compile(r"[,，、;；|]"), "sections": re.compile(r"[>›»|]")}
_FREE = {"true": True, "free": True, "yes": True, "1": True, "false": False, "no": False, "0": False, "locked": False, "metered": False}
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")
_TIME_ATTRIBUTES = ("datetime", "content", "data-datetime")
MAX_RELATED = 200


@dataclass(frozen=True, slots=True)
class Context:
    """What reading a match takes beside it: how the page writes dates, the language it declares, its address."""

    style: Style
    lang: str
    resolver: Resolver
    url: str


Setter = Callable[[Article, list[Match], Context], bool]


def set_given(article: Article, given: Given, context: Context) -> dict[str, str]:
    """Sets the fields that rules gave; returns the rule, as written, that gave each. What cannot be read changes nothing."""
    by: dict[str, str] = {}
    for field, setter in SETTERS.items():
        rule = next((rule for rule, matches in given.get(field, ()) if setter(article, matches, context)), None)
        if rule is not None:
            by[field] = rule.written
    return by


def _line(field: str) -> Setter:
    def set_line(article: Article, matches: list[Match], _: Context) -> bool:
        line = next((" ".join(text.split()) for text in texts_of(matches)), "")
        if line:
            setattr(article, field, line)
        return bool(line)

    return set_line


def _list(field: str) -> Setter:
    """The texts of several matches; one alone is parted at the separators that such lists have."""

    def set_list(article: Article, matches: list[Match], _: Context) -> bool:
        texts = texts_of(matches)
        entries = _SEPARATORS[field].split(texts[0]) if len(texts) == 1 else texts
        found = list(dict.fromkeys(line for line in (" ".join(entry.split()) for entry in entries) if line))
        if found:
            setattr(article, field, found)
        return bool(found)

    return set_list


def _set_text(article: Article, matches: list[Match], context: Context) -> bool:
    text = "\n".join(texts_of(matches))
    if text:
        article.text = text
        article.language, article.language_score = language_of(text, context.lang)
    return bool(text)


def _set_authors(article: Article, matches: list[Match], _: Context) -> bool:
    names = people(texts_of(matches))
    article.authors = names or article.authors
    return bool(names)


def _set_published(article: Article, matches: list[Match], context: Context) -> bool:
    for match in matches:
        moment, source = _moment(match, context)
        if moment is not None:
            article.date_published, article.date_precision, article.tz_source = written(moment, context.style.zone)
            article.date_published_raw, article.date_published_source = moment.raw, source
            return True
    return False


def _set_modified(article: Article, matches: list[Match], context: Context) -> bool:
    moment = next((moment for match in matches if (moment := _moment(match, context)[0])), None)
    if moment is not None:
        article.date_modified = written(moment, context.style.zone)[0]
    return moment is not None


def _moment(match: Match, context: Context) -> tuple[Moment | None, str]:
    """Returns the date of a match, and where it was found in the record's words: meta, time (an attribute says it) or text."""
    element, text, source = match.element, match.text, "text"
    if text is None and element is not None:
        declared = next((value for name in _TIME_ATTRIBUTES if (value := element.get(name))), None)
        text, source = (declared, "time") if declared else (" ".join(texts_of([match])), "text")
    elif match.attribute is not None:
        source = "time"
    if element is not None and element.tag in ("meta", "time"):
        source = element.tag
    return find_date(text or "", month_first=context.style.month_first, short=True), source


def _set_image(article: Article, matches: list[Match], context: Context) -> bool:
    url = next((url for match in matches if (url := _address(match, context))), None)
    article.image_url = url or article.image_url
    return url is not None


def _set_images(article: Article, matches: list[Match], context: Context) -> bool:
    images: dict[str, Image] = {}
    for match in matches:
        if match.text is not None or match.element is None:
            pictures = [(_address(match, context), "")]
        else:
            pictures = [(_address(Match(image), context), _caption(match.element, image)) for image in match.element.iter("img")]
        for url, caption in pictures:
            if url:
                images.setdefault(url, Image(url, *split_credit(caption)))
    article.images = list(images.values())[:MAX_IMAGES] or article.images
    return bool(images)


def _caption(element: etree._Element, image: etree._Element) -> str:
    """Returns what a matched element, or the figure around it, says below the picture; else the picture's own words."""
    figure = next(image.iterancestors("figure"), element)
    printed = next((" ".join(texts_of([Match(one)])) for one in figure.iter("figcaption")), "")
    return printed or image.get("alt") or ""


def _address(match: Match, context: Context) -> str | None:
    """Returns the absolute URL that a match stands for: an attribute's or text's, else that of a picture, link or meta element."""
    if match.text is not None or match.element is None:
        return context.resolver.resolve(match.text or "")
    element = match.element
    inner = element if element.tag in ("img", "a", "link", "meta", "source") else next(element.iter("img", "a"), element)
    found = next((value for name in ("data-src", "src", "href", "content") if (value := inner.get(name))), None)
    return context.resolver.resolve(found) if found else None


def _set_related(article: Article, matches: list[Match], context: Context) -> bool:
    entries: dict[str, Related] = {}
    for match in matches:
        for anchor, url in _links(match, context):
            title = " ".join((" ".join(texts_of([Match(anchor)])) or anchor.get("title") or "").split())
            entry = entries.setdefault(url, Related(url, "related", title, _teaser(match, anchor, title), len(entries)))
            entry.title = entry.title or title
    article.related = list(entries.values())[:MAX_RELATED] or article.related
    return bool(entries)


def _links(match: Match, context: Context) -> list[tuple[etree._Element, str]]:
    """Returns the links of a match with their addresses: those in an element, or the one that a text or attribute is of."""
    element = match.element
    if element is None:
        return []
    within = element.iter("a") if match.text is None else [element] if element.tag == "a" else element.iterancestors("a")
    found = ((anchor, context.resolver.resolve(anchor.get("href") or "")) for anchor in within)
    return [(anchor, url) for anchor, url in found if url and url != context.url.partition("#")[0]]


def _teaser(match: Match, anchor: etree._Element, title: str) -> str | None:
    """Returns what a matched element says beside its only link; a list with several links has no teaser of one."""
    element = match.element
    if match.text is not None or element is None or element is anchor or len({one.get("href") for one in element.iter("a")}) > 1:
        return None
    whole = " ".join(texts_of([match])[0].split()) if texts_of([match]) else ""
    return whole.replace(title, "", 1).strip(" -·|") or None


def _set_language(article: Article, matches: list[Match], context: Context) -> bool:
    """The language that a rule gives; where the text is in it too, as the text tells it, which knows the script."""
    element = matches[0].element
    text = matches[0].text or (element.get("lang") if element is not None else None) or next(iter(texts_of(matches)), "")
    if not _LANGUAGE.fullmatch(text.strip()):
        return False
    told = text.strip().replace("_", "-")
    by_text, score = language_of(article.text, told)
    same = by_text is not None and by_text.partition("-")[0] == told.partition("-")[0].lower()
    article.language, article.language_score = (by_text, score) if same else (told, None)
    return True


def _set_canonical(article: Article, matches: list[Match], context: Context) -> bool:
    url = next((url for match in matches if (url := _address(match, context)) and same_site(url, context.url)), None)
    article.canonical_url = url or article.canonical_url
    return url is not None


def _set_free(article: Article, matches: list[Match], _: Context) -> bool:
    told = next((_FREE[text.lower()] for text in texts_of(matches) if text.lower() in _FREE), None)
    article.is_accessible_for_free = article.is_accessible_for_free if told is None else told
    return told is not None


SETTERS: dict[str, Setter] = {
    **{field: _line(field) for field in ("title", "subtitle", "description", "byline", "source_name")},
    **{field: _list(field) for field in ("keywords", "sections")},
    "text": _set_text,
    "authors": _set_authors,
    "date_published": _set_published,
    "date_modified": _set_modified,
    "image_url": _set_image,
    "images": _set_images,
    "related": _set_related,
    "language": _set_language,
    "canonical_url": _set_canonical,
    "is_accessible_for_free": _set_free,
}
"""`text` stands before `language`, which looks at it."""
