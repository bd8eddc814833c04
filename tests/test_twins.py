"""Twins: addresses in other dresses, and what must bear them out before two pages are one article."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.dedupe import Known, content_hash, decide, twin_key
from newscrawler.dedupe.tracking import is_tracking
from newscrawler.dedupe.twins import PARAMETERS
from newscrawler.export.collected import collected_record
from newscrawler.frontier.recognize import recognize
from newscrawler.items import Article, Page, RawPage
from newscrawler.store import Found, Ledger, Outcome, connect, reading
from newscrawler.store.audit import findings

CASES = json.loads((Path(__file__).parent / "cases" / "twins.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("urls", CASES["together"], ids=lambda urls: str(urls[0]))
def test_twins_have_one_key(urls: list[str]) -> None:
    assert {twin_key(url) for url in urls} == {twin_key(urls[0])}


@pytest.mark.parametrize("urls", CASES["apart"], ids=lambda urls: str(urls[0]))
def test_pages_that_only_look_alike_have_two(urls: list[str]) -> None:
    assert len({twin_key(url) for url in urls}) == 2


PIECES = st.lists(st.sampled_from(["m", "amp", "print", "a", "", "a.amp.html", "b_print.html", "x.amp.amp", "%2e", ";jsessionid=1", "é"]), max_size=9)
URLS = st.one_of(
    st.text(max_size=40),
    st.tuples(
        st.sampled_from(["http", "https", "HTTPS"]),
        st.sampled_from(["", "m.", "www.m.", "amp.wap.m."]),
        st.sampled_from(["news.example", "co.uk", "127.0.0.1:80", "[::1]:8080", "新闻.example", "x:443"]),
        PIECES.map("/".join),
        st.text(alphabet="aimp=1&;%", max_size=12),
    ).map(lambda parts: "{}://{}{}/{}?{}".format(*parts)),
)


@given(URLS)
def test_a_twin_key_is_idempotent_and_never_raises(url: str) -> None:
    once = twin_key(url)
    assert twin_key(once) == once


@given(st.from_regex(r"[a-z_]{1,12}", fullmatch=True), st.integers(), st.integers())
def test_numbers_in_any_parameter_never_merge(name: str, one: int, other: int) -> None:
    if is_tracking(name, "1") or name in PARAMETERS:
        return
    keys = {twin_key(f"https://m.news.example/view.php?amp=1&{name}={number}") for number in (one, other)}
    assert len(keys) == len({one, other})


FERRY = "The ferry left the harbour on time in spite of the storm, and nobody on the quay was surprised to see it go out to sea again."
HALL = "Council members voted for a new town hall after a long debate about what it will cost, how high it may be and who is to build it."


def known(title: str, text: str, *, twin: bool = False, gone: bool = False) -> Known:
    return Known("urn:uuid:other", 2, content_hash(title, text), gone, title, text, twin)


CLAIMS = {
    "same text but for an advertisement": (known("Ferry", FERRY), "Ferry", FERRY + "\nAdvertisement", "duplicate"),
    "one title, another page of it": (known("The ferry leaves", FERRY), "The ferry leaves", HALL, "duplicate"),
    "another article": (known("The ferry leaves", FERRY), "A new town hall", HALL, "new"),
    "twin, same text but for an advertisement": (known("Ferry", FERRY, twin=True), "Ferry", FERRY + "\nAdvertisement", "duplicate"),
    "twin, another text under one title": (known("The news of today", FERRY, twin=True), "The news of today", HALL, "new"),
    "twin, too short to tell, one title": (known("The ferry leaves", "Picture", twin=True), "The ferry leaves", "Pictures", "duplicate"),
    "twin, too short to tell, two titles": (known("The ferry leaves", "Picture", twin=True), "A new town hall", "Pictures", "new"),
    "gone, and there again at another address": (known("Ferry", FERRY, gone=True), "Ferry", FERRY + "\nAdvertisement", "revision"),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_an_address_is_believed_where_the_page_bears_it_out(name: str) -> None:
    other, title, text, verdict = CLAIMS[name]
    assert decide(content_hash(title, text), None, other, None, Article(title, text)).verdict == verdict


@pytest.fixture
def ledger(where: str) -> Iterator[Ledger]:
    engine = connect(where, create=True, write=True)
    ledger = Ledger(engine, "test")
    yield ledger
    ledger.connection.close()
    engine.dispose()


def store(ledger: Ledger, url: str, title: str, text: str, canonical: str | None = None) -> str:
    """Stores a page as the pipelines do; returns its verdict."""
    (number,) = ledger.seed([Found(url, "seed", 1, 0)])
    article = Article(title, text, canonical_url=canonical)
    key, digest, decision = recognize(ledger, number, url, article)
    raw = RawPage(number, url, "response", 1.0, 200, page=Page(url, "article", article))
    state = {"new": "stored", "revision": "stored"}.get(decision.verdict, decision.verdict)
    outcome = Outcome(number, state, 1.0, decision.reason, 200, answered=True, decision=decision, article_key=key, content_hash=digest)
    outcome.record = collected_record(raw, key, digest, ["seed"], [])
    ledger.write(outcome)
    ledger.commit()
    return decision.verdict


def ids(engine: sa.Engine) -> list[str]:
    assert not list(findings(engine))
    return [str(record["id"]) for _, record in reading.exported(engine)]


MAIN, MOBILE = "https://www.news.example/2026/a.html", "https://m.news.example/2026/a.html"


@pytest.mark.parametrize("order", [(MAIN, MOBILE), (MOBILE, MAIN)], ids=["main first", "mobile first"])
def test_a_twin_is_one_article_in_both_orders(ledger: Ledger, order: tuple[str, str]) -> None:
    assert [store(ledger, url, "Ferry", f"{FERRY}\n{'Sponsored' if url == MOBILE else ''}") for url in order] == ["new", "duplicate"]
    assert len(ids(ledger.connection.engine)) == 1


def test_a_twin_whose_text_is_another_is_an_article_of_its_own(ledger: Ledger) -> None:
    assert [store(ledger, MAIN, "Ferry", FERRY), store(ledger, MOBILE, "Town hall", HALL)] == ["new", "new"]
    assert len(set(ids(ledger.connection.engine))) == 2


def test_one_canonical_url_on_all_pages_of_a_template_merges_none(ledger: Ledger) -> None:
    wrong = "https://news.example/story"
    texts = [FERRY, HALL, "Rain fell on the hills for nine days, the river rose over the meadows, and the mill had to be closed for a week."]
    told = [store(ledger, f"https://news.example/{number}", f"Title number {text[:20]}", text, wrong) for number, text in enumerate(texts)]
    assert told == ["new"] * 3
    assert len(set(ids(ledger.connection.engine))) == 3


SIGN_OFF = " Follow our sports desk on all channels for more results and reports, and write to us at any hour of the day."


@pytest.mark.parametrize("title", ["", "News of the day"], ids=["two titles", "one title"])
def test_a_canonical_url_that_drops_an_id_merges_nothing_by_a_sign_off(ledger: Ledger, title: str) -> None:
    told = [
        store(ledger, f"https://news.example/view.php?id={number}", title or text[:20], text + SIGN_OFF, "https://news.example/view.php")
        for number, text in enumerate((FERRY, HALL))
    ]
    assert told == ["new", "new"]
    again = store(ledger, "https://news.example/view.php?id=0&ref=home", title or FERRY[:20], FERRY + SIGN_OFF + " Advertisement", "https://news.example/view.php")
    assert again == "duplicate"
    assert len(set(ids(ledger.connection.engine))) == 2


def test_two_titles_and_a_common_sign_off_bear_out_no_canonical_url(ledger: Ledger) -> None:
    wrong = "https://news.example/story"
    told = [store(ledger, f"https://news.example/{text[:3]}", text[:20], text + SIGN_OFF, wrong) for text in (FERRY, HALL)]
    assert told == ["new", "new"]


def test_a_page_whose_address_another_page_took_is_an_article_all_the_same(ledger: Ledger) -> None:
    target = "https://news.example/b"
    assert store(ledger, "https://news.example/a", "The ferry leaves", FERRY, target) == "new"
    assert store(ledger, target, "A new town hall", HALL, target) == "new"
    assert len(set(ids(ledger.connection.engine))) == 2
