"""The record: its keys, its schema, its line."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from newscrawler.export import article_record, deleted_record, dumps, in_script, record_schema
from newscrawler.items import Article, FieldRepair, Image, Quality, Related

ID = "urn:uuid:6ba7b811-9dad-51d1-80b4-00c04fd430c8"
OTHER_ID = "urn:uuid:6ba7b812-9dad-51d1-80b4-00c04fd430c8"
URL = "https://news.example/finance/1.html"
WHEN = "2026-11-24T01:02:03Z"
KNOWN: dict[str, Any] = {
    "id": ID,
    "seq": 7,
    "url": URL,
    "source_domain": "news.example",
    "date_first_seen": WHEN,
    "date_fetched": WHEN,
}
# Written out here once more on purpose: the order is a promise to readers, not an implementation detail.
KEYS = [
    "schema", "id", "seq", "op", "reason", "url", "requested_url", "canonical_url", "source_domain", "source_name", "title", "subtitle",
    "description", "text", "authors", "byline", "date_published", "date_modified", "date_published_raw", "date_published_source",
    "date_precision", "tz_source", "date_first_seen", "date_fetched", "language", "language_score", "keywords", "sections",
    "image_url", "images", "related", "is_accessible_for_free", "content_hash", "near_hash", "cluster_id", "duplicate_of",
    "revision", "repairs", "quality", "rights", "provenance",
]  # fmt: skip
RIGHTS = [
    "robots", "x_robots_tag", "meta_robots", "tdm_reservation", "tdm_policy", "content_signal", "license",
]  # fmt: skip
PROVENANCE = [
    "warc_file", "warc_offset", "warc_length", "warc_record_id", "payload_digest", "http_status", "encoding_declared",
    "encoding_used", "extractor", "discovered_by", "discovered_from", "run_id",
]  # fmt: skip
RELATED = [
    "url", "id", "kind", "title", "teaser", "title_complete", "position",
]  # fmt: skip

VALIDATOR = Draft202012Validator(record_schema())


def full_article() -> Article:
    return Article(
        title="央行下調準備金率",
        text="第一段。\n第二段。",
        subtitle="半年來第二次",
        authors=["陳大文"],
        byline="(記者陳大文)",
        date_published="2026-11-23T08:30:00+08:00",
        date_modified="2026-11-23",
        date_published_source="meta",
        date_precision="minute",
        tz_source="page",
        language="zh-Hant",
        language_score=0.98,
        keywords=["央行", "準備金"],
        images=[Image("https://news.example/1.jpg", caption="圖")],
        related=[Related(f"{URL}?r", "related", "央行下調…", position=3)],
        is_accessible_for_free=True,
        canonical_url=URL,
        repairs=[FieldRepair("title", "mojibake", 2)],
        quality=Quality(1, 0.9),
    )


def full_record() -> dict[str, Any]:
    return article_record(
        full_article(),
        **KNOWN,
        op="update",
        requested_url="https://news.example/1",
        content_hash="sha256:" + "0a" * 32,
        revision=2,
        duplicate_of=OTHER_ID,
        rights={"robots": "allowed", "meta_robots": "noarchive"},
        provenance={"http_status": 200, "discovered_by": ["related"], "discovered_from": [URL], "run_id": 4},
    )


RECORDS = {
    "full": full_record(),
    "bare": article_record(Article(), **KNOWN),
    "deleted": deleted_record(ID, 9, URL, WHEN),
}


@pytest.mark.parametrize("name", RECORDS)
def test_every_key_is_there_in_order(name: str) -> None:
    record: dict[str, Any] = RECORDS[name]
    assert list(record) == KEYS
    assert list(record["rights"]) == RIGHTS
    assert list(record["provenance"]) == PROVENANCE


@pytest.mark.parametrize("name", RECORDS)
def test_records_obey_the_schema(name: str) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(json.loads(dumps(RECORDS[name])))] == []


def test_values_come_through() -> None:
    record = full_record()
    assert (record["title"], record["revision"], record["op"]) == ("央行下調準備金率", 2, "update")
    assert record["canonical_url"] == URL
    assert list(record["related"][0]) == RELATED
    assert record["related"][0]["position"] == 3
    assert record["images"] == [{"url": "https://news.example/1.jpg", "caption": "圖", "credit": None}]
    assert record["repairs"] == [{"field": "title", "kind": "mojibake", "count": 2}]
    assert record["quality"] == {"lost_chars": 1, "score": 0.9}
    assert record["rights"]["meta_robots"] == "noarchive"
    assert record["provenance"]["run_id"] == "4"


def test_what_is_unknown_is_null_or_empty() -> None:
    record: dict[str, Any] = RECORDS["bare"]
    assert record["requested_url"] == URL
    assert record["canonical_url"] is record["title"] is record["near_hash"] is None
    assert record["authors"] == record["related"] == record["provenance"]["discovered_by"] == []
    assert set(record["rights"].values()) == {None}


def test_a_record_does_not_change_with_its_article() -> None:
    article = full_article()
    record = article_record(article, **KNOWN)
    article.keywords.append("later")
    assert record["keywords"] == ["央行", "準備金"]


def test_examples_of_repairs_stay_at_home() -> None:
    assert "examples" not in full_record()


def test_only_the_first_ten_referrers_are_named() -> None:
    pages = [f"https://news.example/{n}" for n in range(30)]
    record: dict[str, Any] = article_record(Article(), **KNOWN, provenance={"discovered_from": pages})
    assert record["provenance"]["discovered_from"] == pages[:10]


@pytest.mark.parametrize("name", ["rights", "provenance"])
def test_a_misspelt_sub_key_is_an_error(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} has no field robot_txt"):
        article_record(Article(), **KNOWN, **{name: {"robot_txt": "x"}})


def test_a_tombstone_says_nothing_of_the_article() -> None:
    record = deleted_record(ID, 9, URL, WHEN)
    assert (record["op"], record["id"], record["seq"], record["url"]) == ("delete", ID, 9, URL)
    assert (record["title"], record["text"], record["source_domain"]) == (None, "", "news.example")


def test_the_schema_is_a_schema() -> None:
    schema = record_schema()
    Draft202012Validator.check_schema(schema)
    assert schema["$id"]
    assert schema["required"] == KEYS
    assert schema["additionalProperties"] is True


def test_a_caller_cannot_spoil_the_schema() -> None:
    record_schema()["properties"]["related"]["items"]["required"].clear()
    assert record_schema()["properties"]["related"]["items"]["required"] == RELATED


WRONG = {
    "schema": "newscrawler.article/2",
    "id": "6ba7b811",
    "seq": 2**53,
    "op": "replace",
    "url": None,
    "title": "two\nlines",
    "text": None,
    "authors": None,
    "date_published": "23 November 2026",
    "date_fetched": "2026-11-24T01:02:03+08:00",
    "language_score": 1.5,
    "content_hash": "0a0a",
    "revision": 0,
    "related": [{"url": URL}],
    "quality": {},
    "rights": {},
}


@pytest.mark.parametrize("key", WRONG)
def test_the_schema_refuses(key: str) -> None:
    assert not VALIDATOR.is_valid(full_record() | {key: WRONG[key]})


@pytest.mark.parametrize("key", KEYS)
def test_the_schema_misses_each_key(key: str) -> None:
    record = full_record()
    del record[key]
    assert not VALIDATOR.is_valid(record)


def test_a_later_field_is_allowed() -> None:
    assert VALIDATOR.is_valid(full_record() | {"mood": "calm"})


@given(st.text(st.characters()))  # surrogates included
def test_every_text_becomes_one_line_of_utf8(text: str) -> None:
    line = dumps({"text": text})
    assert len(line.splitlines()) == 1
    read = json.loads(line.encode("utf-8"))["text"]
    assert read == text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


SURROGATES = {"a\ud800b": "a\ufffdb", "\ud83d\ude00": "😀", "\udc00": "\ufffd", "甲\u2028乙\n": "甲\u2028乙\n"}


@pytest.mark.parametrize(("text", "read"), SURROGATES.items(), ids=["lone", "pair", "low", "line ends"])
def test_surrogates_and_line_ends(text: str, read: str) -> None:
    assert json.loads(dumps({"text": text}).encode("utf-8"))["text"] == read


def test_text_is_written_as_it_reads() -> None:
    assert dumps({"title": "財經"}) == '{"title": "財經"}'


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_no_nan(number: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        dumps({"score": number})


def test_the_documented_fields_are_the_fields() -> None:
    text = (Path(__file__).parent.parent / "docs" / "record.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    assert [name.strip(" `") for row in rows for name in row.split(",")] == KEYS


def test_in_another_script_a_record_stays_valid_and_says_so() -> None:
    converted = in_script(full_record(), "zh-Hans")
    VALIDATOR.validate(converted)
    assert list(converted) == KEYS
    assert (converted["title"], converted["language"]) == ("央行下调准备金率", "zh-Hans")
    assert converted["content_hash"] == full_record()["content_hash"]
    assert {"field": "title", "kind": "script", "count": 3} in converted["repairs"]
    assert converted["related"][0]["title"] == "央行下调…"
