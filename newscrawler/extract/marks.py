"""Elements that say by class or itemprop that they hold a writer or a date, and what a page's outline has of them.

Pages name the writer and the date in small inline elements whose text melts into a block's; the walk over the tree keeps those
elements (`Mark`), and this module tells which they are. Only the names of classes are looked at, in all languages' words.
"""

from __future__ import annotations

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
_NOT_AUTHOR, _NOT_DATE = 1 << 4, 1 << 5
_WORDS = ((AUTHOR, _AUTHOR), (DATE, _DATE), (MODIFIED, _MODIFIED), (_NOT_AUTHOR, _NO_AUTHOR), (_NOT_DATE, _NO_DATE))
_SIGNS = {word: sum(sign for sign, words in _WORDS if word in words) for word in frozenset().union(*(words for _, words in _WORDS))}
"""What each word says for and against a writer and a date."""


def kind_of_property(prop: str) -> int:
    """Returns what an itemprop or RDFa property says that an element's text is, 0 for nothing."""
    return max((_PROPERTIES.get(one.rpartition(":")[2].lower(), 0) for one in prop.split()), default=0)


def signs_of_word(word: str) -> int:
    """Returns what a word of a class, in lower case, says for and against a writer and a date; those of several words are or-ed."""
    return _SIGNS.get(word, 0) | (DATE if word.endswith("date") else 0)


def kind_of_signs(signs: int) -> int:
    """Returns which mark an element is whose classes' words say all that.

    >>> kind_of_signs(signs_of_word("author")) == AUTHOR, kind_of_signs(signs_of_word("author") | signs_of_word("avatar"))
    (True, 0)
    """
    if signs & AUTHOR and not signs & _NOT_AUTHOR:
        return AUTHOR
    if signs & MODIFIED:
        return MODIFIED
    return DATE if signs & DATE and not signs & _NOT_DATE else 0
