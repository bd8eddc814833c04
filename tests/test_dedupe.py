"""Addresses in one form, texts as hashes, and the decision: facts and laws."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.dedupe import Known, article_id, article_key, canonical_url, content_hash, decide, registrable_domain, same_site, whole_title
from newscrawler.dedupe.urls import _one_pass

SAME = {
    "http://news.example/a.html": "http://news.example/a.html",
    "HTTP://News.EXAMPLE/A.html": "http://news.example/A.html",
    "http://news.example": "http://news.example/",
    "http://news.example:80/a": "http://news.example/a",
    "https://news.example:443/a": "https://news.example/a",
    "https://news.example:80/a": "https://news.example:80/a",
    "https://user:secret@news.example/a": "https://news.example/a",
    "https://news.example./a": "https://news.example/a",
    "https://news.example/x/../b/./a": "https://news.example/b/a",
    "https://news.example/a#top": "https://news.example/a",
    "https://新闻.example/a": "https://xn--efvy88h.example/a",
    "https://faß.example/a": "https://xn--fa-hia.example/a",
    "https://fass.example/a": "https://fass.example/a",
    "https://新闻。example/a": "https://xn--efvy88h.example/a",
    "https://BÜCHER.example/a": "https://xn--bcher-kva.example/a",
    "https://☃.example/a": "https://xn--n3h.example/a",
    "https://\ud800.example/a": "https://\ud800.example/a",
    "https://news.example/%7euser/%e6%96%b0": "https://news.example/~user/%E6%96%B0",
    "https://news.example/新?键=值": "https://news.example/%E6%96%B0?%E9%94%AE=%E5%80%BC",
    "https://news.example/a?b=2&a=1": "https://news.example/a?a=1&b=2",
    "https://news.example/a?utm_source=x&UTM_Medium=y&id=1": "https://news.example/a?id=1",
    "https://news.example/a?fbclid=1&gclid=2&spm=a.b&from=app&share_token=z": "https://news.example/a",
    "https://news.example/a?from=app&share=wechat&cmp=rss&pk_campaign=7&utm_id=7": "https://news.example/a",
    "https://news.example/list?From=%32%30": "https://news.example/list?From=20",
    "https://news.example/a?from=2026-01-02&share=1&cmp=3&pk_id=4": "https://news.example/a?cmp=3&from=2026-01-02&pk_id=4&share=1",
    "https://news.example/a;jsessionid=AB12?id=1&PHPSESSID=9": "https://news.example/a?id=1",
    "https://[::1]:443/a": "https://[::1]/a",
    "mailto:desk@news.example": "mailto:desk@news.example",
    "http://news.example:99999/": "http://news.example:99999/",
    "http://[broken/": "http://[broken/",
    "": "",
}


@pytest.mark.parametrize("url", SAME)
def test_canonical_url(url: str) -> None:
    assert canonical_url(url) == SAME[url]


APART = [
    ("https://news.example/?id=1", "https://news.example/?id=2"),
    ("https://news.example/view?p=1", "https://news.example/view?p=2"),
    ("https://news.example/a", "https://news.example/a/"),
    ("https://news.example/a", "https://news.example/A"),
    ("https://news.example/a", "https://www.news.example/a"),
    ("https://news.example/a?page=2", "https://news.example/a"),
    ("https://news.example/a%2Fb", "https://news.example/a/b"),
    ("https://news.example/a%252Fb", "https://news.example/a%2Fb"),
    ("https://news.example/?q=a%2526b", "https://news.example/?q=a%26b"),
    ("https://news.example/list?from=20", "https://news.example/list?from=40"),
    ("https://faß.example/", "https://fass.example/"),
]


@pytest.mark.parametrize(("one", "other"), APART)
def test_addresses_of_different_pages_stay_apart(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


PARTS = st.text(alphabet="aZ09%/?#&=;:@.[]~-_ +é新\\\t", max_size=30)
URLS = st.one_of(st.text(max_size=40), st.builds("{}://{}/{}".format, st.sampled_from(["http", "https", "HTTPS"]), PARTS, PARTS))


@given(URLS)
def test_canonical_url_is_idempotent_and_never_raises(url: str) -> None:
    once = canonical_url(url)
    assert canonical_url(once) == once


@given(st.from_regex(r"https?://[a-z0-9]([a-z0-9.-]{0,9}[a-z0-9])?/[A-Za-z0-9/_.~-]{0,30}", fullmatch=True))
def test_the_fast_path_says_what_the_long_way_says(url: str) -> None:
    assert canonical_url(url) == canonical_url(_one_pass(url))


@given(st.integers(), st.integers())
def test_ids_never_merge(one: int, other: int) -> None:
    for name in ("id", "from", "share", "pk_id", "ncid"):
        urls = {canonical_url(f"http://news.example/view.php?utm_source=x&{name}={number}") for number in (one, other)}
        assert len(urls) == len({one, other})


KEYS = {
    "none declared": (None, "https://m.news.example/a?id=1"),
    "same site": ("https://www.news.example/a", "https://www.news.example/a"),
    "with tracker": ("https://www.news.example/a?utm_source=x", "https://www.news.example/a"),
    "another site": ("https://elsewhere.example/a", "https://m.news.example/a?id=1"),
    "the home page": ("https://m.news.example/", "https://m.news.example/a?id=1"),
    "no http": ("ftp://m.news.example/a", "https://m.news.example/a?id=1"),
    "relative": ("/a", "https://m.news.example/a?id=1"),
    "broken": ("http://[", "https://m.news.example/a?id=1"),
    "empty": ("", "https://m.news.example/a?id=1"),
}


@pytest.mark.parametrize("name", KEYS)
def test_article_key(name: str) -> None:
    declared, expected = KEYS[name]
    assert article_key("https://m.news.example/a?id=1&from=app", declared) == expected


def test_a_home_page_may_declare_itself() -> None:
    assert article_key("http://news.example/?utm_source=x", "https://www.news.example/") == "https://www.news.example/"


DOMAINS = {
    "www.bbc.co.uk": "bbc.co.uk",
    "a.b.news.com.cn": "news.com.cn",
    "News.Example": "news.example",
    "deep.news.example": "news.example",
    "127.0.0.1": "127.0.0.1",
    "::1": "::1",
    "localhost": "localhost",
    "co.uk": "co.uk",
    "posts.one.blogspot.com": "one.blogspot.com",
    "blogspot.com": "blogspot.com",
}


@pytest.mark.parametrize("host", DOMAINS)
def test_registrable_domain(host: str) -> None:
    assert registrable_domain(host) == DOMAINS[host]


SITES = [
    ("https://a.news.example/x", "http://b.news.example/", True),
    ("https://news.example/", "https://news.example:8443/", True),
    ("https://news.example/", "https://other.example/", False),
    ("https://a.co.uk/", "https://b.co.uk/", False),
    ("https://one.blogspot.com/", "https://two.blogspot.com/", False),
    ("https://one.github.io/a", "https://www.one.github.io/", True),
    ("http://127.0.0.1:8000/", "http://127.0.0.1:8000/x", True),
    ("http://127.0.0.1:8000/", "http://127.0.0.1:8001/", False),
    ("http://127.0.0.1/", "http://127.0.0.1:80/", True),
    ("http://127.0.0.1/", "http://127.0.0.2/", False),
    ("http://127.0.0.1:99999/", "http://127.0.0.1/", False),
    ("mailto:a@news.example", "https://news.example/", False),
    ("http://[", "http://[", False),
    ("", "", False),
]


@pytest.mark.parametrize(("one", "other", "expected"), SITES)
def test_same_site(one: str, other: str, expected: bool) -> None:
    assert same_site(one, other) is same_site(other, one) is expected


TEXT = "Rain, more rain - and then, at last, the sun."


def test_content_hash_folds_width_case_spaces_and_punctuation() -> None:
    assert content_hash("A", TEXT) == content_hash("B", "ＲＡＩＮ more\nrain and THEN at last the sun!")
    assert content_hash("A", TEXT) != content_hash("A", TEXT.replace("sun", "fog"))
    assert re.fullmatch("sha256:[0-9a-f]{64}", content_hash(None, TEXT))


def test_a_short_text_hashes_with_its_title() -> None:
    assert content_hash("One", "Picture news") != content_hash("Two", "Picture news")
    assert content_hash(None, "") == content_hash("", " ")


@given(st.text(), st.text())
def test_content_hash_takes_any_text(title: str, text: str) -> None:
    assert content_hash(title, text) == content_hash(f" {title} ", f"\n{text}。")


def test_article_id_is_a_name_based_uuid_of_the_key() -> None:
    assert article_id("https://news.example/1") == article_id("https://news.example/1") != article_id("https://news.example/2")
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", article_id("x"))


OWN = Known("urn:uuid:own", 1, "sha256:a")
OTHER = Known("urn:uuid:other", 2, "sha256:a")
DECISIONS = {
    "nothing known": ("sha256:a", None, None, None, "new", None),
    "same page, same text": ("sha256:a", OWN, None, OWN, "unchanged", OWN.id),
    "same page, new text": ("sha256:b", OWN, None, None, "revision", OWN.id),
    "same page, another's text": ("sha256:b", OWN, None, OTHER, "revision", OWN.id),
    "same page, now with another's key": ("sha256:b", OWN, OTHER, None, "revision", OWN.id),
    "another page of that key": ("sha256:b", None, OTHER, None, "duplicate", OTHER.id),
    "another article of that text": ("sha256:a", None, None, OTHER, "duplicate", OTHER.id),
}


@pytest.mark.parametrize("name", DECISIONS)
def test_decide(name: str) -> None:
    digest, own, by_key, by_hash, verdict, of = DECISIONS[name]
    decision = decide(digest, own, by_key, by_hash)
    assert (decision.verdict, decision.of) == (verdict, of)
    assert verdict == "new" or decision.reason


WHOLE = "老船长和他的口琴：三十年的坚持"
PRINTED = {
    WHOLE: True,
    "老船长和他的口琴：三十...": True,
    "老船长和他的口琴:三十…": True,
    "老船长和他的口琴 三十年": True,
    "老船长...": False,
    "年轻船长和他的口琴：三十...": False,
    f"{WHOLE}（组图）": False,
    "...": False,
    "": False,
}


@pytest.mark.parametrize("printed", PRINTED)
def test_a_title_cut_short_is_completed_only_by_what_it_begins(printed: str) -> None:
    assert whole_title(printed, WHOLE) == (WHOLE if PRINTED[printed] else None)


def test_a_misprint_in_a_long_beginning_is_forgiven_and_only_where_it_is_cut() -> None:
    title = "The last bus to Upper Hill runs in May"
    assert whole_title("The last bus to Uper Hill runs...", title) == title
    assert whole_title("The last bus to Uper Hill runs", title) is None
    assert whole_title("The first bus to Lower Hall ran...", title) is None


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_whole_title_is_the_title_or_none(printed: str, title: str) -> None:
    assert whole_title(printed, title) in (None, title)
    if any(mark.isalnum() for mark in title):
        assert whole_title(title, title) == title
