"""Elements that say by class or itemprop that they hold a writer or a date, and what a page's outline has of them.

Pages name the writer and the date in small inline elements whose text melts into a block's; the walk over the tree keeps those
elements (`Mark`), and this module tells which they are. Only the names of classes are looked at, in all languages' words.
"""

from __future__ import annotations

import re
from functools import lru_cache

AUTHOR, DATE, MODIFIED, SURE = (1 << n for n in range(4))
"""What a mark says its text is; SURE when the vocabulary of schema.org says it and not a class."""

TIME = DATE
"""What a <time> is that says nothing else."""

_PROPERTIES = {
    "author": AUTHOR | SURE,
    "creator": AUTHOR | SURE,
    "datepublished": DATE | SURE,
    "datecreated": DATE | SURE,
    "created": DATE | SURE,
    "issued": DATE | SURE,
    "date": DATE,
    "datemodified": MODIFIED | SURE,
    "modified": MODIFIED | SURE,
}
_AUTHOR = frozenset(
    "author authors authorname authorlink byline bylines writer writers writtenby journalist journalists reporter reporters contributor contributors "
    "columnist autor autoren autorin autore autores auteur auteurs verfasser redakteur redacteur forfatter skribent zuozhe zuozhei jizhe creator".split()
)
_NO_AUTHOR = frozenset(
    "bio biography avatar image img photo picture pic icon social share comment comments reply related count follow email mail description desc about date time "
    "role title job position list more form box search register login topic tags tag category".split()
)
_DATE = frozenset(
    "date datum dates fecha data pubdate pubtime publish published publishing publisheddate publishdate publishtime posted postdate created creationdate "
    "createdate createtime timestamp time dateline datetime release released articledate newsdate entrydate postmetadate shijian riqi fabu erstellt".split()
)
_MODIFIED = frozenset("modified updated update updatedate lastmod lastmodified changed aktualisiert edited".split())
_NO_DATE = frozenset("event events read reading duration comment comments related expire expires picker countdown birth update timeout calendar archive archives".split())
_VALUE = re.compile(r"\[[^\[\]]*\]")  # a value in a utility class: "[grid-area:authors]"
_TOKEN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_NOT_AUTHOR, _NOT_DATE = 1 << 4, 1 << 5
_WORDS = ((AUTHOR, _AUTHOR), (DATE, _DATE), (MODIFIED, _MODIFIED), (_NOT_AUTHOR, _NO_AUTHOR), (_NOT_DATE, _NO_DATE))
_SAYS = {word: sum(sign for sign, words in _WORDS if word in words) for word in frozenset().union(*(words for _, words in _WORDS))}
"""What each word says for and against a writer and a date."""


@lru_cache(maxsize=16384)
def mark_of(name: str | None, prop: str | None) -> int:
    """Returns what an element's class and itemprop (or RDFa property) say that its text is, 0 for nothing.

    >>> mark_of("post-authorName", None) == AUTHOR, mark_of("meta__date--small", None) == DATE, mark_of("author-bio", None)
    (True, True, 0)
    """
    kind = max((_PROPERTIES.get(one.rpartition(":")[2].lower(), 0) for one in prop.split()), default=0) if prop else 0
    if kind or not name:
        return kind
    said = 0
    for word in (_VALUE.sub("", name) if "[" in name else name).split():
        said |= _said_by(word)
    if said & AUTHOR and not said & _NOT_AUTHOR:
        return AUTHOR
    if said & MODIFIED:
        return MODIFIED
    return DATE if said & DATE and not said & _NOT_DATE else 0


@lru_cache(maxsize=16384)
def _said_by(word: str) -> int:
    """Returns what one class says for and against writers and dates: elements have each their own classes together, but few words."""
    said = 0
    for token in _TOKEN.findall(word):
        low = token.lower()
        said |= _SAYS.get(low, 0)
        if low.endswith("date"):
            said |= DATE
    return said
