"""Every command once from a cold start, where the other tests fork theirs from a process that has imported everything (warm.py)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from conftest import CRAWL, Crawled, newscrawler

from newscrawler.cli import COMMANDS

_PAGE = "<html><head><title>The ferry</title></head><body><h1>The ferry</h1><p>" + "It left the harbour on time. " * 20 + "</p></body></html>"
_SOURCES = '[source.a]\nstart_pages = ["https://a.example/"]\nevery = "20d"\n'

# What a command is called with, in a folder with news.db, page.html and sources.toml, and what it says then. {site} is the sample site.
_CALLS = {
    "audit": ("--db news.db", "the ledger adds up"),
    "crawl": ("{site}/ --db other.db --limit 1 -o -", '"title"'),
    "db": ("upgrade --db news.db", "news.db"),
    "demo": ("", "33  articles"),
    "export": ("--db news.db", '"title"'),
    "extract": ("page.html --url https://a.example/2026/01/02/ferry.html", "left the harbour"),
    "forget": ("{site}/business/202603/1002.html --db news.db", "1002.html"),
    "init": ("", "sources.toml"),
    "reextract": ("--db news.db", "33 unchanged"),
    "repair": ("", "left the harbour"),
    "schedule": ("--sources sources.toml --db news.db --list", "never ran"),
    "schema": ("", "$schema"),
    "status": ("--db news.db", "articles"),
    "why": ("{site}/business/202603/1002.html --db news.db", "stored"),
}


def test_all_commands_are_called() -> None:
    assert set(_CALLS) == set(COMMANDS)


@pytest.mark.parametrize("name", sorted(set(_CALLS) - {"demo"}))  # test_wheel runs the demo
def test_a_command_imports_what_it_needs(name: str, crawled: Crawled, tmp_path: Path) -> None:
    shutil.copy(crawled.db, tmp_path / "news.db")
    (tmp_path / "page.html").write_text(_PAGE)
    if name != "init":
        (tmp_path / "sources.toml").write_text(_SOURCES)
    words, said = _CALLS[name]
    more = CRAWL if name == "crawl" else ()
    ran = newscrawler(name, *words.format(site=crawled.site).split(), *more, stdin=_PAGE.encode(), cwd=tmp_path, cold=True)
    assert ran.code == 0 and said in ran.out + ran.err, ran.err
