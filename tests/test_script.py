"""The other Chinese script, on demand: what changes, what stays, and what a record says of it."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.clean.script import _converter, to_script
from newscrawler.exceptions import UsageError
from newscrawler.export import in_script


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("隨著電動貨車增多，市場存在著競爭", "随着电动货车增多，市场存在着竞争"),
        ("著名作家的名著，成效顯著", "著名作家的名著，成效显著"),
        ("着手研究與著手研究", "着手研究与着手研究"),
        ("隨著名單公布", "随着名单公布"),
        ("收穫後的頭髮與發展", "收获后的头发与发展"),
    ],
)
def test_words_decide(traditional: str, simplified: str) -> None:
    assert to_script(traditional, "zh-Hans") == simplified


def test_there_and_back() -> None:
    assert to_script("软件园里的发展银行", "zh-Hant") == "軟件園裏的發展銀行"


def test_in_a_mixed_text_each_line_is_asked() -> None:
    text = "國家統計局發布的數據顯示，經濟增長了。\n我最喜歡の店，優の良品\nアニメ「ワンピース」\n國家統計局發布的數據顯示，經濟增長了。\n居民收入增長了。"
    lines = to_script(text, "zh-Hans").split("\n")
    assert lines == ["国家统计局发布的数据显示，经济增长了。", *text.split("\n")[1:3], "国家统计局发布的数据显示，经济增长了。", "居民收入增长了。"]


@pytest.mark.parametrize("japanese", ["東京の経済は発展している", "「新製品」を発売", "カメラ\n会社"])
def test_japanese_stays(japanese: str) -> None:
    assert to_script(japanese, "zh-Hans") == japanese
    record = {"title": "経済新聞", "text": japanese, "language": None, "repairs": []}
    assert in_script(record, "zh-Hans") == record


def test_other_languages_stay() -> None:
    record = {"title": "漢字", "text": "An essay on 漢字", "language": "en", "repairs": []}
    assert in_script(record, "zh-Hans") == record


def test_unknown_script() -> None:
    with pytest.raises(UsageError, match="zh-Hans, zh-Hant"):
        to_script("漢字", "latin")


def test_without_the_converter_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    _converter.cache_clear()
    monkeypatch.setitem(sys.modules, "opencc", None)
    with pytest.raises(UsageError, match=r"pip install 'newscrawler\[script\]'"):
        to_script("漢字", "zh-Hans")


@given(st.text(st.sampled_from("隨著名作發髮后後里裡abc，。\nのア臺灣"), max_size=40))
def test_converting_twice_changes_nothing_more(text: str) -> None:
    once = to_script(text, "zh-Hans")
    assert to_script(once, "zh-Hans") == once
    assert once.count("\n") == text.count("\n")
