"""sources.toml: what comes out of a good file, and the line that a wrong one gets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.config import RULED, Source, is_under, read_sources
from newscrawler.config.source import read_source, readers
from newscrawler.config.values import Wrong
from newscrawler.exceptions import BadSource

GOOD = """
[source.north]
start_pages = ["https://north.example/", " https://north.example/world "]

["source"."south daily"]
start_pages = ["https://www.south.example/"]
allowed_domains = ["South.example"]
sister_domains = ["新聞.example"]
include = ['/20\\d\\d/']
exclude = ["/sport/", "print="]
delay = 2
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "sources.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_file_comes_back_in_its_order(tmp_path: Path) -> None:
    north, south = read_sources(written(tmp_path, GOOD))
    assert north == Source("north", ("https://north.example/", "https://north.example/world"))
    assert (south.name, south.allowed_domains, south.delay) == ("south daily", ("south.example",), 2.0)
    assert south.sister_domains == ("xn--efvv70d.example",)
    assert [pattern.pattern for pattern in (*south.include, *south.exclude)] == ["/20\\d\\d/", "/sport/", "print="]


def test_when_and_how_far(tmp_path: Path) -> None:
    text = START + 'every = "1h30m"\nlimit = 5\nmax_pages = 7\ndepth = 0\ntime_limit = "2h"\ntags = ["x", "y", "x"]\ndb = "sub/a.db"'
    (source,) = read_sources(written(tmp_path, text))
    assert (source.every, source.limit, source.max_pages, source.depth, source.time_limit) == (5400, 5, 7, 0, 7200)
    assert (source.tags, source.db) == (("x", "y"), str(tmp_path / "sub/a.db"))
    (source,) = read_sources(written(tmp_path, START + 'cron = "30 6 * * 1-5"\ntime_zone = "Asia/Shanghai"\ndb = "postgresql://h/n"'))
    assert (source.cron, source.time_zone, source.every, source.db) == ("30 6 * * 1-5", "Asia/Shanghai", None, "postgresql://h/n")


def test_a_byte_order_mark_is_no_error(tmp_path: Path) -> None:
    assert len(read_sources(written(tmp_path, "\ufeff" + GOOD))) == 2


START = '[source.a]\nstart_pages = ["https://a.example/"]\n'
WRONG = {
    "no TOML": ("[source.a", ["is not TOML"]),
    "nothing in it": ("", ["holds no source"]),
    "no table of sources": ("source = 3", ["holds no source"]),
    "a source that is no table": ("[source]\na = 3", ["source 'a'", "must be a table"]),
    "another table": ("[sources.a]\nx = 1", ["'sources' is unknown", "[source.NAME]"]),
    "an unknown field": (START + "includes = []", ["source 'a'", "'includes' is unknown", "sister_domains"]),
    "no start page": ("[source.a]\ndelay = 1", ["source 'a'", "start_pages", "at least one"]),
    "an empty list of them": ("[source.a]\nstart_pages = []", ["start_pages", "at least one"]),
    "no feed either": ("[source.a]\nfeeds = []\nsitemaps = []", ["start_pages", "at least one"]),
    "a relative feed": ('[source.a]\nfeeds = ["/rss"]', ["feeds", "whole address"]),
    "a text for a list": ('[source.a]\nstart_pages = "https://a.example/"', ["start_pages", "list of texts"]),
    "an empty text": (START + 'include = [" "]', ["include", "list of texts"]),
    "a relative start page": ('[source.a]\nstart_pages = ["a.example"]', ["start_pages", "whole address"]),
    "no URL": ('[source.a]\nstart_pages = ["http://[::1/"]', ["start_pages", "no URL"]),
    "a URL for a domain": (START + 'sister_domains = ["https://b.example/"]', ["sister_domains", "is no domain"]),
    "a port in a domain": (START + 'allowed_domains = ["a.example:80"]', ["allowed_domains", "is no domain"]),
    "a start page elsewhere": (START + 'allowed_domains = ["b.example"]', ["allowed_domains", "https://a.example/ is on none"]),
    "a bad pattern": (START + 'exclude = ["("]', ["exclude", "no regular expression"]),
    "a negative delay": (START + "delay = -1", ["delay", "seconds"]),
    "a delay that is no number": (START + "delay = nan", ["delay", "seconds"]),
    "no duration": (START + 'every = "15 minutes"', [":3:", "every", '"15m"']),
    "no time at all": (START + 'every = "0s"', [":3:", "every"]),
    "two rhythms": (START + 'every = "15m"\ncron = "* * * * *"', [":4:", "cron", "every"]),
    "a short cron line": (START + 'cron = "5 *"', [":3:", "cron", "five fields"]),
    "a cron line out of range": (START + 'cron = "61 * * * *"', [":3:", "cron", "no cron line"]),
    "a day that never comes": (START + 'cron = "0 0 30 2 *"', [":3:", "cron"]),
    "no zone": (START + 'cron = "0 6 * * *"\ntime_zone = "Asia/Peking"', [":4:", "time_zone", "Asia/Shanghai"]),
    "a zone without cron": (START + 'every = "15m"\ntime_zone = "Asia/Shanghai"', [":4:", "time_zone", "cron"]),
    "no number of pages": (START + "max_pages = 0", [":3:", "max_pages", "1 or more"]),
    "no list of tags": (START + 'tags = "local"', [":3:", "tags", "list of texts"]),
    "no database": (START + 'db = ""', [":3:", "db", "path"]),
    "alerts of an unknown kind": (START + '[alerts]\nwebhok = "https://h.example/"', [":4:", "alerts", "'webhok' is unknown", "webhook"]),
    "alerts that are no table": ("alerts = 3\n" + START, [":1:", "alerts", "must be a table"]),
    "a right of no kind": (START + '[source.a.rights]\ntdm = "obey"\nindex = "obey"', [":5:", "source 'a'", "rights: 'index' is unknown", "noindex"]),
    "neither obey nor ignore": (START + '[source.a.rights]\ntdm = "obey"\nnoindex = "no"', [":5:", "rights: noindex", '"obey" or "ignore"']),
    "rights that are no table": (START + 'rights = "obey"', [":3:", "rights", "must be a table"]),
    "a truth for a delay": (START + "delay = true", ["delay", "seconds"]),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_gets_one_line_that_names_file_source_and_field(name: str, tmp_path: Path) -> None:
    text, said = WRONG[name]
    path = written(tmp_path, text)
    with pytest.raises(BadSource) as caught:
        read_sources(path)
    message = str(caught.value)
    assert re.match(rf"{re.escape(str(path))}(:\d+)?: ", message) and "\n" not in message
    assert all(words in message for words in said), message


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.toml", tmp_path):
        with pytest.raises(BadSource, match="cannot be read"):
            read_sources(path)
    (tmp_path / "latin.toml").write_bytes(b"# caf\xe9\n")
    with pytest.raises(BadSource, match="not UTF-8"):
        read_sources(tmp_path / "latin.toml")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


KEYS = [*readers(Path()), "nonsense"]


@given(st.sampled_from(KEYS), VALUES | st.dictionaries(st.sampled_from([*RULED, "remove", "from", "until"]), VALUES, max_size=3))
def test_whatever_a_field_holds_it_is_a_source_or_a_named_error(key: str, value: object) -> None:
    try:
        source = read_source("a", {"start_pages": ["https://a.example/"], key: value}, Path())
    except Wrong as error:
        assert key in str(error) and (not error.keys or error.keys[0] == key)
    else:
        assert all(is_under(domain, domain) for domain in source.sister_domains)
