"""Clusters: which texts of the collection are copies of one story.

    look_up -> (the decision) -> put -> tell_again

A member is a page with an article or with a duplicate that is kept. Two members are tied by a pair of near-duplicates
(`dedupe.alike`, which does not care which of two comes first) or by one being kept as a duplicate of the other. A cluster is a connected
component of these ties; its leader is the member whose page's address has the smallest id, and its id is that one. A member like no other
is a cluster of one. So members and id depend on what is in the collection alone, not on the order in which it came, as long as no text
shares a key with more than `near.CROWD` others.

A new member joins or unites clusters and never parts them, which costs the same however large they are, but for the members whose
leader changes: for one of n about as often as the logarithm of n. When a text changes or goes, its cluster is found anew from the ties
that are left. The index leads from a key to the first `near.CROWD` texts that came with it, and compares a text with `near.CANDIDATES` others
at most: of hundreds of copies of one page the ties to the first ones are kept, which is enough to hold them together. What that may lose: a
tie through a text that only a later variant of more than `near.CROWD` has. Which variants are later, the order of arrival says: so of such a
crowd of variants, each with a tail of its own, a text that is like such a tail may be in the cluster or not.

Lines that a site repeats on its articles are no part of a text here (`store.site_lines`). When a line is found to be one, the members that
stood with it before are entered anew.

Everything here works on a connection inside its transaction. What `put`, `take_out` and `refresh` return are the pages of other
members whose cluster has another id now, or who were entered anew: their records have changed, and `tell_again` gives them new numbers of change.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from newscrawler.dedupe import Fingerprint, Likeness, alike, article_id, fingerprint
from newscrawler.dedupe.fingerprint import title_hash
from newscrawler.dedupe.lines import packed, unpacked, without
from newscrawler.store import duplicates as copies
from newscrawler.store import near, site_lines
from newscrawler.store.site_lines import Seen
from newscrawler.store.tables import articles, clusters, counters, duplicates, near_pairs, near_prints, pages, revisions

PENDING = "near_pending"
"""The counter that an upgrade leaves when articles were stored before they had fingerprints; `fill` takes it away."""
PORTION = 400
"""Pages asked for in one statement."""
SAMPLE = 500
"""Fingerprints that are made anew for a proof."""
LARGE = 64
"""Members of a cluster from which on one that hangs by a single tie leaves without the rest being looked at."""

_LEADERS = sa.select(clusters.c.page_id, clusters.c.leader).where(clusters.c.page_id.in_(sa.bindparam("wanted", expanding=True)))
_KEYS = sa.select(pages.c.id, pages.c.url_key).where(pages.c.id.in_(sa.bindparam("wanted", expanding=True)))
_MEMBERS = sa.select(clusters.c.page_id).where(clusters.c.leader == sa.bindparam("of"))
_TOLD = (
    sa.select(clusters.c.page_id, pages.c.url_key, near_prints.c.packed)
    .select_from(clusters.join(pages, pages.c.id == clusters.c.leader).outerjoin(near_prints, near_prints.c.number == clusters.c.page_id))
    .where(clusters.c.page_id.in_(sa.bindparam("wanted", expanding=True)))
)
_SAME_STORY = sa.select(articles.c.page_id, duplicates.c.page_id.label("copy")).join(duplicates, duplicates.c.article_id == articles.c.id)
_COPIES = sa.union_all(
    _SAME_STORY.where(articles.c.page_id.in_(sa.bindparam("wanted", expanding=True))),
    _SAME_STORY.where(duplicates.c.page_id.in_(sa.bindparam("others", expanding=True))),
)
_PAIRS = sa.select(near_pairs.c.one, near_pairs.c.other).where(near_pairs.c.one.in_(sa.bindparam("wanted", expanding=True)))
_PAIRS_TO = sa.select(near_pairs.c.one, near_pairs.c.other).where(near_pairs.c.other.in_(sa.bindparam("wanted", expanding=True)))


@dataclass(frozen=True, slots=True)
class Likes:
    """The fingerprint of a text, the members that it is near, by page, likeliest first, and what is known of its lines."""

    fingerprint: Fingerprint
    alike: Sequence[tuple[int, Likeness]]
    lines: Seen


def look_up(connection: sa.Connection, page_id: int, title: str | None, text: str) -> Likes:
    """Returns what the text of a page is near, the page itself apart. Writes nothing."""
    seen = site_lines.look(connection, page_id, title_hash(title), text)
    new = fingerprint(title, without(text, seen.left_out, seen.site))
    return Likes(new, alike(new, ((number, one) for number, one in near.candidates(connection, new) if number != page_id)), seen)


def put(connection: sa.Connection, page_id: int, likes: Likes, *, first: bool = False) -> list[int]:
    """Enters a member, or what its text is now; returns the other members whose cluster or fingerprint is another now.

    `first` says that the page is no member yet and no duplicate, nor an article with duplicates, which spares questions.
    """
    had: dict[int, int] = {} if first else _part(connection, [page_id])
    near.write(connection, page_id, likes.fingerprint, packed(likes.lines.left_out), first=first)
    if likes.alike:
        rows = [{"one": min(page_id, number), "other": max(page_id, number)} for number, _ in likes.alike]
        connection.execute(near_pairs.insert(), rows)
    tied = {number for number, _ in likes.alike}
    if not first:
        tied |= {page for pair in _copies_of(connection, [page_id]) for page in pair} - {page_id}
    _join(connection, page_id, tied, had)
    changed = set(_changed(connection, had, {page_id}))
    for page in site_lines.learn(connection, page_id, likes.lines):
        changed |= {page, *refresh(connection, page)}
    return sorted(changed - {page_id})


def take_out(connection: sa.Connection, page_ids: Collection[int]) -> list[int]:
    """Removes members with their fingerprints; pages that are none are no error. Returns the others whose cluster has another id now."""
    had = _part(connection, page_ids)
    for page_id in page_ids:
        near.forget(connection, page_id)
    site_lines.forget(connection, page_ids)
    return _changed(connection, had, page_ids)


def refresh(connection: sa.Connection, page_id: int) -> list[int]:
    """Brings a member in line with what its page has now, an article, a duplicate or neither; returns what `put` does."""
    held = _held(connection, page_id)
    return take_out(connection, [page_id]) if held is None else put(connection, page_id, look_up(connection, page_id, *held))


def tell_again(connection: sa.Connection, page_ids: Iterable[int], seq: int) -> int:
    """Gives the newest records of these pages new numbers of change, from `seq` + 1 on; returns the last one. What is gone is not told."""
    for page_id in sorted(set(page_ids)):
        mine = articles.update().where(articles.c.page_id == page_id, articles.c.gone_at.is_(None))
        row = connection.execute(mine.values(seq=seq + 1).returning(articles.c.id, articles.c.revision)).first()
        if row is not None:
            newest = revisions.update().where(revisions.c.article_id == row.id, revisions.c.revision == row.revision)
            connection.execute(newest.values(seq=seq + 1))
        told = row or connection.execute(duplicates.update().where(duplicates.c.page_id == page_id).values(seq=seq + 1).returning(duplicates.c.seq)).first()
        seq += told is not None
    return seq


def told(connection: sa.Connection, page_ids: Sequence[int]) -> dict[int, dict[str, str | None]]:
    """Returns {page: {"near_hash": ..., "cluster_id": ...}} of the members among these pages."""
    return {
        row.page_id: {"near_hash": near_hash(row.packed), "cluster_id": article_id(row.url_key)}
        for part in _portions(page_ids)
        for row in connection.execute(_TOLD, {"wanted": part})
    }


def near_hash(kept: bytes | None) -> str | None:
    """Returns a fingerprint as a record has it: "near1:" and base64 of `Fingerprint.packed`; None for a text too short to have one."""
    return "near1:" + b64encode(kept).decode() if kept is not None and Fingerprint.unpacked(kept).keys else None


def is_pending(connection: sa.Connection) -> bool:
    """Whether there may be articles without a fingerprint, of before an upgrade."""
    return connection.execute(sa.select(counters.c.value).where(counters.c.name == PENDING)).scalar() is not None


def fill(connection: sa.Connection, seq: int, most: int = 200) -> tuple[int, int]:
    """Makes members of up to `most` articles and duplicates that are none; returns how many, and the last number of change.

    Their records have a hash and a cluster from now on, so all get a number. When there are none left, nothing is pending any more.
    """
    lacking = [
        page_id
        for table in (articles, duplicates)
        for (page_id,) in connection.execute(
            sa.select(table.c.page_id).outerjoin(clusters, clusters.c.page_id == table.c.page_id).where(clusters.c.page_id.is_(None)).limit(most)
        )
    ][:most]
    changed = {page for page_id in lacking for page in [page_id, *refresh(connection, page_id)]}
    if not lacking:
        connection.execute(counters.delete().where(counters.c.name == PENDING))
    return len(lacking), tell_again(connection, changed, seq)


def findings(connection: sa.Connection) -> Iterator[str]:
    """Yields up to ten clusters whose members or id are not what the ties say, each as a line."""
    found = 0
    shared = sa.select(clusters.c.leader).group_by(clusters.c.leader).having(sa.func.count() > 1)
    alone = sa.select(clusters.c.leader).group_by(clusters.c.leader).having(sa.and_(sa.func.count() == 1, sa.func.max(clusters.c.page_id) != clusters.c.leader))
    for leader in connection.execute(sa.union_all(shared, alone)).scalars().all():
        members = list(connection.execute(_MEMBERS, {"of": leader}).scalars())
        parts = _components(connection, members)
        wrong = len(parts) > 1 or min(parts[0], key=_names(connection, parts[0]).__getitem__) != leader
        if wrong:
            yield f"the cluster of page {leader}: {len(members)} members, {len(parts)} by their ties"
            found += 1
        if found == 10:
            return


def stale(connection: sa.Connection) -> Iterator[str]:
    """Yields up to ten members whose fingerprint is not that of their text; asked of `SAMPLE` at most, evenly over all."""
    number = connection.execute(sa.select(sa.func.count()).select_from(clusters)).scalar_one()
    every = -(-number // SAMPLE) or 1
    row = sa.func.row_number().over(order_by=clusters.c.page_id).label("row")
    numbered = sa.select(clusters.c.page_id, row).subquery()
    found = 0
    for page_id in connection.execute(sa.select(numbered.c.page_id).where(numbered.c.row % every == 0)).scalars().all():
        if found < 10 and not _is_made_of(connection, page_id, _held(connection, page_id)):
            found += 1
            yield f"page {page_id}"


def _is_made_of(connection: sa.Connection, page_id: int, held: tuple[str | None, str] | None) -> bool:
    """Whether the fingerprint of a page is that of what it has, without the lines that were left out; so is nothing of nothing."""
    row = connection.execute(sa.select(near_prints.c.packed, near_prints.c.left_out).where(near_prints.c.number == page_id)).first()
    if held is None:
        return True
    title, text = held
    left_out = unpacked(None if row is None else row.left_out)
    made = fingerprint(title, without(text, left_out, site_lines.site_of_page(connection, page_id)))
    return (None if row is None else row.packed) == (made.packed() if made.keys or left_out else None)


def _held(connection: sa.Connection, page_id: int) -> tuple[str | None, str] | None:
    """Title and text of what a page has in its newest version, None when it has nothing."""
    newest = (revisions.c.article_id == articles.c.id) & (revisions.c.revision == articles.c.revision)
    line = connection.execute(sa.select(revisions.c.record).join(articles, newest).where(articles.c.page_id == page_id)).scalar()
    record: dict[str, Any] | None = json.loads(line) if line is not None else copies.of_page(connection, page_id)
    return None if record is None else (record.get("title"), record.get("text") or "")


def _join(connection: sa.Connection, page_id: int, tied: Collection[int], had: dict[int, int]) -> None:
    """Enters a page in the one cluster that it and all those it is tied to are from now on."""
    leaders = set(_leaders(connection, tied).values())
    names = _names(connection, [page_id, *leaders]) if leaders else {page_id: ""}
    leader = min(names, key=names.__getitem__)
    for old in leaders - {leader}:
        had.update(dict.fromkeys([page for page in connection.execute(_MEMBERS, {"of": old}).scalars() if page not in had], old))
        connection.execute(clusters.update().where(clusters.c.leader == old).values(leader=leader))
    connection.execute(clusters.insert(), {"page_id": page_id, "leader": leader})


def _part(connection: sa.Connection, page_ids: Collection[int]) -> dict[int, int]:
    """Takes pages out of their clusters, which fall apart where only these held them together; returns {page: leader before} of who moved."""
    had: dict[int, int] = {}
    out = _leaders(connection, page_ids)
    if not out:
        return had
    by_one_tie = len(out) == 1 and set(out) != set(out.values()) and len(set(_ties(connection, list(out)))) == 1
    for part in _portions(out):
        connection.execute(near_pairs.delete().where(near_pairs.c.one.in_(part) | near_pairs.c.other.in_(part)))
        connection.execute(clusters.delete().where(clusters.c.page_id.in_(part)))
    for leader in sorted(set(out.values())):
        rest = list(connection.execute(_MEMBERS, {"of": leader}).scalars())
        if rest and not (by_one_tie and len(rest) >= LARGE):
            _settle(connection, rest, leader, had)
    return had


def _settle(connection: sa.Connection, rest: Sequence[int], before: int, had: dict[int, int]) -> None:
    """Gives what is left of a cluster the leaders that its ties say."""
    for members in _components(connection, rest):
        names = _names(connection, members)
        leader = min(members, key=names.__getitem__)
        if leader != before:
            had.update(dict.fromkeys(members, before))
            for part in _portions(members):
                connection.execute(clusters.update().where(clusters.c.page_id.in_(part)).values(leader=leader))


def _components(connection: sa.Connection, members: Sequence[int]) -> list[list[int]]:
    """The connected components of the ties among pages (union-find with path halving, Tarjan and van Leeuwen 1984)."""
    parent = {page: page for page in members}

    def root(page: int) -> int:
        while parent[page] != page:
            parent[page] = page = parent[parent[page]]
        return page

    for one, other in _ties(connection, members, inner=True):
        if one in parent and other in parent:
            parent[root(one)] = root(other)
    found: dict[int, list[int]] = {}
    for page in members:
        found.setdefault(root(page), []).append(page)
    return list(found.values())


def _ties(connection: sa.Connection, page_ids: Sequence[int], *, inner: bool = False) -> Iterator[tuple[int, int]]:
    """The ties of pages; with `inner` those from one of them to another are enough."""
    for part in _portions(page_ids):
        for statement in (_PAIRS,) if inner else (_PAIRS, _PAIRS_TO):
            yield from ((row.one, row.other) for row in connection.execute(statement, {"wanted": part}).all())
        yield from _copies_of(connection, part)


def _copies_of(connection: sa.Connection, page_ids: Sequence[int]) -> list[tuple[int, int]]:
    """(page of an article, page of a duplicate of it) wherever one of the two is among these."""
    return [(row.page_id, row.copy) for row in connection.execute(_COPIES, {"wanted": page_ids, "others": page_ids})]


def _leaders(connection: sa.Connection, page_ids: Collection[int]) -> dict[int, int]:
    return {row.page_id: row.leader for part in _portions(page_ids) for row in connection.execute(_LEADERS, {"wanted": part})}


def _names(connection: sa.Connection, page_ids: Sequence[int]) -> dict[int, str]:
    """The id of each page's address."""
    return {row.id: article_id(row.url_key) for part in _portions(page_ids) for row in connection.execute(_KEYS, {"wanted": part})}


def _changed(connection: sa.Connection, had: dict[int, int], apart_from: Collection[int]) -> list[int]:
    """Those that have another leader than before."""
    if not had:
        return []
    now = _leaders(connection, had)
    return [page for page, leader in had.items() if page not in apart_from and now.get(page, leader) != leader]


def _portions(page_ids: Iterable[int]) -> Iterator[list[int]]:
    listed = list(page_ids)
    return (listed[start : start + PORTION] for start in range(0, len(listed), PORTION))
