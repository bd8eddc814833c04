"""The language model: probabilities that add up, both scripts, and what it must be able to tell apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.chinese.model import FOREIGN, Model, class_of, load
from newscrawler.chinese.variants import simplified

NEWS = [
    "市统计局公布的数据显示，上半年全市工业增加值同比增长百分之六。",
    "市統計局公布的數據顯示，上半年全市工業增加值同比增長百分之六。",
    "港口方面說，新碼頭將在六月底前轉入正式營運。",
]


@pytest.mark.parametrize("before", ["\n\n", "经济", "經濟", "。我", "the", "發展", "龘龘"])
def test_what_may_follow_adds_up(before: str) -> None:
    model = load()
    a, b = (model.place(char)[0] for char in before[:2])
    total = sum(2 ** -model.step(a, b, symbol) for symbol in range(len(model._alphabet)))
    assert 0.9 < total < 1.1  # costs are stored in tenths of a bit


@pytest.mark.parametrize("text", NEWS)
def test_news_is_cheap_and_its_misreadings_are_dear(text: str) -> None:
    model = load()
    right = model.bits(text) / len(text)
    assert right < 9
    for encoding, wrong in (("utf-8", "gb18030"), ("gb18030", "big5hkscs"), ("gb18030", "cp932"), ("utf-8", "latin-1")):
        misread = text.encode(encoding).decode(wrong, "replace")
        assert model.bits(misread) > 1.3 * model.bits(text)


def test_both_scripts_are_known_alike() -> None:
    simplified, traditional = (load().bits(text) for text in NEWS[:2])
    assert abs(simplified - traditional) < 0.15 * simplified


def test_a_word_is_cheaper_than_its_neighbour_in_the_code() -> None:
    model = load()
    assert model.bits("体育场") < model.bits("体育厂") and model.bits("體育場") < model.bits("體育廠")


@given(st.text(max_size=30))
def test_any_text_has_its_bits(text: str) -> None:
    model = load()
    total, before = 0.0, ""
    for char in text:
        total += model.cost(before, char)
        before += char
    assert model.bits(text) == pytest.approx(total)
    assert 0 <= total <= (FOREIGN + 30) * len(text)


@given(st.characters())
def test_every_character_has_a_class(char: str) -> None:
    assert len(class_of(char)) == 1


def test_damaged_data_is_noticed() -> None:
    import zlib

    with pytest.raises(zlib.error):
        Model(b"no model")


def test_one_character_stands_for_all_its_forms() -> None:
    table = simplified()
    assert len(table) > 4000
    assert {table[char] for char in "臺台" if char in table} == {"台"}
    assert "".join(table.get(char, char) for char in "隨著漁港舊燈塔裡裏") == "随着渔港旧灯塔里里"
    assert not [to for to in table.values() if to in table]  # what stands for another is itself
