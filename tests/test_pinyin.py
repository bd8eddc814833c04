"""pinyin_leak: every case of tests/cases/pinyin.json, and what must hold for any text; readings: what the table says."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawler.chinese.readings import is_syllable, normal, read_so, readings, reads, toneless
from newscrawler.clean import clean_text, pinyin
from newscrawler.clean.edits import Ledger
from newscrawler.clean.pinyin import find_leaks, pinyin_leak

CASES = json.loads((Path(__file__).parent / "cases" / "pinyin.json").read_text(encoding="utf-8"))
PIECES = st.sampled_from(
    [*"企業產品的行長國在\n。(", "(yè)", "(chǎn)", "(xíng)", "(háng)", "(zhǎng )", "(guó)", "(de)", "(zai) ", "(a)", "读音", "(Yè)", "(ye)"]
)

READINGS = re.compile(r"(?:\( ?[a-zāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜ]{1,6} ?\))+ ?")


def named(group: str) -> list[object]:
    return [pytest.param(case, id=case["name"]) for case in CASES[group]]


@pytest.mark.parametrize("case", named("leaked"))
def test_leak_is_removed(case):
    assert pinyin_leak(case["damaged"]) == case["clean"]
    assert clean_text(case["damaged"]).text == case["clean"]


@pytest.mark.parametrize("case", named("meant"))
def test_what_people_wrote_stays(case):
    assert pinyin_leak(case["text"]) == case["text"]


@pytest.mark.parametrize("case", named("known_failures"))
@pytest.mark.xfail(strict=True)
def test_known_failure(case):
    assert pinyin_leak(case["damaged"]) == case["clean"]


@given(st.one_of(st.text(), st.lists(PIECES, max_size=25).map("".join)))
@settings(deadline=None, derandomize=True)
def test_only_readings_go(text):
    ledger = Ledger()
    result = pinyin_leak(text, ledger.under("pinyin_leak"))
    assert (result != text) == bool(ledger.repairs)
    assert all(repair.before.startswith(repair.after) and READINGS.fullmatch(repair.before[1:]) for repair in ledger.repairs)
    assert len(text) - len(result) == sum(len(repair.before) - len(repair.after) for repair in ledger.repairs)
    assert pinyin_leak(result) == result


def test_a_note_shows_the_character():
    ledger = Ledger()
    pinyin_leak("這家企業(yè)的產(chǎn)品", ledger.under("pinyin_leak"))
    assert [(repair.start, repair.before, repair.after) for repair in ledger.repairs] == [(3, "業(yè)", "業"), (9, "產(chǎn)", "產")]


def test_what_was_leaked_again_goes_at_once(monkeypatch):
    looked_through = []
    monkeypatch.setattr(pinyin, "find_leaks", lambda text: looked_through.append(text) or find_leaks(text))
    assert pinyin_leak("我的國" + "(guó)" * 500 + "人") == "我的國人"
    assert len(looked_through) == 2


def test_characters_are_counted_once(monkeypatch):
    counted = []
    monkeypatch.setattr(pinyin, "Counter", lambda *given: counted.append(given) or Counter(*given))
    text = "".join(f"看{char}({readings(char)[0]})書" for char in "國學會經濟業產關個這們來時說對")
    pinyin._leaks_of_a_script(text)
    assert 0 < len(counted) < 5


def test_a_caller_may_ask_for_more():
    text = "企業(yè)與產(chǎn)品的關係越來越近"
    assert pinyin_leak(text, at_least=2) != text
    assert pinyin_leak(text, at_least=3) == text


@pytest.mark.parametrize("char, first", [("行", "xíng"), ("長", "zhǎng"), ("长", "zhǎng"), ("數", "shù"), ("的", "de"), ("〇", "líng")])
def test_first_reading(char, first):
    assert readings(char)[0] == first


def test_readings():
    assert {"zhǎng", "cháng"} <= set(readings("長"))
    assert reads("女", "nǚ")
    assert reads("女", "nü")
    assert not reads("女", "nu")
    assert readings("A") == readings("\U00020000") == ()
    assert "數" in read_so("shu")
    assert (normal("nv̌"), normal("chǎnɡ"), toneless("lǜ")) == ("nǚ", "chǎng", "lü")
    assert is_syllable("zhuang")
    assert not is_syllable("café")
