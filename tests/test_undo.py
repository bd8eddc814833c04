"""Pages whose text a site read in a wrong charset and then wrote as UTF-8: read_page gives what the page was."""

from __future__ import annotations

import json
from pathlib import Path

import ftfy  # noqa: F401 (registers the codec sloppy-windows-1252)
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.clean.edits import Ledger
from newscrawler.clean.mojibake import MISREADINGS
from newscrawler.decode import KINDS, decode_page
from newscrawler.decode.undo import mend_frames, read_again, shows_mojibake
from newscrawler.extract import read_page

CASES = json.loads((Path(__file__).parent / "cases" / "decode_mojibake.json").read_text(encoding="utf-8"))
DAMAGES = [pytest.param(case, id=f"{case['text']}-{case['charset']}-{case['read_as']}") for case in CASES["damages"]]
URL = "http://news.example/a/2010/0503/1.html"


def page_of(name: str) -> str:
    text = CASES["texts"][name]
    return CASES["page"].format(**(text | {"paragraphs": "".join(f"<p>{paragraph}</p>" for paragraph in text["paragraphs"])}))


@pytest.mark.parametrize("case", DAMAGES)
def test_a_misread_page_is_read_as_it_was(case):
    whole = page_of(case["text"])
    misread = whole.encode(case["charset"]).decode(case["read_as"], "replace")
    assert misread != whole
    page, wanted = read_page(misread.encode(), URL), read_page(whole.encode(), URL).article
    assert page.article is not None
    assert wanted is not None
    found = page.article
    assert found.language == wanted.language
    if "\ufffd" not in misread:
        assert (found.title, found.text, found.keywords) == (wanted.title, wanted.text, wanted.keywords)
        assert [link.title for link in found.related] == [link.title for link in wanted.related] == [CASES["texts"][case["text"]]["related"]]
    assert case["kind"] in {repair.kind for repair in decode_page(misread.encode()).repairs}


def test_kinds_can_be_left_out():
    misread = page_of("simplified").encode().decode("latin-1")
    assert decode_page(misread.encode(), without=KINDS).text == misread
    assert decode_page(misread.encode(), without=MISREADINGS).text == misread
    assert decode_page(misread.encode(), without=frozenset({"utf8_mojibake"})).text == misread


def test_a_misread_page_is_misread_in_part():
    whole = page_of("simplified")
    cut = whole.index("附近")
    text = whole[:cut] + whole[cut:].encode().decode("latin-1")
    decoded = decode_page(text.encode())
    assert decoded.text == whole
    assert min(repair.start for repair in decoded.repairs) >= cut


def test_repairs_of_a_page_carry_their_own_confidence():
    text = "<p>" + "公园的经营，大家关心。".encode("gbk").decode("latin-1") + "</p>"
    assert {repair.confidence for repair in decode_page(text.encode()).repairs} == {0.97}


@pytest.mark.parametrize("text", ["São Paulo, às 10 horas", "l’été à Genève : « déjà »", "£5 ¡Hola! ¿Qué?", "Ärger über Öl", "今天，天气很好。"])
def test_good_pages_show_nothing(text):
    assert not shows_mojibake(text * 100)
    assert decode_page(text.encode()).text == text


@given(st.text(st.sampled_from("<>\n\r\x85ï¼Œã€‚Ã©ÐÂÎÅ锛屼今天，? (yè)\ufffdab"), max_size=60))
def test_tags_and_lines_stay(text):
    ledger = Ledger()
    for changed in (read_again(text, ledger), mend_frames(text)):
        assert [changed.count(mark) for mark in "<>\n"] == [text.count(mark) for mark in "<>\n"]
