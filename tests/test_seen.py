"""What fetched pages teach of a site's addresses: points, counts in the store, and a crawl that gets to know an odd site."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from older import take_back

from newscrawler.exceptions import BadRow
from newscrawler.extract import extract_page
from newscrawler.extract.explain import explain_link
from newscrawler.extract.seen import MANY_POINTS, MIN_PAGES, NOTHING, TRIED_PAGES, Kinds, Seen, seen_points, shape_of
from newscrawler.frontier import Scope, settle
from newscrawler.frontier.reread import reread
from newscrawler.frontier.scope import PRIORITY
from newscrawler.items import Link, PageKind, RawPage
from newscrawler.store import Found, Ledger, Outcome, connect, upgrade
from newscrawler.store.shapes import AGED, MAX_TRIED, Shapes, change_of, kinds_seen
from newscrawler.store.tables import pages, shapes
from tests.conftest import newscrawler, serving

SITE = "https://news.example"
ODD = f"{SITE}/x7/"
SHAPE = shape_of(f"{ODD}abc")
PARAGRAPH = "The ferry across the lake sailed again on Monday morning, and for the first time in eleven years it carried a piano and two dogs. "


SHAPES = {
    ("/x7/abc", "/x12/de"): True,
    ("/x7/abc", "/x7/abc/"): False,
    ("/x7/abc", "/y7/abc"): False,
    ("/x7/abc", "/x7/abc.html"): False,
    ("/x7/abc", "/x7/politics"): False,
    ("/x7/a-day-at-the-lake", "/x7/the-piano-of-the-ferry"): True,
    ("/read?id=1", "/read?id=2"): True,
}


@pytest.mark.parametrize("paths", SHAPES)
def test_shapes(paths: tuple[str, str]) -> None:
    one, other = (shape_of(SITE + path) for path in paths)
    assert (one == other) is SHAPES[paths]


POINTS = {
    Kinds(2, 0, 0): (0, 0),
    Kinds(3, 0, 0): (4, 0),
    Kinds(12, 0, 0): (8, 0),
    Kinds(0, 8, 1): (-8, 8),
    Kinds(0, 0, 4): (-4, -4),
    Kinds(5, 5, 0): (0, 0),
    Kinds(): (0, 0),
}


@pytest.mark.parametrize("kinds", POINTS)
def test_points_need_a_clear_majority(kinds: Kinds) -> None:
    assert seen_points(kinds)[:2] == POINTS[kinds]


@given(st.builds(Kinds, *[st.integers(0, 300)] * 3))
def test_points_are_bounded_and_named(kinds: Kinds) -> None:
    article, hub, terms = seen_points(kinds)
    assert max(abs(article), abs(hub)) <= MANY_POINTS
    assert (article, hub) == (sum(term.article for term in terms), sum(term.hub for term in terms))


def hub(links: int = 6) -> str:
    """A page with short words that lead to addresses which tell nothing."""
    return "<body><ul>" + "".join(f'<li><a href="/x7/{name}">Boats, pianos and {name}</a></li>' for name in "abcdefghij"[:links]) + "</ul></body>"


def kind_of(url: str, seen: Seen) -> str:
    return next(link.kind for link in extract_page(hub(), f"{SITE}/", seen=seen).links if link.url == url)


def test_a_shape_that_was_articles_is_told_as_articles() -> None:
    known = {}, {SHAPE: Kinds(articles=3)}, {SHAPE: Kinds(articles=12)}
    assert [kind_of(f"{ODD}a", seen) for seen in known] == ["other", "hub", "article"]
    assert "+8 +0  pages of this shape were articles: 12 of 12" in explain_link(hub(), f"{SITE}/", f"{ODD}a", seen={SHAPE: Kinds(articles=12)})


@pytest.mark.parametrize("kinds", [Kinds(others=20), Kinds(hubs=20)])
@pytest.mark.parametrize("path", ["/x7/a", "/2026/03/02/c1.html", "/login", "/about"])
def test_what_was_learned_leaves_no_link_out(path: str, kinds: Kinds) -> None:
    page = f'<body><h3>News</h3><ul><li><a href="{path}">Boats on the lake</a></li></ul></body>'
    learned = {shape_of(SITE + path): kinds}
    before, after = (extract_page(page, f"{SITE}/", seen=seen).links[0].kind for seen in ({}, learned))
    assert (after == "other") <= (before == "other")


def test_a_page_is_judged_without_what_was_learned() -> None:
    told = {extract_page(hub(), f"{SITE}/", seen=seen).kind for seen in ({}, {SHAPE: Kinds(articles=12)}, {SHAPE: Kinds(others=12)})}
    assert len(told) == 1


def write(ledger: Ledger, path: str, kind: str, **named: object) -> int:
    (page,) = ledger.seed([Found(SITE + path, "seed", 100, 0)])
    ledger.write(Outcome(page, "read", 1.0, status=200, kind=kind, answered=True, **named))  # type: ignore[arg-type]
    return page


def recounted(engine: sa.Engine) -> dict[str, Kinds]:
    """The counts as the rows of the pages give them."""
    with engine.connect() as connection:
        rows = connection.execute(sa.select(pages.c.url, pages.c.kind).where(pages.c.kind.is_not(None))).all()
    counts: dict[str, Kinds] = {}
    for url, kind in rows:
        (_, shape), change = change_of(url, kind)
        counts[shape] = Kinds(*map(sum, zip(counts.get(shape, Kinds()), change, strict=True)))
    return counts


def stored(engine: sa.Engine) -> dict[str, Kinds]:
    with engine.connect() as connection:
        rows = connection.execute(sa.select(shapes.c.shape, shapes.c.articles, shapes.c.hubs, shapes.c.others)).all()
    return {shape: kinds for shape, *counts in rows if any(kinds := Kinds(*counts))}


def test_counts_are_those_of_the_pages(engine: sa.Engine, ledger: Ledger) -> None:
    for name, kind in zip("abcdef", ("article", "article", "hub", "other", "article", "hub"), strict=True):
        write(ledger, f"/x7/{name}", kind, first=True, asked=f"{ODD}{name}")
    assert ledger.seen(ODD)[SHAPE] == Kinds(3, 2, 1), "at once, not only after the commit"
    write(ledger, "/x7/a", "hub")  # read again, and another kind now
    page = write(ledger, "/x7/b", "article")  # again the same
    ledger.write(Outcome(page, "failed", 2.0, "HTTP 500", status=500, answered=True))
    ledger.commit()
    assert stored(engine) == recounted(engine) == {SHAPE: Kinds(1, 3, 1)}
    assert ledger.seen(f"{SITE}/elsewhere")[SHAPE] == Kinds(1, 3, 1)
    assert not ledger.seen("https://other.example/x7/abc")


def test_what_is_rolled_back_was_never_learned(engine: sa.Engine, ledger: Ledger) -> None:
    write(ledger, "/x7/a", "article")
    ledger.commit()
    write(ledger, "/x7/a", "hub")
    ledger.rollback()
    assert ledger.seen(ODD)[SHAPE] == Kinds(articles=1)
    ledger.commit()
    assert stored(engine) == recounted(engine) == {SHAPE: Kinds(articles=1)}


def test_a_page_that_cannot_be_written_teaches_nothing(engine: sa.Engine, ledger: Ledger) -> None:
    write(ledger, "/x7/a", "article")
    (page,) = ledger.seed([Found(f"{ODD}b", "seed", 100, 0)])
    with pytest.raises(BadRow):
        ledger.write(Outcome(page, "no state", 1.0, kind="hub", first=True, asked=f"{ODD}b"))
    assert ledger.seen(ODD)[SHAPE] == Kinds(articles=1)
    ledger.commit()
    assert stored(engine) == {SHAPE: Kinds(articles=1)}


def test_a_site_that_changes_its_ways_is_understood_again(engine: sa.Engine, ledger: Ledger) -> None:
    counted = Shapes()
    connection = ledger.connection
    counted.seen(connection, SITE)
    for kind, number in (("hub", 1000), ("article", 2 * AGED)):
        for start in range(0, number, 50):
            for page in range(start, start + 50):
                counted.apply([change_of(f"{ODD}n{page:d}", kind)])
            counted.flush(connection)
    view = next(iter(counted.seen(connection, SITE).values()))
    counted.forget()
    (kept,) = counted.seen(connection, SITE).values()
    assert seen_points(view)[:2] == seen_points(kept)[:2] == (MANY_POINTS, 0)
    assert sum(kept) <= AGED + 50


def test_counts_come_with_the_table(engine: sa.Engine, ledger: Ledger, where: str) -> None:
    for name in "abc":
        write(ledger, f"/x7/{name}", "article")
    write(ledger, "/", "hub")
    ledger.commit()
    ledger.close("finished")
    before = stored(engine)
    with engine.begin() as connection:
        take_back(connection, "0002")
    engine.dispose()
    upgrade(where)
    assert stored(engine) == before == recounted(engine)
    assert kinds_seen(engine, SITE) == {SHAPE: Kinds(articles=MIN_PAGES)}


def outcome_of(ledger: Ledger, path: str, kind: PageKind) -> Outcome:
    """The outcome of a page that came back, as the pipelines have it; each page has the same links."""
    ledger.seed([Found(SITE + path, "seed", 100, 0)])
    (task,) = ledger.take("news.example", 1, 1e12)
    page = extract_page(hub(10), task.url, seen=ledger.seen(task.url))
    page.kind = kind
    raw = RawPage(task.page_id, task.url, "response", 1.0, 200, {}, b"<p>", page=page)
    return settle(raw, task, Scope(), tried=ledger.untried(task.url, page.doubtful))


def test_later_links_are_more_urgent(ledger: Ledger) -> None:
    """Of the odd addresses of a site a few are tried last; what these are makes the others sections at first, then articles."""
    priorities = []
    for path in ("/", "/x7/a", "/x7/b", "/x7/c", "/x7/d", "/x7/e", "/x7/f", "/x7/g", "/x7/h", "/late"):
        outcome = outcome_of(ledger, path, "article" if path.startswith("/x7") else "hub")
        priorities.append([one.priority for one in outcome.found])
        ledger.write(outcome)
    tried, known, sure = (PRIORITY[kind] for kind in ("other", "hub", "article"))
    assert priorities[0] == [tried] * TRIED_PAGES
    assert priorities[1:4] == [[]] * 3, "enough are being tried"
    assert {*priorities[4], *priorities[8]} == {known}
    assert set(priorities[9]) == {sure}


def test_what_was_taken_for_articles_is_less_urgent_when_it_is_none(ledger: Ledger) -> None:
    """Addresses with the form of articles that lead to sections: followed still, so that the mistake would show."""
    page = f'<body><ul>{"".join(f"<li><a href=/k/{number}.html>The old boats of harbour {number}</a></li>" for number in range(12345, 12351))}</ul></body>'
    before = {link.kind for link in extract_page(page, f"{SITE}/").links}
    for number in range(12345, 12354):
        write(ledger, f"/k/{number}.html", "hub")
    after = {link.kind for link in extract_page(page, f"{SITE}/", seen=ledger.seen(SITE)).links}
    assert (before, after) == ({"article"}, {"hub"})
    for number in range(12345, 12360):
        write(ledger, f"/k/{number}.html", "article")
    assert {link.kind for link in extract_page(page, f"{SITE}/", seen=ledger.seen(SITE)).links} == {"article"}


def test_a_site_that_makes_up_shapes_gets_no_more_than_its_share(ledger: Ledger) -> None:
    tried = [ledger.untried(SITE, [Link(f"{SITE}/{'abcdefghij'[n // 10]}{'klmnopqrst'[n % 10]}/z", "other")]) for n in range(2 * MAX_TRIED)]
    assert sum(map(len, tried)) == MAX_TRIED


_ASKED = count()


def _answer(path: str, _: int) -> bytes:
    if path == "/":  # never the same twice, or it would not be read again
        return f"<html><body><h1>Lake</h1>{hub(9)}<!-- {next(_ASKED)} --></body></html>".encode()
    if not path.startswith("/x7/"):
        return b""
    name = path.removeprefix("/x7/")
    text = "".join(f"<p>{PARAGRAPH * 3} Part {part} of {name}.</p>" for part in range(4))
    title = f"The piano that crossed the lake, {name}"
    head = f'<title>{title}</title><meta property="og:type" content="article">'
    return f"<html><head>{head}</head><body><h1>{title}</h1><p>2026-03-02 10:00</p>{text}<h4>Boats</h4>{hub(10)}</body></html>".encode()


def test_a_crawl_learns_an_odd_site(tmp_path: Path, where: str) -> None:
    """No address of the site says anything; its ten articles are found all the same, and the next crawl knows what they are."""
    with serving(_answer) as port:
        site, crawl = f"http://127.0.0.1:{port}", ("--db", where, "--delay", "0", "--concurrency", "1", "--allow-private", "127.0.0.1")
        first = newscrawler("crawl", f"{site}/", *crawl)
        again = newscrawler("crawl", f"{site}/", *crawl)
        told = newscrawler("why", f"{site}/x7/a", "--db", where)
    assert (first.code, again.code) == (0, 0), first.err + again.err
    assert "pages of this shape were articles: 10 of 10" in told.out
    assert f"linked as article from {site}/ " in told.out
    assert newscrawler("audit", "--db", where).code == 0
    engine, reader = connect(where, write=True), connect(where)
    assert stored(engine) == recounted(engine)
    reread(engine, reader)
    assert set(reread(engine, reader)) <= {"unchanged", "no article"}, "read again with the same knowledge, nothing changes any more"
    reader.dispose()
    engine.dispose()


def test_nothing_learned_costs_nothing() -> None:
    assert seen_points(Kinds()) is NOTHING
