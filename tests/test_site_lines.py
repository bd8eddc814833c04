"""Lines that a site repeats on its articles: they make no two articles alike, and hide no copies."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from older import take_back
from test_clusters import Collection
from test_near import words

from newscrawler.dedupe.lines import HEAD, REPEATED, TAIL, edges, packed, site_hash, unpacked, without
from newscrawler.store import connect, site_lines, upgrade
from newscrawler.store.audit import findings
from newscrawler.store.forget import forget
from newscrawler.store.tables import metadata, near_lines, near_prints

FEET = {site: "\n".join(words(1_000 * number + line, 20) for line in range(4)) for number, site in enumerate(("daily", "courier"), 1)}
BRIEFS = {f"https://daily.example/{number}": words(number, 30) for number in range(12)}


def printed(site: str, text: str) -> str:
    """The brief as a site prints it: with a foot that is longer than the brief."""
    return f"{text}\n{FEET[site]}"


def titled(text: str) -> str:
    return " ".join(text.split()[:6])


@pytest.fixture
def collection(where: str) -> Iterator[Collection]:
    engine = connect(where, create=True, write=True)
    yield Collection(engine)
    engine.dispose()


def emptied(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.update().values(value=0) if table.name == "counters" else table.delete())


def test_a_long_foot_makes_no_articles_alike_and_hides_no_reprint_in_any_order(collection: Collection) -> None:
    sites = {url: ("daily", text) for url, text in BRIEFS.items()}
    sites |= {url.replace("daily", "courier"): ("courier", text) for url, text in list(BRIEFS.items())[: REPEATED + 1]}
    found = []
    for seed in range(3):
        order = sorted(sites)
        random.Random(seed).shuffle(order)
        for url in order:
            site, text = sites[url]
            assert collection.visit(url, printed(site, text), titled(text)).startswith("new: ")
        found.append(collection.groups())
        with collection.engine.connect() as connection:
            assert connection.execute(sa.select(sa.func.count()).where(near_lines.c.title == site_lines.KNOWN)).scalar() == 8
        emptied(collection.engine)
    assert found[0] == found[1] == found[2]
    assert sorted(map(len, found[0].values())) == [1] * 3 + [2] * (REPEATED + 1)


def test_whoever_has_another_fingerprint_is_told_again(collection: Collection) -> None:
    urls = list(BRIEFS)
    for url in urls[: REPEATED - 1]:
        collection.visit(url, printed("daily", BRIEFS[url]), titled(BRIEFS[url]))
    before = collection.records()
    assert collection.together(*urls[: REPEATED - 1]), "nobody knows that the foot is none of theirs"
    collection.visit(urls[REPEATED - 1], printed("daily", BRIEFS[urls[REPEATED - 1]]), titled(BRIEFS[urls[REPEATED - 1]]))
    told = collection.records(since=max(record["seq"] for record in before.values()))
    assert set(told) == set(urls[:REPEATED])
    assert all(told[url]["near_hash"] != before[url]["near_hash"] for url in before)


def test_copies_of_one_story_and_daily_reports_are_not_taken_for_the_sites_own_words(collection: Collection) -> None:
    story = "\n".join(words(line, 12) for line in range(5))
    for number in range(REPEATED + 2):
        collection.visit(f"https://daily.example/{number}", f"{story}\nEdition {number}, updated", "The ferry is late once more")
    assert len(collection.groups()) == 1
    with collection.engine.connect() as connection:
        assert connection.execute(sa.select(near_prints.c.left_out).where(near_prints.c.left_out.is_not(None))).first() is None


def test_an_article_of_nothing_else_is_like_no_other(collection: Collection) -> None:
    for number in range(REPEATED + 2):
        collection.visit(f"https://daily.example/{number}", FEET["daily"], words(number, 6))
    assert set(map(len, collection.groups().values())) == {1}
    assert {record["near_hash"] for record in collection.records().values()} == {None}


def test_what_is_kept_of_a_site_is_bounded_and_its_foot_stays_known(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_lines, "PRUNE", 1)
    monkeypatch.setattr(site_lines, "STALE", 4)
    monkeypatch.setattr(site_lines, "_PRUNE", site_lines.pruning(40))
    with collection.engine.connect() as connection:
        for number, (url, text) in enumerate((f"https://daily.example/{seed}", words(seed, 30)) for seed in range(60)):
            connection.execute(metadata.tables["pages"].insert(), [_page(number + 1, url)])
            seen = site_lines.look(connection, number + 1, number, printed("daily", text))
            site_lines.learn(connection, number + 1, seen)
            assert len(seen.left_out) == (4 if number + 1 >= REPEATED else 0)
            rows = connection.execute(sa.select(near_lines)).all()
            assert len(rows) <= 40 + HEAD + TAIL


def _page(number: int, url: str) -> dict[str, object]:
    known = {"state": "queued", "priority": 0, "depth": 0, "discovered_at": 0.0, "discovered_by": "seed"}
    return {"id": number, "url": url, "url_key": url, "host": "daily.example", **known}


def test_forgetting_a_site_leaves_only_what_it_is_known_to_repeat(collection: Collection) -> None:
    for url, text in BRIEFS.items():
        collection.visit(url, printed("daily", text), titled(text))
    forget(collection.engine, "daily.example")
    assert not list(findings(collection.engine))
    with collection.engine.connect() as connection:
        assert set(connection.execute(sa.select(near_lines.c.title)).scalars()) == {site_lines.KNOWN}


def test_an_older_database_learns_as_new_articles_come(where: str) -> None:
    engine, old, new = connect(where, create=True, write=True), list(BRIEFS)[:4], list(BRIEFS)[4:]
    collection = Collection(engine)
    for url in old:
        collection.visit(url, printed("daily", BRIEFS[url]), titled(BRIEFS[url]))
    with engine.begin() as connection:
        take_back(connection, "0010")
    engine.dispose()
    upgrade(where)
    engine = connect(where, write=True)
    collection = Collection(engine)
    for url in new:
        collection.visit(url, printed("daily", BRIEFS[url]), titled(BRIEFS[url]))
    assert not any(collection.together(old[0], url) for url in new)
    engine.dispose()


def test_only_the_ends_of_a_text_count_and_only_lines_that_say_something() -> None:
    lines = [f"line number {number}" for number in range(30)]
    site = site_hash("daily.example")
    assert edges("\n\n".join(lines), site) == edges("\n".join([*lines[:HEAD], " 图 ", *lines[-TAIL:], "1"]), site)
    assert len(edges("\n".join(lines), site)) == HEAD + TAIL
    assert not set(edges("\n".join(lines), site)) & set(edges("\n".join(lines), site_hash("courier.example")))


@given(st.lists(st.text(max_size=20), max_size=12), st.integers(0, 2**31 - 1))
def test_a_text_without_its_lines_has_none_of_them(lines: list[str], site: int) -> None:
    text = "\n".join(lines)
    own = edges(text, site)
    assert unpacked(packed(own)) == tuple(sorted(own))
    assert not set(edges(without(text, own, site), site)) & set(own)
    assert without(text, (), site) == text
