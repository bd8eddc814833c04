"""Clusters in the collection: the same in every order of arrival, kept by revisions and removals, proved by the audit."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from older import take_back
from test_near import DIFFERENT, ENGLISH, SIMPLIFIED, TRADITIONAL, weather, words

from newscrawler import read_page
from newscrawler.dedupe import Known, Likeness, Telling, article_id, credited, decide, is_copy, likely_origin
from newscrawler.export.collected import collected_record
from newscrawler.frontier.recognize import recognize
from newscrawler.items import Article, Page, RawPage
from newscrawler.store import Found, Ledger, Outcome, connect, reading, upgrade
from newscrawler.store.audit import findings
from newscrawler.store.clusters import look_up, put
from newscrawler.store.forget import forget
from newscrawler.store.near import CANDIDATES, CROWD
from newscrawler.store.tables import clusters as members
from newscrawler.store.tables import near_keys, near_pairs, near_prints

_STATES = {"new": "stored", "revision": "stored"}


class Collection:
    """Pages stored as the pipelines store them."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    def visit(self, url: str, text: str, title: str | None = None, **named: Any) -> str:
        """Stores a page; returns verdict and reason."""
        return self.store(url, Article(title, text, **named))

    def store(self, url: str, article: Article, at: float = 1.0) -> str:
        ledger = Ledger(self.engine, "test")
        (number,) = ledger.seed([Found(url, "seed", 1, 0)])
        key, digest, decision = recognize(ledger, number, url, article)
        raw = RawPage(number, url, "response", at, 200, page=Page(url, "article", article))
        outcome = Outcome(number, _STATES.get(decision.verdict, decision.verdict), at, decision.reason or None, 200, answered=True, decision=decision)
        outcome.article_key, outcome.content_hash = key, digest
        outcome.record = collected_record(raw, key, digest, ["seed"], [])
        self.written = ledger.write(outcome)[0]
        ledger.close("finished")
        assert not list(findings(self.engine))
        return f"{decision.verdict}: {decision.reason}"

    def records(self, since: int = 0) -> dict[str, dict[str, Any]]:
        """URL -> record, duplicates too."""
        return {row["url"]: row for _, row in reading.exported(self.engine, since=since, keep_duplicates=True) if isinstance(row, dict)}

    def groups(self) -> dict[str, frozenset[str]]:
        """Cluster id -> URLs."""
        found: dict[str, set[str]] = {}
        for url, record in self.records().items():
            found.setdefault(record["cluster_id"], set()).add(url)
        return {name: frozenset(urls) for name, urls in found.items()}

    def together(self, *urls: str) -> bool:
        return len({self.records()[url]["cluster_id"] for url in urls}) == 1


@pytest.fixture
def collection(where: str) -> Iterator[Collection]:
    engine = connect(where, create=True, write=True)
    yield Collection(engine)
    engine.dispose()


A, B, C, D = (f"https://{name}.example/2026/1.html" for name in ("daily", "courier", "herald", "times"))
BRIDGE = SIMPLIFIED[:90] + DIFFERENT[:75]
"""Alike to both, which are not alike."""
LONGER = SIMPLIFIED + "\n" + DIFFERENT[:50]
EDITIONS = {
    A: (SIMPLIFIED, "老灯塔重新点亮"),
    B: (TRADITIONAL, "老燈塔重新點亮"),
    C: (LONGER, "灯塔亮了"),
    "https://daily.example/m/1.html": (SIMPLIFIED.replace("。", ".\n"), "老灯塔重新点亮"),
    "https://daily.example/culture/1.html": (SIMPLIFIED + "编辑", "老灯塔重新点亮"),
    D: (SIMPLIFIED[:80], None),
    "https://times.example/a": (ENGLISH, "The lighthouse"),
    "https://herald.example/b": (ENGLISH[:260], None),
    "https://courier.example/c": (DIFFERENT, "巴士改点"),
    **{f"https://{name}.example/weather/{day}": (weather(day), "天气预报") for name in ("daily", "times") for day in (1, 2)},
}


def test_three_orders_of_arrival_give_the_same_clusters(where: str) -> None:
    found = []
    for seed in range(3):
        engine = connect(where, create=True, write=True)
        collection, order = Collection(engine), sorted(EDITIONS)
        random.Random(seed).shuffle(order)
        for url in order:
            collection.visit(url, *EDITIONS[url])
        found.append(collection.groups())
        for name in ("daily", "courier", "herald", "times"):
            forget(engine, f"{name}.example")
        assert not list(findings(engine))
        with engine.connect() as connection:
            for table in (members, near_pairs, near_prints, near_keys):
                assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar() == 0
        with engine.begin() as connection:  # as empty as at the beginning, and no block is left
            for table in reversed(members.metadata.sorted_tables):
                connection.execute(table.update().values(value=0) if table.name == "counters" else table.delete())
        engine.dispose()
    assert found[0] == found[1] == found[2], "members and ids"
    groups = set(found[0].values())
    assert {len(group) for group in groups} == {1, 2, 6}
    assert {"https://times.example/a", "https://herald.example/b"} in groups
    assert {"https://daily.example/weather/1", "https://times.example/weather/1"} in groups


def test_ids_and_members_are_the_same_in_all_orders_of_a_bridge(where: str) -> None:
    """Two that are not alike, and a third that is like both."""
    texts = {A: SIMPLIFIED, B: BRIDGE, C: DIFFERENT}
    engine = connect(where, create=True, write=True)
    collection, found = Collection(engine), set()
    for order in itertools.permutations(texts):
        for url in order:
            collection.visit(url, texts[url])
        found.add(frozenset(collection.groups().items()))
        for seed, url in enumerate(order):
            collection.visit(url, words(seed, 60))  # something else altogether
        assert {len(group) for group in collection.groups().values()} == {1}
    assert len(found) == 1
    ((_, group),) = next(iter(found))
    assert group == {A, B, C}
    engine.dispose()


def test_scripts_and_damage_fall_into_one_cluster(collection: Collection) -> None:
    def read(text: str, encoding: str, title: str, damage: bool = False) -> Article:
        paragraphs = "".join(f"<p>{part}。</p>" for part in text.split("。") if part)
        head = f"<meta property=og:type content=article><title>{title}</title>"
        page = f"<html><head>{head}</head><body><article><h1>{title}</h1>{paragraphs}</article></body></html>"
        body = page.encode("utf-8").decode("latin-1").encode("utf-8") if damage else page.encode(encoding)
        found = read_page(body, A, f"text/html; charset={encoding}").article
        assert found is not None
        return found

    collection.store(A, read(SIMPLIFIED, "gb18030", "老灯塔昨晚重新点亮"))
    collection.store(B, read(TRADITIONAL, "big5", "老燈塔昨晚重新點亮"))
    damaged = read(SIMPLIFIED, "utf-8", "老灯塔昨晚重新点亮", damage=True)
    assert damaged.repairs, "it came damaged"
    collection.store(C, damaged)
    collection.visit(D, SIMPLIFIED.replace("灯", "\ufffd").replace("民", "?"))
    assert collection.together(A, B, C, D)


def test_a_copy_on_the_same_site_is_a_duplicate_and_a_reprint_or_an_edited_story_is_none(collection: Collection) -> None:
    assert collection.visit(A, SIMPLIFIED, "灯塔") == "new: "
    told = collection.visit("https://daily.example/again", SIMPLIFIED + "编辑", "燈塔")
    assert told.startswith("duplicate: near-duplicate: ") and "in the longer" in told
    assert collection.visit("https://daily.example/more", LONGER, "灯塔").startswith("new: an article of its own, though near urn:uuid:")
    assert "of another site" in collection.visit(B, SIMPLIFIED + "编辑", "灯塔")
    records = collection.records()
    assert [url for url, record in records.items() if record["duplicate_of"]] == ["https://daily.example/again"]
    assert collection.together(*records)
    assert all(record["near_hash"].startswith("near1:") for record in records.values())


NOTICE = "The full text of this report stands in the printed edition, which is sold at newsstands on every weekday morning from six o'clock."
LONG = "\n".join((SIMPLIFIED, DIFFERENT))
STORM, LIBRARY = "A storm hits the town at night", "The council voted for a new library"


@pytest.mark.parametrize("mark", ["", "来源：某报"], ids=["word for word", "edited"])
def test_a_reprint_on_another_site_is_an_article_of_its_own(collection: Collection, mark: str) -> None:
    assert collection.visit(A, LONG, "老灯塔重新点亮") == "new: "
    assert collection.visit(B, LONG + mark, "老灯塔重新点亮").startswith("new: an article of its own, though near ")
    assert collection.visit("https://courier.example/again", LONG + mark, "老灯塔重新点亮") == "duplicate: same text"
    assert collection.together(A, B)


def test_the_copy_on_the_site_is_found_behind_reprints_on_more_sites_than_a_key_leads_to(collection: Collection) -> None:
    for number in range(CROWD + 1):
        assert collection.visit(f"https://site{number}.example/1", LONG, STORM).startswith("new: ")
    assert collection.visit(f"https://site{CROWD}.example/2", LONG, LIBRARY) == "duplicate: same text"
    (record,) = (one for one in collection.records().values() if one["duplicate_of"])
    assert record["duplicate_of"] == article_id(f"https://site{CROWD}.example/1")


def test_of_the_articles_of_a_site_with_one_notice_for_a_text_that_with_the_title_is_found(collection: Collection) -> None:
    titles = [f"The council voted on matter {number} last night" for number in range(CROWD + 2)]
    for number, title in enumerate(titles):
        assert collection.visit(f"https://times.example/{number}", NOTICE, title).startswith("new: ")
    assert collection.visit("https://times.example/again", NOTICE, titles[-1]) == "duplicate: same text"
    (record,) = (one for one in collection.records().values() if one["duplicate_of"])
    assert record["duplicate_of"] == article_id(f"https://times.example/{CROWD + 1}")


def test_the_same_text_under_another_headline_is_a_duplicate_and_a_short_one_is_none(collection: Collection) -> None:
    for site, text, told in (("daily", LONG, "duplicate: same text"), ("times", NOTICE, "new: ")):
        assert collection.visit(f"https://{site}.example/1", text, STORM) == "new: "
        assert collection.visit(f"https://{site}.example/2", text, LIBRARY).startswith(told)
        assert collection.visit(f"https://{site}.example/3", text, STORM) == "duplicate: same text"
    assert collection.visit("https://times.example/4", NOTICE.replace("six", "eight"), LIBRARY + " today").startswith("new: an article of its own")


@pytest.mark.parametrize(("title", "text"), [("图片新闻", "图"), ("", ""), ("Picture news of the day", "The harbour at night"), (None, NOTICE)])
def test_what_says_too_little_is_never_a_copy(collection: Collection, title: str | None, text: str) -> None:
    for number in range(3):
        assert collection.visit(f"https://daily.example/view?id={number}", text, title).startswith("new: ")
        told = collection.visit(f"https://times.example/view?id={number}", text, title, canonical_url="https://times.example/view")
        assert told.startswith("new: ")
    assert len(collection.records()) == 6


REPORT = (
    "Good morning from the harbour office. The water at the north pier stood at {} centimetres when it was measured, the wind came from the west "
    "with {} knots, and the visibility was {} miles. The office reminds all skippers that the measured level may differ from the level forecast, "
    "that ships with a deep draught must ask the pilot station before they enter the channel, and that the next report is published at the usual "
    "hour on this page and on the radio. Questions are answered by the harbour master, who can be reached by telephone on working days."
)


def test_daily_reports_with_few_numbers_are_articles(collection: Collection) -> None:
    days = {"Monday": (312, 14, 7), "Tuesday": (540, 41, 1)}
    for day, numbers in days.items():
        told = collection.visit(f"https://daily.example/harbour/{day}", REPORT.format(*numbers), "Harbour report")
        assert told.startswith("new: ")
        told = collection.visit(f"https://times.example/harbour/{day}", REPORT.format(1, 2, 3), f"Harbour report for {day}")
        assert told.startswith("new: ")
    assert "another title" in told or "other numbers" in told
    assert collection.visit("https://daily.example/again", REPORT.format(*days["Monday"]) + " Safe sailing!", "Harbour report").startswith("duplicate: near")


SHARES = {
    "of one site, alike": (Likeness(0.95, 0.92, None, False), False, True),
    "of another site": (Likeness(1.0, 1.0, 1.0, True), True, False),
    "with more text": (Likeness(1.0, 0.8, 1.0, True), False, False),
    "with other numbers": (Likeness(0.99, 0.95, 0.75, True), False, False),
    "with another number, of few": (Likeness(0.99, 0.95, None, True, other_numbers=True), False, False),
    "with another number, of many": (Likeness(0.99, 0.95, 0.98, True, other_numbers=True), False, False),
    "with another title": (Likeness(0.99, 0.95, None, False, other_title=True), False, False),
}


@pytest.mark.parametrize("name", SHARES)
def test_only_what_brings_nothing_new_is_a_copy(name: str) -> None:
    likeness, elsewhere, copy = SHARES[name]
    near = Known("urn:other", 2, "sha256:b", elsewhere=elsewhere), likeness
    assert is_copy(near) is copy
    assert decide("sha256:c", None, None, None, near=near).verdict == ("duplicate" if copy else "new")


def test_a_cluster_that_gets_another_id_is_told_again(collection: Collection) -> None:
    urls = sorted((A, B, C, D), key=article_id, reverse=True)
    for number, url in enumerate(urls):
        collection.visit(url, SIMPLIFIED + "。" * number, f"灯塔{number}")
        assert collection.written is not None
        assert collection.written["cluster_id"] == article_id(url), "each one's id is smaller than all before"
    last = max(record["seq"] for record in collection.records().values())
    assert {record["cluster_id"] for record in collection.records().values()} == {article_id(urls[-1])}
    collection.visit("https://zz.example/other", DIFFERENT)
    assert list(collection.records(since=last)) == ["https://zz.example/other"], "nobody else has changed"
    before = {url: record["cluster_id"] for url, record in collection.records().items()}
    forget(collection.engine, urls[-1])
    again = collection.records(since=last + 1)
    assert set(again) == {url for url, record in collection.records().items() if record["cluster_id"] != before[url]}
    assert all(record["op"] == "update" for record in again.values())
    assert not list(findings(collection.engine))


def test_a_revision_leaves_and_parts_its_cluster(collection: Collection) -> None:
    collection.visit(A, SIMPLIFIED)
    collection.visit(B, BRIDGE)
    collection.visit(C, DIFFERENT)
    assert collection.together(A, B, C)
    assert collection.visit(B, ENGLISH) == "revision: same page, text changed"
    assert len(collection.groups()) == 3
    collection.visit(B, SIMPLIFIED)
    assert collection.together(A, B)
    assert len(collection.groups()) == 2


def test_forgetting_what_held_a_cluster_together_parts_it(collection: Collection) -> None:
    collection.visit(A, SIMPLIFIED)
    collection.visit(B, BRIDGE)
    collection.visit(C, DIFFERENT)
    forget(collection.engine, B)
    assert not list(findings(collection.engine))
    assert not collection.together(A, C)


def test_from_the_seventeenth_on_each_copy_costs_the_same(collection: Collection) -> None:
    """Statements asked, fingerprints compared and rows written for one more copy, whatever number came before.

    But for the statement that one in so many pages sees to the lines of its site with.
    """
    costs = []
    urls = sorted((f"https://{number}.example/" for number in range(3 * CROWD)), key=article_id)
    engine, statements = collection.engine, []
    sa.event.listen(engine, "before_cursor_execute", lambda connection, cursor, statement, *rest: statements.append(statement))
    with engine.connect() as connection:
        for number, url in enumerate(urls):
            (page_id,) = _seeded(engine, url)
            before = len(statements)
            likes = look_up(connection, page_id, "灯塔", SIMPLIFIED + "。" * number)
            put(connection, page_id, likes, first=True)
            asked = sum(not statement.startswith("DELETE FROM near_lines") for statement in statements[before:])
            rows = [connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() for table in (near_keys, near_pairs, near_prints, members)]
            costs.append((asked, len(likes.alike), rows))
            connection.commit()
    late = costs[CROWD:]
    assert len({(asked, compared) for asked, compared, _ in late}) == 1
    assert late[0][1] == CANDIDATES
    written = {tuple(now - then for now, then in zip(after, before, strict=True)) for (_, _, before), (_, _, after) in itertools.pairwise(late)}
    assert written == {(0, CANDIDATES, 1, 1)}


def _seeded(engine: sa.Engine, url: str) -> list[int]:
    ledger = Ledger(engine, "test")
    numbers = ledger.seed([Found(url, "seed", 1, 0)])
    ledger.close("finished")
    return numbers


def test_a_crowd_of_copies_is_one_cluster_in_any_order(where: str) -> None:
    """More than one key leads to. Of variants with tails of their own this does not hold: see store/clusters.py."""
    found = []
    for seed in range(2):
        engine = connect(where, create=True, write=True)
        with engine.connect() as connection:
            order = [f"https://{number}.example/" for number in range(CROWD + 6)]
            random.Random(seed).shuffle(order)
            numbers = {url: _seeded(engine, url)[0] for url in order}
            for url in order:
                put(connection, numbers[url], look_up(connection, numbers[url], None, SIMPLIFIED + url), first=True)
            leaders = {row.page_id: row.leader for row in connection.execute(sa.select(members))}
            found.append({url: min(article_id(other) for other in order if leaders[numbers[other]] == leaders[numbers[url]]) for url in order})
            connection.rollback()
        engine.dispose()
    assert found[0] == found[1]
    assert len(set(found[0].values())) == 1


def test_the_audit_sees_what_is_wrong(collection: Collection) -> None:
    collection.visit(A, SIMPLIFIED)
    collection.visit(B, TRADITIONAL, "燈塔")
    collection.visit(C, ENGLISH)
    damages = {
        "an article or duplicate is in no cluster": "DELETE FROM clusters WHERE page_id = 3",
        "a fingerprint, or a key to one, is of a text in no cluster": "INSERT INTO near_keys (key, number) VALUES (7, 99)",
        "a pair of near-duplicates is not in one cluster": "UPDATE clusters SET leader = page_id",
        "a cluster is not what its ties make it": "DELETE FROM near_pairs",
        "a fingerprint is not that of the text": "DELETE FROM near_prints WHERE number = 3",
    }
    for what, statement in damages.items():
        with collection.engine.connect() as connection:
            kept = {table: [tuple(row) for row in connection.execute(sa.select(table))] for table in (members, near_pairs, near_keys, near_prints)}
        with collection.engine.begin() as connection:
            connection.exec_driver_sql(statement)
        assert what in [found for found, _ in findings(collection.engine)]
        with collection.engine.begin() as connection:
            for table, rows in kept.items():
                connection.execute(table.delete())
                if rows:
                    connection.execute(table.insert(), [dict(zip(table.columns.keys(), row, strict=True)) for row in rows])
        assert not list(findings(collection.engine))


def test_an_older_database_gets_its_clusters_by_reading_again(where: str) -> None:
    engine = connect(where, create=True, write=True)
    collection = Collection(engine)
    for url in (A, B, "https://daily.example/again"):
        collection.visit(url, SIMPLIFIED, "灯塔")
    before = collection.groups()
    with engine.begin() as connection:
        take_back(connection, "0006")
    engine.dispose()
    upgrade(where)
    engine = connect(where, write=True)
    collection = Collection(engine)
    assert reading.lacks_clusters(engine)
    assert not list(findings(engine))
    assert {record["cluster_id"] for record in collection.records().values()} == {None}
    last = max(record["seq"] for record in collection.records().values())
    ledger = Ledger(engine, "reextract")
    assert ledger.fill_clusters() == 3
    ledger.close("finished")
    assert collection.groups() == before
    assert len(collection.records(since=last)) == 3, "their records have changed"
    assert not reading.lacks_clusters(engine)
    assert not list(findings(engine))
    engine.dispose()


CREDITS = {
    ("来源：新华社 编辑：某某", ""): "Xinhua",
    ("來源：某某日報", ""): "某某日報",
    (None, "路透社伦敦1月2日电 渡轮晚点了。"): "Reuters",
    (None, "据新华社报道，渡轮晚点了。"): "Xinhua",
    (None, "据新华社消息，渡轮晚点了。"): "Xinhua",
    (None, "据船长报道，渡轮晚点了。"): None,
    (None, "LONDON (AP) — The ferry is late."): "Associated Press",
    (None, "The ferry (late) - is here."): None,
    (None, "The ferry is late.\nSource: Reuters"): "Reuters",
    (None, "The apple is late."): None,
}


@pytest.mark.parametrize(("byline", "text"), CREDITS)
def test_credits(byline: str | None, text: str) -> None:
    assert credited(byline, text) == CREDITS[byline, text]


def telling(domain: str, published: str | None = None, seen: float = 1.0, credit: str | None = None, site: str | None = None) -> Telling:
    return Telling(f"https://{domain}/", domain, site, published, seen, credit)


ORIGINS: dict[str, tuple[list[Telling], str, str]] = {
    "credited and there": (
        [telling("a.example", "2026-01-01", 1.0, "Reuters"), telling("reuters.com", "2026-01-03", 9.0)],
        "reuters.com",
        "1 of 2 credit Reuters",
    ),
    "credited and not there": (
        [
            telling("a.example", "2026-01-02T08:00:00Z", 1.0, "Xinhua"),
            telling("b.example", "2026-01-02T07:00:00+00:00", 2.0, "Xinhua"),
        ],
        "b.example",
        "2 of 2 credit Xinhua, which is not in the collection; published earliest (2026-01-02T07:00:00+00:00)",
    ),
    "by zone": ([telling("a.example", "2026-01-02T08:00:00+08:00", 2.0), telling("b.example", "2026-01-02T01:00:00Z", 1.0)], "a.example", "published earliest"),
    "a day tells nothing of an hour": ([telling("a.example", "2026-01-02", 2.0), telling("b.example", "2026-01-02T01:00:00Z", 1.0)], "b.example", "first seen"),
    "nothing known": ([telling("b.example", None, 1.0), telling("a.example", "soon", 1.0)], "a.example", "first seen"),
    "itself": ([telling("reuters.com", None, 2.0, "Reuters"), telling("a.example", None, 1.0)], "a.example", "first seen"),
}


@pytest.mark.parametrize("name", ORIGINS)
def test_likely_origin(name: str) -> None:
    copies, domain, reason = ORIGINS[name]
    for order in itertools.permutations(copies):
        origin = likely_origin(order)
        assert origin.url == f"https://{domain}/"
        assert reason in "; ".join(origin.reasons)


def test_why_tells_cluster_and_origin(collection: Collection) -> None:
    from newscrawler.cli.why import _cluster

    collection.visit(A, SIMPLIFIED, "灯塔", date_published="2026-01-03")
    collection.visit(B, TRADITIONAL, "燈塔", date_published="2026-01-01", byline="来源：新华社")
    told = reading.story(collection.engine, A)
    assert told is not None
    lines = "\n".join(_cluster(told["cluster"], A))
    assert f"{A}: published 2026-01-03; this page" in lines
    assert f"{B}: published 2026-01-01; credits Xinhua; near this page: 100 % of the shorter in the longer" in lines
    assert f"origin    likely {B}: 1 of 2 credit Xinhua, which is not in the collection" in lines
    assert told["cluster"]["origin"]["source"] == "Xinhua"
