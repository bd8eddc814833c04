"""frame_shift: every case of tests/cases/frames.json, damage made by a byte model of our own, and what must hold for any text."""

from __future__ import annotations

import json
from difflib import SequenceMatcher
from pathlib import Path

import gbk_damage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawler.chinese.gbk import is_han, is_simplified
from newscrawler.chinese.readings import readings
from newscrawler.clean import clean_text, frames
from newscrawler.clean.edits import Ledger
from newscrawler.clean.frames import KNOWN_BYTES, frame_shift, is_marked
from newscrawler.clean.guesses import MOST_CERTAIN

CASES = json.loads((Path(__file__).parent / "cases" / "frames.json").read_text(encoding="utf-8"))
TRADITIONAL, SIMPLIFIED = CASES["texts"]["traditional"], CASES["texts"]["simplified"]
PIECES = st.sampled_from(
    [
        *[*"?!,:()\ufffd\n€ aw^在海口五源谖逶春芋車續\ue4c6。，", "??", "?yán)", "(yán)", "\ufffd(shù)", "\ufffd!\ufffd", "?/p>", "當(dāng)?shù)"],
        *[*TRADITIONAL, *SIMPLIFIED],
    ]
)


def is_leaked(char: str) -> bool:
    return is_han(char) and not is_simplified(char)


def named(group: str) -> list[object]:
    return [pytest.param(case, id=case["name"]) for case in CASES[group]]


@pytest.mark.parametrize("case", named("damaged"))
def test_shift_is_undone(case):
    assert clean_text(case["damaged"]).text == case["clean"]


@pytest.mark.parametrize("case", named("negative"))
def test_whole_and_lost_text_stay(case):
    assert frame_shift(case["text"]) == case["text"]


@pytest.mark.parametrize("case", named("known_failures"))
@pytest.mark.xfail(strict=True)
def test_known_failure(case):
    assert clean_text(case["damaged"]).text == case["clean"]


@pytest.mark.parametrize("text", TRADITIONAL)
def test_annotated_bytes_come_back(text):
    table = {char: readings(char)[0] for char in "".join(TRADITIONAL)[::2] if is_leaked(char)}
    damaged = gbk_damage.with_annotations(text, table)
    assert damaged != text
    assert clean_text(damaged).text == text


@pytest.mark.parametrize("loss", ["?", "\ufffd"])
@pytest.mark.parametrize("text", SIMPLIFIED + TRADITIONAL)
def test_folded_bytes_come_back(text, loss):
    damaged = gbk_damage.with_folded_marks(text, loss)
    assert clean_text(damaged).text == gbk_damage.in_step(text)


@pytest.mark.parametrize("place", [5, 12, 21, 30])
def test_text_with_a_byte_missing_comes_back_nearly(place):
    data = "这座大桥历时三年建成。昨天下午正式通车".encode("gbk")
    damaged = (data[:place] + data[place + 1 :]).decode("gb18030", "replace")
    repaired = clean_text(damaged).text  # one character guessed where the byte is missing, one at the end
    assert sum(a != b for a, b in zip(repaired, data.decode("gbk"), strict=True)) <= 2


@pytest.mark.parametrize("place", [10, 22, 28])
def test_text_with_a_byte_too_many_comes_back_nearly(place):
    text = "这座大桥历时三年建成。昨天下午正式通车"
    data = text.encode("gbk")
    damaged = (data[:place] + b"\x90" + data[place:]).decode("gb18030", "replace")
    assert SequenceMatcher(None, clean_text(damaged).text, text).ratio() > 0.9


@given(st.sampled_from(TRADITIONAL), st.sets(st.sampled_from(sorted({char for text in TRADITIONAL for char in text if is_leaked(char)})), max_size=40))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_any_table_of_annotations_comes_back_nearly(text, chars):
    damaged = gbk_damage.with_annotations(text, {char: readings(char)[0] for char in sorted(chars)})
    if 2 * damaged.count("(") <= len(text):
        assert SequenceMatcher(None, clean_text(damaged).text, text, autojunk=False).ratio() > 0.9


@given(st.lists(PIECES, max_size=12).map("".join))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_repairing_twice_changes_nothing_more(text):
    once = clean_text(text).text
    assert clean_text(once).text == once


@given(st.one_of(st.text(), st.lists(PIECES, max_size=12).map("".join)))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_notes_say_what_changed(text):
    ledger = Ledger()
    result = frame_shift(text, ledger.under("frame_shift"))
    assert (result != text) == bool(ledger.repairs)
    assert result.count("\n") == text.count("\n")
    assert all(text.startswith(repair.before, repair.start) and 0 < repair.confidence <= KNOWN_BYTES for repair in ledger.repairs)


@given(st.lists(st.sampled_from([*TRADITIONAL, *SIMPLIFIED, "?", "!", "(", ")", "A", "5", " ", "是吗", "真的"]), max_size=8).map("".join))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_whole_text_stays(text):
    assert frame_shift(text) == text


def test_guesses_say_that_they_are_guesses():
    ledger = Ledger()
    frame_shift("在??谖逶春芋w育場\n新能源車?yán)^續熱銷", ledger.under("frame_shift"))
    guessed, known = ledger.repairs
    assert (guessed.start, guessed.before, guessed.after) == (1, "??谖逶春芋w", "海口五源河體")
    assert guessed.confidence <= MOST_CERTAIN < known.confidence == KNOWN_BYTES
    assert (known.start, known.before, known.after) == (15, "?yán)^", "繼")


def test_a_swallowed_digit_is_marked():
    damaged = gbk_damage.with_annotations("今年的獎章共500枚，分給參加比賽的學校", {"務": "wù", "參": "cān"})
    assert "?00枚" in damaged
    repaired = clean_text(damaged).text  # one character of which a byte is lost, then the loss
    assert (repaired[:5], repaired[6:]) == ("今年的獎章", "\ufffd00枚，分給參加比賽的學校")


@pytest.mark.parametrize("text", ["?;中" * 4000, "在??" + "谖逶春芋" * 3000, "中文字符\ufffd!中文\ufffd" * 2000], ids=["marks", "run", "losses"])
def test_a_text_made_to_cost_is_given_up(text, monkeypatch):
    monkeypatch.setattr(frames, "_EFFORT", 20_000)
    assert len(frame_shift(text)) > len(text) // 2


@pytest.mark.parametrize("text", [*TRADITIONAL, *SIMPLIFIED, "Is it? (yes) 是吗? 是的", "f(x)=?"])
def test_whole_text_has_no_mark(text):
    assert not is_marked(text)
