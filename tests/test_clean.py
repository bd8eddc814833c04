"""clean_text: every case of tests/cases/clean.json and characters.json, and what must hold for any text."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.clean import KINDS, clean_text, may_need_repair
from newscrawler.clean.edits import MAX_REPAIRS, MAX_SHOWN

FOLDER = Path(__file__).parent / "cases"
CASES = [json.loads((FOLDER / name).read_text(encoding="utf-8")) for name in ("clean.json", "characters.json")]
# Pieces that repairs are about, so that random texts meet in interesting ways.
PIECES = st.sampled_from(
    [
        *["&amp;", "&lt;", "&#128;", "&#55357;", "&", ";", "lt", "&nbsp;", "\xe2\x80\x99", "â€™", "Ã©", "í\xa0½í¸€", "\ud83d", "\ude00"],
        *["\ufeff", "\u200b", "\u200d", "\u200e", "\xad", "\xa0", "\u3000", " ", "\n", "\r", "\x00", "\x85", "e\u0301", "業(yè)"],
        *["產(chǎn)", "發(fā)", "的", "中", "html", "<b>", "👨", "क", "锟斤拷", "\x81", "A"],
    ]
)
TEXTS = st.one_of(st.text(st.characters()), st.lists(PIECES, max_size=25).map("".join))


def named(group: str) -> list[object]:
    return [pytest.param(case, id=case["name"]) for cases in CASES for case in cases.get(group, [])]


@pytest.mark.parametrize("case", named("synthetic"))
def test_damage_is_repaired_and_named(case):
    cleaned = clean_text(case["damaged"])
    assert cleaned.text == case["clean"]
    assert {repair.kind for repair in cleaned.repairs} == set(case["kinds"])


@pytest.mark.parametrize("case", named("negative"))
def test_whole_text_stays(case):
    cleaned = clean_text(case["text"])
    assert (cleaned.text, cleaned.repairs, cleaned.lost) == (case["text"], (), 0)


@pytest.mark.parametrize("case", named("known_failures"))
@pytest.mark.xfail(strict=True)
def test_known_failure(case):
    assert clean_text(case["damaged"]).text == case["clean"]


@given(TEXTS)
def test_repairing_twice_changes_nothing_more(text):
    once = clean_text(text)
    twice = clean_text(once.text)
    assert (twice.text, twice.repairs) == (once.text, ())
    assert twice.lost <= once.lost  # half of a surrogate pair is counted when it is dropped


@given(TEXTS)
def test_result_is_what_the_store_takes(text):
    cleaned = clean_text(text).text
    cleaned.encode("utf-8")  # no surrogates
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not set(cleaned) & set("\x00\r\ufeff\xa0")


@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Zs"], exclude_characters="&")))
def test_printable_ascii_stays(text):
    assert clean_text(text).text == text


def test_fast_path_skips_no_character_that_a_repair_changes():
    blocks = [(0, 0x3400), (0xA000, 0xAC00), (0xE000, 0x10000), (0x1D000, 0x1D300), (0x2F800, 0x2FA20)]
    everything = [chr(code) for block in blocks for code in range(*block)]
    # The ampersand forces the long way round.
    assert not [c for c in everything if clean_text(f"中{c}中").text != clean_text(f"中{c}中 & 中").text.removesuffix(" & 中")]


@pytest.mark.parametrize("text", ["Größe, Maß und façade", "новости сегодня", "Ærø, en ø"])
def test_letters_of_a_language_are_not_suspect_by_themselves(text):
    assert not may_need_repair(text)


@pytest.mark.parametrize("charset", ["latin-1", "cp1252", "cp1251", "cp1253", "mac_roman"])
def test_letters_are_suspect_where_they_are_bytes(charset):
    assert may_need_repair("新闻 的".encode().decode(charset, "replace").replace("\ufffd", ""))


@given(TEXTS)
def test_no_change_without_a_repair(text):
    cleaned = clean_text(text)
    assert (cleaned.text != text) <= bool(cleaned.repairs)
    assert all(len(r.before) <= MAX_SHOWN and len(r.after) <= MAX_SHOWN and 0 < r.confidence <= 1 for r in cleaned.repairs)


def test_repairs_say_where():
    text = "甲\u200b乙\u200b丙"
    assert [(r.kind, r.start, r.before, r.after) for r in clean_text(text).repairs] == [
        ("zero_width", 1, "\u200b", ""),
        ("zero_width", 3, "\u200b", ""),
    ]


def test_mojibake_shows_only_what_differs():
    (repair,) = clean_text("第一行\n店名是 CafÃ© 一家").repairs
    assert (repair.start, repair.before, repair.after) == (11, "Ã©", "é")


def test_repairs_of_one_kind_are_bounded():
    cleaned = clean_text("字\u200b" * (MAX_REPAIRS + 5))
    assert len(cleaned.repairs) == MAX_REPAIRS
    assert "\u200b" not in cleaned.text


LOSSES = {"锟斤拷锟斤拷": 6, "\ue6d2年": 1, "烫烫烫烫": 4, "烫烫": 0, "屯屯屯": 3, "a\ufffdb": 1, "a\ud800": 1}


@pytest.mark.parametrize("text", LOSSES, ids=ascii)
def test_losses_are_counted(text):
    assert clean_text(text).lost == LOSSES[text]


def test_surrogate_pairs_are_joined():
    assert clean_text("\ud83d\ude00ok").text == "\U0001f600ok"


def test_clean_chinese_does_not_import_ftfy():
    code = "import sys, newscrawler; newscrawler.clean_text('图书馆今天开门，“免费”。 café'); sys.exit('ftfy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_folded_punctuation_is_restored_only_on_demand():
    text = "他说,明天不来了.\n他说：真的?"
    assert clean_text(text).text == text
    cleaned = clean_text(text, restore_punctuation=True)
    assert cleaned.text == "他说，明天不来了。\n他说：真的?"
    assert [repair.kind for repair in cleaned.repairs] == ["folded_punctuation"]


def test_kinds_are_those_of_repairs():
    assert "misread_charset" not in KINDS
    assert "folded_punctuation" in KINDS
    assert clean_text("他说,明天不来了.", without=KINDS, restore_punctuation=True).repairs == ()


def test_a_kind_counts_in_the_text_that_its_step_was_given():
    assert [repair.start for repair in clean_text("a\x00b\x00c").repairs] == [1, 3]


def test_letters_are_found_with_and_without_another_repair():
    assert clean_text("使用础叠颁顿").text == clean_text("使用础叠颁顿\u200b").text == "使用ABCD"


@pytest.mark.parametrize("text", ["è®°è€…ä»Žæ\x95™è‚²\xa0", "å\x9f\x8eå¸\x82å\x85\xad"])
def test_mojibake_left_out_stays_as_it_is(text):
    assert clean_text(text, without=frozenset({"utf8_mojibake"})).text == text
