"""frame_shift: every case of tests/cases/frames.json, damage made by a byte model of our own, and what must hold for any text."""

from __future__ import annotations

import json
from contextlib import contextmanager
from difflib import SequenceMatcher
from pathlib import Path

import gbk_damage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawler.chinese.gbk import is_han, is_simplified
from newscrawler.chinese.readings import readings
from newscrawler.clean import clean_text, dropped
from newscrawler.clean.beam import Found
from newscrawler.clean.dropped import dropped_byte
from newscrawler.clean.edits import Ledger
from newscrawler.clean.effort import shared_effort
from newscrawler.clean.frames import KNOWN_BYTES, frame_shift, is_marked
from newscrawler.clean.guesses import MOST_CERTAIN
from newscrawler.decode import decode_page
from newscrawler.extract import read
from newscrawler.extract.read import read_page

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


def test_a_full_stop_inside_a_clause_is_not_sure():
    ledger = Ledger()
    frame_shift("在海上工作了兩個月，學院的深??瓶缄?3月回到母港", ledger.under("frame_shift"))
    (repair,) = ledger.repairs
    assert repair.after in ("。科考隊", "海科考隊")
    assert repair.confidence < 0.85 < MOST_CERTAIN


def test_a_swallowed_digit_is_marked():
    damaged = gbk_damage.with_annotations("今年的獎章共500枚，分給參加比賽的學校", {"務": "wù", "參": "cān"})
    assert "?00枚" in damaged
    repaired = clean_text(damaged).text  # one character of which a byte is lost, then the loss
    assert (repaired[:5], repaired[6:]) == ("今年的獎章", "\ufffd00枚，分給參加比賽的學校")


@pytest.mark.parametrize("text", ["?;中" * 4000, "在??" + "谖逶春芋" * 3000, "中文字符\ufffd!中文\ufffd" * 2000], ids=["marks", "run", "losses"])
def test_a_text_made_to_cost_is_given_up(text):
    with shared_effort(20_000) as effort:
        assert len(frame_shift(text)) > len(text) // 2
    assert effort.left <= 0


def test_a_spent_budget_changes_nothing_more():
    with shared_effort(0):
        assert clean_text("在??谖逶春芋w育場").text == "在??谖逶春芋w育場"
    assert clean_text("在??谖逶春芋w育場").text == "在海口五源河體育場"


def test_all_passes_and_all_texts_of_a_page_draw_on_one_budget():
    with shared_effort(1_000_000) as effort:
        spent = []
        for text in ("在??谖逶春芋w育場", "新能源車?yán)^續熱銷"):
            clean_text(text)
            spent.append(1_000_000 - effort.left)
    assert 0 < spent[0] < spent[1] < 20_000


def test_a_page_of_links_made_to_cost_is_read_on_one_budget(monkeypatch):
    used = []
    monkeypatch.setattr(read, "shared_effort", lambda most: _kept(used))
    anchor = "在??谖逶" * 400
    page = read_page(f'<html><body><a href="/a">{anchor}</a><a href="/b">{anchor}</a></body></html>'.encode(), "http://example.org/")
    assert [len(link.anchor) for link in page.links] == [len(anchor)] * 2
    assert used[0].left <= 0


@contextmanager
def _kept(used):
    with shared_effort(20_000) as effort:
        used.append(effort)
        yield effort


def test_a_long_run_is_looked_at_in_part(monkeypatch):
    weighed = []
    monkeypatch.setattr(dropped, "_likeliest", lambda run, begin, before: weighed.append(run) or (Found(begin, begin, 0.0), 0.0))
    line = "我们今天去公园看花" * 1000 + "海\ufffd"
    dropped_byte(line, 0, len(line) - 1, "")
    assert len(weighed[0]) == dropped._LONGEST


@pytest.mark.parametrize("text", [*TRADITIONAL, *SIMPLIFIED, "Is it? (yes) 是吗? 是的", "f(x)=?"])
def test_whole_text_has_no_mark(text):
    assert not is_marked(text)


def test_a_page_says_how_sure_its_guesses_are():
    repairs = decode_page("<p>在??谖逶春芋w育場的<b>企業(yè)</b>".encode(), "text/html; charset=utf-8").repairs
    assert [repair.confidence <= MOST_CERTAIN for repair in repairs if repair.kind == "frame_shift"] == [True]
