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
_PARTS = "dat aut tim pub upd post creat mod byli writ report journ contrib column verfas reda forfat skrib zuozh release fecha aktual edit chang erstel riqi shiji fabu".split()
"""One of these has every name that says something: most have none, and are through with that."""
_TOKEN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")


@lru_cache(maxsize=16384)
def mark_of(name: str | None, prop: str | None) -> int:
    """Returns what an element's class and itemprop (or RDFa property) say that its text is, 0 for nothing.

    >>> mark_of("post-authorName", None) == AUTHOR, mark_of("meta__date--small", None) == DATE, mark_of("author-bio", None)
    (True, True, 0)
    """
    kind = max((_PROPERTIES.get(one.rpartition(":")[2].lower(), 0) for one in prop.split()), default=0) if prop else 0
    if kind or not name or not _may_say(name.lower()):
        return kind
    tokens = {token.lower() for token in _TOKEN.findall(_VALUE.sub("", name) if "[" in name else name)}
    if tokens & _AUTHOR and not tokens & _NO_AUTHOR:
        return AUTHOR
    if tokens & _MODIFIED:
        return MODIFIED
    if not tokens & _NO_DATE and (tokens & _DATE or any(token.endswith("date") for token in tokens)):
        return DATE
    return 0


def _may_say(name: str) -> bool:
    for part in _PARTS:  # noqa: SIM110 (half the time of any(), and no regular expression is as fast)
        if part in name:
            return True
    return False
