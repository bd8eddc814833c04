"""The main job, by its command line, on the sample site: crawled once, asked many questions."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from conftest import CRAWL, Crawled, newscrawler, serving

from newscrawler.export import record_schema
from newscrawler.store import connect


def asked(crawled: Crawled, *words: str) -> str:
    ran = newscrawler(*words, "--db", crawled.db)
    assert ran.code == 0, ran.err
    return ran.out


def as_written(lines: str | list[str]) -> list[str]:
    """The lines, by id, without what is known only later: ids and whole titles of related articles that were stored afterwards, other ways,
    and the cluster, which a later near-duplicate may change under a new number."""
    records = [json.loads(line) for line in (lines.splitlines() if isinstance(lines, str) else lines)]
    for record in records:
        for entry in record["related"]:
            entry["id"] = entry["title_complete"] = None
        record["provenance"]["discovered_by"] = record["provenance"]["discovered_from"] = None
        record["seq"] = record["cluster_id"] = None
    return sorted(json.dumps(record) for record in records)


def test_every_page_ends_in_its_state(crawled: Crawled) -> None:
    assert crawled.ran.code == 0, crawled.ran.err
    counts = json.loads(asked(crawled, "status", "--json"))
    pages = counts["pages"]
    wanted = {"fetched": 46, "queued": 0, "in_flight": 0, "stored": 33, "read": 9, "duplicate": 2, "redirected": 1, "refused": 1, "gone": 1}
    assert {state: pages[state] for state in wanted} == wanted
    assert counts["articles"] == 33


def test_the_ledger_adds_up(crawled: Crawled) -> None:
    assert "the ledger adds up" in asked(crawled, "audit")


def test_every_exported_line_validates_and_is_what_the_crawl_wrote(crawled: Crawled) -> None:
    lines = asked(crawled, "export").splitlines()
    validator = jsonschema.Draft202012Validator(record_schema())
    for line in lines:
        validator.validate(json.loads(line))
    written = crawled.lines.read_text(encoding="utf-8")
    assert as_written(lines) == as_written(written)
    first = {record["id"]: record for record in map(json.loads, written.splitlines())}
    told_again = [record for record in map(json.loads, lines) if record["seq"] != first[record["id"]]["seq"]]
    assert all(record["cluster_id"] != first[record["id"]]["cluster_id"] for record in told_again)
    shared = [json.loads(line)["cluster_id"] for line in asked(crawled, "export", "--keep-duplicates").splitlines()]
    assert all(shared.count(record["cluster_id"]) > 1 for record in told_again)


def test_related_entries_meet_their_targets(crawled: Crawled) -> None:
    records = [json.loads(line) for line in asked(crawled, "export").splitlines()]
    titles = {record["id"]: record["title"] for record in records}
    entries = [entry for record in records for entry in record["related"]]
    met = [entry for entry in entries if entry["id"]]
    assert met and {entry["id"] for entry in met} <= set(titles)
    assert all(entry["title_complete"] in (None, titles[entry["id"]]) for entry in met)
    assert any(entry["title_complete"] for entry in met)


def test_why_tells_the_terms_of_a_link(crawled: Crawled) -> None:
    (url,) = [record["url"] for record in map(json.loads, asked(crawled, "export").splitlines()) if record["url"].endswith("/2007.html")]
    told = asked(crawled, "why", url)
    assert "enough from" in told and "in the address" in told


def test_a_damaged_page_comes_out_readable(crawled: Crawled) -> None:
    records = [json.loads(line) for line in asked(crawled, "export").splitlines()]
    (page,) = [record for record in records if record["url"].endswith("/2007.html")]
    assert any(repair["kind"] == "pinyin_leak" and repair["count"] > 50 for repair in page["repairs"])
    assert page["keywords"] and page["related"] and page["byline"]
    assert "(diàn)" not in page["text"] and "關鍵詞" not in page["text"] and "相關閱讀" not in page["text"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/science/202602/0999.html", "gone: HTTP 404"),
        ("/news/show_1003.html", "redirected: HTTP 301"),
        ("/private/draft.html", "refused: robots.txt forbids it"),
        ("/science/202603/1907.html", "state     stored"),
    ],
)
def test_why_tells_what_became_of_a_url(crawled: Crawled, path: str, words: str) -> None:
    assert words in asked(crawled, "why", crawled.site + path)


def test_of_two_pages_with_one_text_the_later_answer_is_told_as_the_duplicate(crawled: Crawled) -> None:
    told = [asked(crawled, "why", f"{crawled.site}/culture/202603/{number}.html") for number in (1013, 1913)]
    assert sum("duplicate: same text" in one for one in told) == 1, told


def test_of_two_pages_with_one_canonical_url_one_is_the_duplicate(crawled: Crawled) -> None:
    told = [asked(crawled, "why", crawled.site + path) for path in ("/topic/harbour/1001.html", "/business/202603/1001.html")]
    assert sorted("duplicate: same canonical URL" in one for one in told) == [False, True]
    assert sorted("state     stored" in one for one in told) == [False, True]


def test_the_same_command_again_brings_nothing_twice(crawled: Crawled, tmp_path: Path) -> None:
    copy = tmp_path / "again.db"
    with sqlite3.connect(crawled.db) as old, sqlite3.connect(copy) as new:
        old.backup(new)
    old.close()
    new.close()
    lines = tmp_path / "again.jsonl"
    ran = newscrawler("crawl", f"{crawled.site}/", "--db", str(copy), "-o", str(lines), *CRAWL)
    assert ran.code == 0 and lines.read_text() == ""
    assert json.loads(newscrawler("status", "--json", "--db", str(copy)).out)["pages"]["fetched"] == 47, "the start page alone"


def test_limit_is_exact_and_the_rest_is_taken_up(crawled: Crawled, tmp_path: Path) -> None:
    db = str(tmp_path / "news.db")
    ran = newscrawler("crawl", f"{crawled.site}/", "--db", db, "--limit", "5", "-o", "-", *CRAWL)
    assert ran.code == 0 and len(ran.out.splitlines()) == 5
    assert newscrawler("audit", "--db", db).code == 0
    newscrawler("crawl", f"{crawled.site}/", "--db", db, *CRAWL)
    assert json.loads(newscrawler("status", "--json", "--db", db).out)["articles"] == 33


def test_what_the_options_left_out_is_admitted_by_a_later_crawl(crawled: Crawled, tmp_path: Path) -> None:
    db = str(tmp_path / "news.db")
    newscrawler("crawl", f"{crawled.site}/", "--db", db, "--include", "/business/", *CRAWL)
    first = json.loads(newscrawler("status", "--json", "--db", db).out)
    assert first["pages"]["refused"] > 5 and 0 < first["articles"] < 20
    newscrawler("crawl", f"{crawled.site}/", "--db", db, *CRAWL)
    assert json.loads(newscrawler("status", "--json", "--db", db).out)["articles"] == 33


def test_list_only_discovers(crawled: Crawled, tmp_path: Path) -> None:
    ran = newscrawler("crawl", f"{crawled.site}/", "--list", *CRAWL, cwd=tmp_path)
    assert ran.code == 0 and f"{crawled.site}/business/202603/1006.html" in ran.out.splitlines()
    assert list(tmp_path.iterdir()) == []


def test_private_addresses_are_refused_by_default(crawled: Crawled, tmp_path: Path) -> None:
    for host in (crawled.site, crawled.site.replace("127.0.0.1", "localhost")):
        ran = newscrawler("crawl", f"{host}/", "--db", str(tmp_path / "news.db"), "--delay", "0")
        assert ran.code == 1
        assert "private address" in ran.err and "--allow-private" in ran.err
        assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["crawl"], "no start page"),
        (["crawl", "news.example"], "no address of a web page"),
        (["crawl", "ftp://news.example/"], "no address of a web page"),
        (["crawl", "http://[::1/"], "no URL"),
        (["crawl", "https://news.example/", "--include", "("], "no regular expression"),
        (["crawl", "https://news.example/", "--delay", "-1"], "--delay"),
        (["crawl", "https://news.example/", "--db", "nonsense://x"], "not a database URL"),
        (["crawl", "https://news.example/", "-o", "/nowhere/x.jsonl"], "cannot be written"),
        (["status", "--db", "missing.db"], "no such database"),
        (["crawl", "-i", "missing.txt"], "'missing.txt': No such file or directory. See `"),
        (["extract", "missing.html"], "missing.html: no such file"),
        (["extract", "news.example"], "news.example: no such file, and no whole address like https://"),
        (["extract", "ftp://news.example/"], "no address of a web page"),
        (["extract", "page.html", "--url", "news.example"], "no address of a web page"),
        (["extract", "https://news.example/", "--url", "https://news.example/1"], "--url https://news.example/1: is for a FILE"),
        (["why", "news.example/1.html", "--db", "news.db"], "no address of a web page"),
        (["forget", "news.example/1.html", "--db", "news.db"], "neither a URL with its https:// nor a domain"),
        (["forget", "https://", "--db", "news.db"], "no address of a web page"),
        (["forget", "", "--db", "news.db"], "neither a URL with its https:// nor a domain"),
        (["repair", "missing.txt"], "'missing.txt': No such file or directory. See `"),
        (["nonsense"], "No such command"),
    ],
)
def test_a_wrong_call_gets_a_line_and_exit_code_2(words: list[str], said: str, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<h1>The ferry</h1>")
    connect(str(tmp_path / "news.db"), create=True).dispose()
    ran = newscrawler(*words, cwd=tmp_path)
    assert ran.code == 2 and said in ran.err and ran.err.count("\n") == 1 and "Traceback" not in ran.err


def test_a_reader_that_has_enough_is_no_error(crawled: Crawled) -> None:
    script = "import sys; from newscrawler.cli import main; sys.exit(main())"
    with subprocess.Popen([sys.executable, "-c", script, "export", "--db", crawled.db], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline().startswith(b"{")
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_no_page_at_all_is_exit_code_1(crawled: Crawled, tmp_path: Path) -> None:
    ran = newscrawler("crawl", f"{crawled.site}/no-such-page", "--db", str(tmp_path / "news.db"), *CRAWL)
    assert ran.code == 1 and "HTTP 404" in ran.err


def test_reextract_changes_nothing_that_is_the_same(crawled: Crawled, tmp_path: Path) -> None:
    copy = str(tmp_path / "copy.db")
    with sqlite3.connect(crawled.db) as old, sqlite3.connect(copy) as new:
        old.backup(new)
    old.close()
    new.close()
    ran = newscrawler("reextract", "--db", copy)
    assert ran.code == 0 and "33 unchanged" in ran.err and "changed," not in ran.err.replace("unchanged", "")
    assert newscrawler("audit", "--db", copy).code == 0


def test_a_kind_of_repair_is_undone_and_made_again(crawled: Crawled, tmp_path: Path) -> None:
    copy = str(tmp_path / "copy.db")
    with sqlite3.connect(crawled.db) as old, sqlite3.connect(copy) as new:
        old.backup(new)
    old.close()
    new.close()

    def leaks() -> int:
        return sum(json.loads(line)["text"].count("(yè)") for line in newscrawler("export", "--db", copy).out.splitlines())

    assert leaks() == 0
    assert "changed" in newscrawler("reextract", "--db", copy, "--undo", "pinyin_leak").err
    assert "repairs not made here: pinyin_leak" in newscrawler("status", "--db", copy).out
    assert leaks() > 0
    again = newscrawler("crawl", f"{crawled.site}/", "--db", copy, *CRAWL)
    assert again.code == 0 and leaks() > 0, "a later crawl keeps to it"
    newscrawler("reextract", "--db", copy, "--redo", "pinyin_leak")
    assert leaks() == 0
    assert newscrawler("audit", "--db", copy).code == 0
    wrong = newscrawler("reextract", "--db", copy, "--undo", "everything")
    assert wrong.code == 2 and "pinyin_leak" in wrong.err


def test_what_was_undone_comes_back_though_no_bodies_were_to_be_kept(crawled: Crawled, tmp_path: Path) -> None:
    db = str(tmp_path / "news.db")
    newscrawler("crawl", f"{crawled.site}/", "--db", db, "--limit", "1", *CRAWL)
    newscrawler("reextract", "--db", db, "--undo", "pinyin_leak")
    newscrawler("crawl", f"{crawled.site}/", "--db", db, "--no-bodies", *CRAWL)

    def leaks() -> int:
        return sum(json.loads(line)["text"].count("(yè)") for line in newscrawler("export", "--db", db).out.splitlines())

    assert leaks() > 0
    newscrawler("reextract", "--db", db, "--redo", "pinyin_leak")
    assert leaks() == 0


def test_without_bodies_the_original_stays_where_something_was_repaired(crawled: Crawled, tmp_path: Path) -> None:
    db = str(tmp_path / "news.db")
    newscrawler("crawl", f"{crawled.site}/", "--db", db, "--no-bodies", *CRAWL)
    with sqlite3.connect(db) as stored:
        kept = {url for (url,) in stored.execute("SELECT url FROM bodies JOIN pages ON pages.id = page_id")}
        records = [json.loads(record) for (record,) in stored.execute("SELECT record FROM revisions")]
    stored.close()
    assert kept >= {record["url"] for record in records if record["repairs"]}
    assert len(kept) < len(records)


def test_extract_and_repair(crawled: Crawled, tmp_path: Path) -> None:
    url = f"{crawled.site}/business/202603/1002.html"
    fetched = json.loads(newscrawler("extract", url, "--allow-private", "127.0.0.1").out)
    (stored,) = [json.loads(line) for line in crawled.lines.read_text(encoding="utf-8").splitlines() if json.loads(line)["url"] == url]
    assert fetched["text"] == stored["text"] and fetched["title"] == stored["title"]
    ran = newscrawler("repair", stdin="電(diàn)動(dòng)貨車與企業(yè)".encode())
    assert ran.code == 0 and ran.out == "電動貨車與企業"
    assert "pinyin_leak: 3" in ran.err
    (tmp_path / "page.txt").write_text("企業(yè)", encoding="gbk")
    assert newscrawler("repair", "page.txt", cwd=tmp_path).out == "企業"
    shown = newscrawler("repair", "--diff", stdin="安好\n電(diàn)動(dòng)貨車與企業(yè)".encode())
    assert shown.out == "2: 電[-(diàn)-]動[-(dòng)-]貨車與企業[-(yè)-]\n"
    assert newscrawler("repair", "--diff", stdin=b"whole\n").out == "nothing to repair\n"
    assert "lost for good, or guessed: 1" in newscrawler("repair", stdin="今年農業豐".encode("gbk")[:-1]).err


def test_export_in_one_script(crawled: Crawled) -> None:
    def titles(*options: str) -> list[str]:
        return [json.loads(line)["title"] for line in newscrawler("export", "--db", crawled.db, *options).out.splitlines()]

    as_published, simplified = titles(), titles("--script", "zh-Hans")
    assert len(as_published) == len(simplified)
    assert any("業" in title for title in as_published) and not any("業" in title for title in simplified)
    assert newscrawler("export", "--db", crawled.db, "--script", "latin").code == 2


def test_scrapy_crawl_writes_the_same_lines(crawled: Crawled, tmp_path: Path) -> None:

    command = [
        sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"url={crawled.site}/", "-O", "out.jsonl", "-s", "DOWNLOAD_DELAY=0", "-s",
        "AUTOTHROTTLE_ENABLED=0", "-s", "NEWSCRAWLER_ALLOW_PRIVATE=127.0.0.1", "-s", "NEWSCRAWLER_DB=x.db",
    ]  # fmt: skip
    (tmp_path / "scrapy.cfg").write_text("[settings]\ndefault = newscrawler.settings\n")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    lines = sorted(json.loads(line)["id"] for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines())
    exported = newscrawler("export", "--db", str(tmp_path / "x.db")).out.splitlines()
    assert lines == sorted(json.loads(line)["id"] for line in exported)
    assert as_written((tmp_path / "out.jsonl").read_text(encoding="utf-8")) == as_written(exported)


def test_an_output_that_cannot_be_written_is_said_and_loses_nothing(sample_site: str, tmp_path: Path) -> None:
    db = str(tmp_path / "news.db")
    ran = newscrawler("crawl", f"{sample_site}/", "--db", db, "-o", "/dev/full", *CRAWL)
    assert ran.code == 3 and "cannot be written" in ran.err and "Traceback" not in ran.err
    assert "at the limit" not in ran.err
    assert newscrawler("audit", "--db", db).code == 0


def test_a_page_that_changes_its_canonical_url_stays_one_article(tmp_path: Path) -> None:
    served = {"key": "a", "text": "The ferry left the harbour on time, and nobody was surprised. " * 8}

    def answer(path: str, _: int) -> bytes:
        if path == "/robots.txt":
            return b""
        head = f'<title>The ferry leaves on time again</title><link rel=canonical href="/2026/01/02/{served["key"]}.html">'
        head += "<meta property=og:type content=article>"
        return f"<html><head>{head}</head><body><h1>The ferry leaves on time again</h1><p>{served['text']}</p></body></html>".encode()

    with serving(answer) as port:
        url, db = f"http://127.0.0.1:{port}/2026/01/02/start.html", str(tmp_path / "news.db")
        first = newscrawler("crawl", url, "--db", db, *CRAWL)
        served.update(key="b", text="The ferry left an hour late, and everybody was surprised. " * 8)
        second = newscrawler("crawl", url, "--db", db, *CRAWL)
    assert (first.code, second.code) == (0, 0), second.err
    (record,) = [json.loads(line) for line in newscrawler("export", "--db", db).out.splitlines()]
    assert (record["revision"], record["op"]) == (2, "update")
    assert newscrawler("audit", "--db", db).code == 0
