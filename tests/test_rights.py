"""What publishers say about the use of their pages: read (pure), recorded, obeyed, asked for again at the export."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
from conftest import CRAWL, newscrawler
from hypothesis import given, settings
from hypothesis import strategies as st
from protego import Protego
from test_manners import TEXT, site

from newscrawler import extract_page
from newscrawler.exceptions import BadSource
from newscrawler.export import record_schema
from newscrawler.frontier.robots import LONGEST_RULE, Rule, Rules, content_signal, group_of
from newscrawler.rights import Policy, allows, directives, tdm_of, tdm_rules


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("noindex", {"noindex"}), ("NoIndex, NOARCHIVE", {"noindex", "noarchive"}), ("googlebot: noindex", set()), ("newscrawler: noindex", {"noindex"}),
        ("googlebot: noindex, nofollow, newscrawler: noarchive", {"noarchive"}),
        ("unavailable_after: 25 Jun 2026 15:00:00 GMT", {"unavailable_after: 25 jun 2026 15:00:00 gmt"}),
        ("max-snippet:20, noarchive", {"max-snippet:20", "noarchive"}), ("", set()), (None, set()),
        ("otherbot: nofollow\nnoindex", {"noindex"}), ("noindex\notherbot: nofollow", {"noindex"}), ("otherbot: nofollow, noindex", set()),
        ("newscrawler: noindex\notherbot: nofollow\nnoarchive", {"noindex", "noarchive"}),
    ],
)  # fmt: skip
def test_directives_hold_for_us_or_for_all(value: str | None, wanted: set[str]) -> None:
    assert directives(value) == wanted


@pytest.mark.parametrize(
    ("rights", "refused"),
    [
        ({"x_robots_tag": "noindex"}, {"index"}), ({"meta_robots": "none"}, {"index"}), ({"meta_robots": "index, noarchive"}, {"archive"}),
        ({"tdm_reservation": "1"}, {"tdm"}), ({"tdm_reservation": "0"}, set()), ({"content_signal": "search=yes, ai-train=no"}, {"ai-train"}),
        ({"content_signal": "search=no,ai-input=no"}, {"search", "ai-input"}), ({"robots": "Allow: /"}, set()), ({"tdm_reservation": None}, set()),
    ],
)  # fmt: skip
def test_what_is_not_said_is_not_refused(rights: dict[str, str | None], refused: set[str]) -> None:
    assert {use for use in ("search", "ai-input", "ai-train", "tdm", "archive", "index") if not allows(rights, use)} == refused


def test_a_policy_obeys_unless_it_is_told_to_ignore() -> None:
    asked = {"meta_robots": "noindex", "tdm_reservation": "1", "content_signal": "search=no"}
    assert "noindex" in (Policy().refusal(asked) or "")
    assert "tdm-reservation" in (Policy(noindex="ignore").refusal(asked) or "")
    assert "search=no" in (Policy(noindex="ignore", tdm="ignore").refusal(asked) or "")
    assert Policy(noindex="ignore", tdm="ignore", content_signal="ignore").refusal(asked) is None
    assert not Policy().keeps_copy({"x_robots_tag": "noarchive"}) and Policy(noarchive="ignore").keeps_copy({"x_robots_tag": "noarchive"})


@pytest.mark.parametrize(("line", "words"), [('noindex = "maybe"', '"obey" or "ignore"'), ('nofollow = "obey"', "unknown")])
def test_a_wrong_policy_is_named(line: str, words: str, tmp_path: Path) -> None:
    from newscrawler.config import read_sources

    file = tmp_path / "sources.toml"
    file.write_text(f'[source.a]\nstart_pages = ["https://news.example/"]\n[source.a.rights]\n{line}\n')
    with pytest.raises(BadSource, match=words):
        read_sources(file)


ROBOTS = """User-agent: otherbot
Disallow: /

User-agent: somebot
User-agent: *
Content-Signal: search=yes, ai-train=no
Disallow: /private/
Allow: /private/press/
Disallow: /*.pdf$
Disallow: /search?q=
"""


def deciding(text: str, path: str) -> str | None:
    return Rules(group_of(text, "newscrawler")).deciding(f"https://news.example{path}")


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("/a", None), ("/private/a", "Disallow: /private/"), ("/private/press/a", "Allow: /private/press/"), ("/x.pdf", "Disallow: /*.pdf$"),
        ("/x.pdf?a=1", None), ("/search?q=1", "Disallow: /search?q="),
    ],
)  # fmt: skip
def test_the_rule_that_applied(path: str, rule: str | None) -> None:
    assert deciding(ROBOTS, path) == rule


def test_the_group_that_names_us_goes_before_the_one_for_all() -> None:
    text = ROBOTS + "User-agent: NewsCrawler\nAllow: /\nContent-Signal: search=no\n"
    assert content_signal(group_of(ROBOTS, "newscrawler")) == "search=yes, ai-train=no"
    assert content_signal(group_of(text, "newscrawler")) == "search=no"
    assert deciding(text, "/private/a") == "Allow: /"


PIECES = ["a", "b", "/", ".", "?", "=", "*", "**", "$", "%", "%2F", "%2a", "%24", "%3F", "%25", "%41", "%C3%A9", "%c3", "é", "新", ";", "index.html"]
PATTERNS = st.lists(st.sampled_from(PIECES), max_size=7).map("".join)
PATHS = st.lists(st.sampled_from([one for one in PIECES if one.isascii()]), max_size=9).map("".join).map("/".__add__)
RULES = st.tuples(st.sampled_from(["Allow", "Disallow"]), PATTERNS.flatmap(lambda one: st.sampled_from([one, f"/{one}", f"/{one}$"])))
LINES = st.one_of(
    RULES, RULES, RULES, st.tuples(st.just("User-agent"), st.sampled_from(["*", "newscrawler", "otherbot"])),
    st.sampled_from([("Sitemap", "/a"), ("Disallow", ""), ("Crawl-delay", "1"), ("Host", "a"), ("Content-Signal", "search=yes"), ("User-agent", "")]),
)  # fmt: skip


@settings(max_examples=1000)
@given(st.lists(LINES, max_size=9), PATHS)
def test_the_rule_agrees_with_the_verdict(lines: list[tuple[str, str]], path: str) -> None:
    text = "User-agent: *\n" + "".join(f"{name}: {value}\n" for name, value in lines)
    rule = deciding(text, path)
    assert (rule is None or rule.startswith("Allow")) == Protego.parse(text).can_fetch(f"https://news.example{path}", "newscrawler")


@pytest.mark.parametrize(
    ("text", "path", "rule"),
    [
        ("User-agent: newscrawler\nDisallow:\n\nUser-agent: *\nDisallow: /\n", "/a", None),
        ("User-agent: *\nAllow: /a\nDisallow: /\n", "/a;b?", "Allow: /a"),
        ("User-agent: *\nDisallow: /\nAllow: /*;b?$\n", "/a;b?", "Allow: /*;b?$"),
        ("User-agent: *\nDisallow: /a%2Fb\n", "/a/b", None),
        ("User-agent: *\nDisallow: /\nAllow: /" + "*a" * 30 + "\n", "/" + "a" * 30, "Allow: /" + "*a" * 30),
    ],
)  # fmt: skip
def test_rules_of_every_kind_are_read(text: str, path: str, rule: str | None) -> None:
    assert deciding(text, path) == rule


def test_a_long_rule_is_quoted_in_part_and_counts_whole() -> None:
    long = "/" + "a" * LONGEST_RULE
    text = f"User-agent: *\nDisallow: /\nAllow: {long}b\n"
    assert deciding(text, f"{long}c") == "Disallow: /" and deciding(text, f"{long}bc") == f"Allow: {long}"[: len("Allow: ") + LONGEST_RULE]


@pytest.mark.parametrize("rule", ["/" + "*a" * 18 + "b$", "/" + "*a" * 2000 + "*b", "/*" + "a" * 1000 + "*b"])
def test_no_rule_costs_more_than_its_length(rule: str) -> None:
    """A matcher that goes back would take longer than the universe has; one that does not ends at once, so that no clock is needed."""
    assert deciding(f"User-agent: *\nDisallow: {rule}\n", "/" + "a" * 3000) is None


def test_a_rule_without_a_star_is_looked_up_and_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "User-agent: *\n" + "".join(f"Disallow: /private/section-{number}/\n" for number in range(2000)) + "Disallow: /*.pdf\n"
    rules, tried = Rules(group_of(text, "newscrawler")), []
    matches = Rule.matches
    monkeypatch.setattr(Rule, "matches", lambda rule, path: tried.append(rule.line) or matches(rule, path))
    assert rules.deciding("https://news.example/private/section-7/a") == "Disallow: /private/section-7/"
    assert rules.deciding("https://news.example/news/a.html") is None and tried == ["Disallow: /*.pdf"]


def test_tdmrep_takes_the_first_location_that_matches() -> None:
    rules = tdm_rules(
        b'[{"location": "/free/*", "tdm-reservation": 0}, {"location": "/a$", "tdm-reservation": 1}, 7, {"location": 1},'
        b' {"location": "/p[1]", "tdm-reservation": 1, "tdm-policy": "https://news.example/p.json"}]'
    )
    assert tdm_of(rules, "/free/x") == {"tdm_reservation": "0"}
    assert tdm_of(rules, "/a") == {"tdm_reservation": "1"} and tdm_of(rules, "/ab") == {}
    assert tdm_of(rules, "/p[1]/x") == {"tdm_reservation": "1", "tdm_policy": "https://news.example/p.json"}
    assert tdm_rules(b"<html>") is tdm_rules(b'{"a": 1}') is tdm_rules(b"[" * 100_000) is None


HEAD = "<html><head><title>Ferry</title>{}</head><body><article><h1>The new ferry line</h1><p>" + TEXT + "</p><p>" + TEXT + "</p></article>{}</body></html>"


@pytest.mark.parametrize(
    ("head", "foot", "wanted"),
    [
        ('<link rel="license" href="/cc">', "", {"license": "https://news.example/cc"}),
        ("", '<a rel="nofollow license" href="https://l.example/by/4.0/">CC</a>', {"license": "https://l.example/by/4.0/"}),
        ('<script type="application/ld+json">{"@type": "NewsArticle", "headline": "The new line", "license": {"url": "https://l.example/x"}}</script>', "",
         {"license": "https://l.example/x"}),
        ('<meta name="TDM-Reservation" content="1"><meta name="tdm-policy" content="https://p.example/">', "",
         {"tdm_reservation": "1", "tdm_policy": "https://p.example/"}),
        ('<meta name="robots" content="index"><meta name="NewsCrawler" content="noindex, nofollow">', "",
         {"meta_robots": "index\nnewscrawler: noindex, nofollow"}),
        ('<meta name="newscrawler" content="noarchive">', "", {"meta_robots": "newscrawler: noarchive"}),
        ("", "", {}),
    ],
)  # fmt: skip
def test_what_a_page_says(head: str, foot: str, wanted: dict[str, str]) -> None:
    page = extract_page(HEAD.format(head, foot), "https://news.example/2026/11/24/ferry.html")
    assert page.kind == "article" and page.rights == wanted


def test_all_meta_robots_of_a_page_count() -> None:
    page = extract_page(HEAD.format('<meta name="robots" content="index"><meta name="robots" content="noarchive">', ""), "https://news.example/a.html")
    assert page.meta_robots == "index, noarchive"


# ---- a whole crawl

STORIES = ("open", "noindex", "noarchive", "reserved", "header", "border", "named", "foreign")


@pytest.fixture(scope="module")
def asked_for_rights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str, list[str]]]:
    """A site that asks for each thing on another page, crawled once."""

    def answer(path: str, before: int) -> tuple[int, dict[str, str], str]:
        if path == "/robots.txt":
            return 200, {}, "User-agent: *\nContent-Signal: search=yes, ai-train=no\nAllow: /2026/\n"
        if path == "/.well-known/tdmrep.json":
            return 200, {}, json.dumps([{"location": "/2026/*reserved*", "tdm-reservation": 1, "tdm-policy": "https://p.example/"}])
        if path == "/":
            links = "".join(f'<p><a href="/2026/11/24/{one}-story.html">The long headline of {one} today</a></p>' for one in STORIES)
            return 200, {"X-Robots-Tag": "noindex"}, links
        name = path.rpartition("/")[2].partition("-")[0]
        meta = {
            "noindex": '<meta name="robots" content="noindex">', "noarchive": '<meta name="robots" content="noarchive">',
            "named": '<meta name="robots" content="index"><meta name="NewsCrawler" content="noindex">',
            "foreign": '<meta name="otherbot" content="noindex">',
        }.get(name, "")  # fmt: skip
        headers = {
            "header": {"X-Robots-Tag": "noindex, noarchive"}, "border": {"X-Robots-Tag": "otherbot: nofollow\nnoindex"},
            "foreign": {"X-Robots-Tag": "otherbot: noindex\nnosnippet"},
        }.get(name, {})  # fmt: skip
        more = '<p><a href="/2026/11/24/second-story.html">The long headline of the second story</a></p>' if "noindex" in path else ""
        return 200, headers, HEAD.format(meta, more).replace("ferry", path[12:18])

    db = tmp_path_factory.mktemp("rights") / "news.db"
    with site(answer) as (url, asked):
        assert newscrawler("crawl", f"{url}/", "--db", str(db), *CRAWL).code == 0
        yield db, url, [path for _, path in asked]


def exported(db: Path, *words: str) -> dict[str, dict[str, object]]:
    records = map(json.loads, newscrawler("export", "--db", str(db), *words).out.splitlines())
    return {str(record["url"]).rpartition("/")[2].partition("-")[0]: record for record in records}


def test_what_is_asked_for_is_obeyed_with_its_reason(asked_for_rights: tuple[Path, str, list[str]]) -> None:
    db, url, _ = asked_for_rights
    assert set(exported(db)) == {"open", "noarchive", "second", "foreign"}
    words = dict.fromkeys(("noindex", "header", "border", "named"), "refused: noindex") | {"reserved": "refused: text and data mining is reserved"}
    for name, said in words.items():
        assert said in newscrawler("why", f"{url}/2026/11/24/{name}-story.html", "--db", str(db)).out
    assert newscrawler("audit", "--db", str(db)).code == 0


def test_the_record_says_what_was_fetched(asked_for_rights: tuple[Path, str, list[str]]) -> None:
    db, _, asked = asked_for_rights
    records = exported(db)
    wanted = {"robots": "Allow: /2026/", "content_signal": "search=yes, ai-train=no", "meta_robots": None, "tdm_reservation": None}
    assert {key: records["open"]["rights"][key] for key in wanted} == wanted  # type: ignore[index]
    assert records["noarchive"]["rights"]["meta_robots"] == "noarchive"  # type: ignore[index]
    assert records["foreign"]["rights"]["x_robots_tag"] == "otherbot: noindex\nnosnippet", "each header is a line"  # type: ignore[index]
    for record in records.values():
        jsonschema.Draft202012Validator(record_schema()).validate(record)
    assert asked.count("/.well-known/tdmrep.json") == asked.count("/robots.txt") == 1


def test_no_copy_is_kept_where_none_is_wanted(asked_for_rights: tuple[Path, str, list[str]]) -> None:
    import sqlite3

    connection = sqlite3.connect(asked_for_rights[0])
    kept = {row[0].rpartition("/")[2].partition("-")[0] for row in connection.execute("SELECT url FROM bodies JOIN pages ON pages.id = page_id")}
    connection.close()
    assert {"open", "second", "foreign"} <= kept and not kept & {"noarchive", "noindex", "reserved", "header", "border", "named"}


def test_export_asks_for_uses(asked_for_rights: tuple[Path, str, list[str]]) -> None:
    db = asked_for_rights[0]
    assert set(exported(db, "--rights", "archive")) == {"open", "second", "foreign"}
    assert exported(db, "--rights", "ai-train") == {}
    assert set(exported(db, "--rights", "search", "--rights", "tdm")) == {"open", "noarchive", "second", "foreign"}
