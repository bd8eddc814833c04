"""Misread charsets: every case of tests/cases/mojibake.json, round trips of own sentences, and what must hold for any text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawler.clean import KINDS, clean_text
from newscrawler.clean.charsets import GAP, LOST, byte_lengths, bytes_as_read, lost_alone
from newscrawler.clean.half_utf8 import gbk_as_half_utf8
from newscrawler.clean.letters import letters_as_hanzi
from newscrawler.clean.mojibake import misread_charset

CASES = json.loads((Path(__file__).parent / "cases" / "mojibake.json").read_text(encoding="utf-8"))
SENTENCES = {
    "zh-Hans": [
        "旅游局提醒游客，山路湿滑，请不要在雨后登山。",
        "新建的体育馆可以容纳两万名观众，明年春天投入使用。",
        "专家说，这种水稻比普通品种增产百分之十五。",
    ],
    "zh-Hant": ["旅遊局提醒遊客，山路濕滑，請不要在雨後登山。", "新建的體育館可以容納兩萬名觀眾，明年春天啟用。", "專家說，這種水稻比普通品種增產百分之十五。"],
    "ja": ["新しい体育館は二万人の観客を収容でき、来年の春に完成する予定です。", "山道は雨の後に滑りやすいので、登山は控えてください。"],
}
# Language, the charset of the bytes, the charset they were read in: those that lose no byte, so that nothing is guessed.
LOSSLESS = [
    ("zh-Hans", "gb18030", "latin-1"),
    ("zh-Hant", "cp950", "latin-1"),
    ("ja", "cp932", "latin-1"),
    ("ja", "euc_jp", "latin-1"),
    ("zh-Hant", "cp950", "gb18030"),
    ("ja", "cp932", "gb18030"),
    ("ja", "euc_jp", "gb18030"),
    ("zh-Hans", "utf-8", "latin-1"),
    ("zh-Hant", "utf-8", "latin-1"),
]
DAMAGED = [read for language, inner, outer in LOSSLESS for text in SENTENCES[language] if (read := text.encode(inner).decode(outer, "replace"))]
SHORT = ["鏂伴椈", "ÐÂÎÅ", "±àÂ벻", "\ufffd", "?", "\n", "é", "鲍罢贵", "\ue4de", "ｱ", "の", "A", " "]
PIECES = st.sampled_from([*DAMAGED, *SENTENCES["zh-Hans"], *SENTENCES["ja"], *SHORT])
TEXTS = st.one_of(st.text(st.characters()), st.lists(PIECES, max_size=8).map("".join), st.text(st.sampled_from("鏂伴椈锛銆傚垪\x80Ã¤éÐÂ벻�?a的")))


def named(group: str) -> list[object]:
    return [pytest.param(case, id=case["name"]) for case in CASES[group]]


@pytest.mark.parametrize("case", [*named("wild"), *named("synthetic")])
def test_misread_text_is_read_again(case):
    cleaned = clean_text(case["damaged"])
    assert cleaned.text == case["clean"]
    assert {repair.kind for repair in cleaned.repairs} == set(case["kinds"])


@pytest.mark.parametrize("case", named("negative"))
def test_whole_text_stays(case):
    cleaned = clean_text(case["text"])
    assert (cleaned.text, cleaned.repairs) == (case["text"], ())


@pytest.mark.parametrize("case", named("known_failures"))
@pytest.mark.xfail(strict=True)
def test_known_failure(case):
    assert clean_text(case["damaged"]).text == case["clean"]


@pytest.mark.parametrize(("language", "inner", "outer"), LOSSLESS)
def test_what_lost_no_byte_comes_back(language, inner, outer):
    for text in SENTENCES[language]:
        assert clean_text(text.encode(inner).decode(outer)).text == text


@pytest.mark.parametrize("text", [*SENTENCES["zh-Hans"], *SENTENCES["zh-Hant"]])
@pytest.mark.parametrize("mark", ["\ufffd", "?"])
def test_lost_bytes_are_guessed_and_the_guesses_marked(text, mark):
    damaged = text.encode().decode("gb18030", "replace").replace("\ufffd", mark)
    cleaned = clean_text(damaged)
    assert sum(one != other for one, other in zip(cleaned.text, text, strict=True)) <= 1
    guesses = [repair for repair in cleaned.repairs if repair.before and not repair.before.strip(mark + repair.before[0])]
    assert all(0 < repair.confidence <= 1 for repair in guesses)


def test_a_repair_is_as_sure_as_its_least_certain_guess():
    text = "专家说，这种水稻比普通品种增产百分之十五。"
    damaged = text.encode().decode("gb18030", "replace")
    cleaned = clean_text(damaged)
    (whole,) = cleaned.repairs
    assert (cleaned.text, whole.kind, whole.start, whole.before, whole.after) == (text, "u8_as_gbk", 0, damaged, text)
    assert 0.9 < whole.confidence < 0.97
    assert cleaned.lost == 0


@pytest.mark.parametrize("text", ["嫦娥六號", "通知公告", "央行降准", "暴雨预警", "陳怡君", "第一条　为了", "嫦娥六號成功著陸", "央行宣布下调存款准备金率"])
@pytest.mark.parametrize("mark", ["\ufffd", "?"])
def test_what_is_not_known_is_marked_and_counted(text, mark):
    """A character may stay lost, but none is another without being counted, and none comes from another script."""
    cleaned = clean_text(text.encode().decode("gbk", "replace").replace("\ufffd", mark))
    if cleaned.repairs:
        assert [one for one, other in zip(cleaned.text, text, strict=True) if one not in (other, "\ufffd")] in ([], ["次"])
        assert cleaned.lost >= sum(one != other for one, other in zip(cleaned.text, text, strict=True))


def test_what_is_lost_for_good_is_never_invented():
    for text in SENTENCES["zh-Hans"]:
        damaged = text.encode("gbk").decode("utf-8", "replace")
        assert (clean_text(damaged).text, clean_text(damaged).repairs) == (damaged, ())


def test_short_line_follows_only_a_text_that_was_misread_so():
    short = "¡¶ab¡·"
    assert clean_text(short).text == short
    assert clean_text(short + "\n" + SENTENCES["zh-Hans"][0].encode("gbk").decode("latin-1")).text.startswith("《ab》\n")


@given(TEXTS)
@settings(deadline=None)
def test_repairing_twice_changes_nothing_more(text):
    once = clean_text(text)
    assert clean_text(once.text).text == once.text


@given(TEXTS)
@settings(deadline=None)
def test_every_repair_alone_takes_any_text(text):
    for repair in (gbk_as_half_utf8, misread_charset, letters_as_hanzi):
        notes: list[tuple[int, str, str]] = []
        changed = repair(text, lambda *note, notes=notes: notes.append(note))
        assert (changed != text) == bool(notes)
        assert all(text.startswith(before, start) for start, before, _ in notes)


@given(st.lists(st.sampled_from([text for texts in SENTENCES.values() for text in texts]), min_size=1).map("\n".join))
@settings(deadline=None)
def test_clean_sentences_stay(text):
    assert clean_text(text).text == text


@given(st.text(st.sampled_from("中文，。ABC1é€\ufffd\ue000あ한")), st.sampled_from(["gb18030", "cp950", "cp932", "cp949", "cp1252"]))
def test_bytes_and_lengths_agree(text, charset):
    raw = bytes_as_read(text, charset)
    assert len(raw) == sum(byte_lengths(text, charset))
    if GAP not in raw and LOST not in raw and charset not in ("gb18030", "cp1252"):  # these two have several bytes for the euro
        assert raw.decode(charset) == text


@pytest.mark.parametrize("charset", ["gb18030", "cp950", "cp932"])
def test_rule_of_lost_bytes_is_the_decoders(charset):
    for byte in range(0x81, 0xFF):
        for following in (0x20, 0x41, 0x80, 0xE4):
            shown = bytes([byte, following]).decode(charset, "replace")
            assert (byte in lost_alone(charset, following)) == shown.startswith("\ufffd")


@pytest.mark.parametrize("case", [*named("wild"), *named("synthetic")])
def test_every_kind_can_be_left_out(case):
    kinds = frozenset(case["kinds"])
    assert kinds <= KINDS
    cleaned = clean_text(case["damaged"], without=kinds)
    assert not kinds & {repair.kind for repair in cleaned.repairs}
    assert not {"c1_controls", "soft_hyphens", "odd_spaces", "utf8_mojibake", "gbk_as_latin1"} & {repair.kind for repair in cleaned.repairs}


@pytest.mark.parametrize("text", SENTENCES["zh-Hans"])
@pytest.mark.parametrize("outer", ["cp950", "big5hkscs"])
def test_gbk_read_as_either_big5(text: str, outer: str) -> None:
    """Browsers read Big5 with the Hong Kong set, which shows other characters and loses fewer."""
    cleaned = clean_text(text.encode("gbk").decode(outer, "replace"))
    assert {repair.kind for repair in cleaned.repairs} == {"gbk_as_big5"}
    assert sum(a == b for a, b in zip(cleaned.text, text, strict=False)) >= len(text) - 2


def test_half_utf8_at_the_end_of_a_long_line():
    good = "今天天气很好。" * 20_000
    assert gbk_as_half_utf8(good + "±àÂ벻ͳһ") == good + "编码不统一"
    assert gbk_as_half_utf8("±àÂ벻ͳһ" * 500) == "编码不统一" * 500


def test_repairs_stand_in_the_order_of_the_text_and_can_be_replayed():
    whole = "\n".join(["新闻", *SENTENCES["zh-Hans"], "《ab》"])
    damaged = whole.encode("gbk").decode("latin-1")
    cleaned, replayed = clean_text(damaged), damaged
    for repair in reversed(cleaned.repairs):
        assert replayed.startswith(repair.before, repair.start)
        replayed = replayed[: repair.start] + repair.after + replayed[repair.start + len(repair.before) :]
    assert [repair.start for repair in cleaned.repairs] == sorted(repair.start for repair in cleaned.repairs)
    assert len(cleaned.repairs) == 5
    assert cleaned.text == whole
