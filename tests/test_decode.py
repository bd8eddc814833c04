"""decode_page: every case of tests/cases/decode.json, spoiled bodies, and what must hold for any bytes."""

from __future__ import annotations

import codecs
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.decode import decode_page

CASES = json.loads((Path(__file__).parent / "cases" / "decode.json").read_text(encoding="utf-8"))
TEXT = {case["name"]: case["text"] for case in CASES}
LABELS = st.sampled_from(["gbk", "utf-8", "utf-7", "utf-16", "rot13", "idna", "base64", "klingon", "x-gbk", "undefined", "\x00", "é"])


def page_of(text: str, meta: str | None = None) -> str:
    declaration = f'<meta http-equiv="Content-Type" content="text/html; charset={meta}">' if meta else ""
    return f"<html><head>{declaration}<title>{text}</title></head>\n<body><p>{text}</p></body></html>"


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
def test_text_and_encoding(case):
    page = page_of(case["text"], case["meta"])
    decoded = decode_page(page.encode(case["codec"]), case["header"])
    assert (decoded.text, decoded.encoding) == (page, case["encoding"])
    assert decoded.declared == case["declared"]
    assert decoded.repairs == ()


@pytest.mark.parametrize("header", [None, "text/html; charset=gbk", "text/html; charset=utf-8"])
def test_cut_tail_of_utf8_costs_one_character(header):
    body = page_of(TEXT["utf8"]).encode() + "尾".encode()[:-1]
    decoded = decode_page(body, header)
    assert decoded.encoding == "utf-8"
    assert decoded.text == page_of(TEXT["utf8"]) + "\ufffd"


def test_cut_tail_of_an_english_page():
    assert decode_page("The end \u2014 of it".encode()[:10]).text == "The end \ufffd"


def test_few_bad_bytes_leave_utf8_readable():
    body = page_of(TEXT["utf8"]).encode().replace("公".encode(), b"\xff\xfe", 1)
    decoded = decode_page(body)
    assert decoded.encoding == "utf-8"
    assert TEXT["utf8"] in decoded.text
    assert "\ufffd" in decoded.text


@pytest.mark.parametrize("codec", ["gbk", "big5"])
def test_cut_tail_of_a_double_byte_page(codec):
    text = TEXT["utf8" if codec == "gbk" else "big5_undeclared"]
    decoded = decode_page(page_of(text).encode(codec) + "尾".encode(codec)[:-1], "text/html; charset=utf-8")
    assert text in decoded.text


def test_hz_with_spoiled_bytes():
    body = page_of(TEXT["hz"]).encode("hz").replace(b"</html>", b"\xff</html>")
    decoded = decode_page(body)
    assert decoded.encoding == "hz"
    assert TEXT["hz"] in decoded.text


def test_euro_sign_of_gbk():
    assert decode_page(TEXT["utf8"].encode("gbk") + b" 3\x80").text.endswith("3€")


def test_leaks_of_a_page_are_removed_and_listed():
    page = page_of("企業(yè)的產(chǎn)品與開發(fā)", "utf-8") + "關(guān)鍵詞：圖書館，相關(guān)閱讀"
    decoded = decode_page(page.encode())
    assert "關鍵詞：圖書館，相關閱讀" in decoded.text
    assert "(" not in decoded.text
    assert {repair.kind for repair in decoded.repairs} == {"pinyin_leak"}
    assert (decoded.repairs[0].before, decoded.repairs[0].after) == ("業(yè)", "業")
    first = decoded.repairs[0]
    assert page[first.start :].startswith(first.before)


def test_a_few_readings_of_a_page_stay():
    page = "行(xíng)人与银行(háng)不同，长(zhǎng)大与长(cháng)短不同。"
    decoded = decode_page(page.encode())
    assert (decoded.text, decoded.repairs) == (page, ())


@pytest.mark.xfail(strict=True, reason="readings inserted without regard to character boundaries")
def test_bytewise_leaks():
    page = "車?yán)^續向前，" * 6
    assert "車繼續" in decode_page(page.encode("gbk")).text


def test_commented_declaration_does_not_count():
    body = b"<!-- <meta charset=big5> --><meta charset='gb2312'><p>" + TEXT["utf8"].encode("gbk")
    decoded = decode_page(body)
    assert (decoded.encoding, decoded.declared) == ("gb18030", "gb2312")


@given(st.binary(), st.one_of(st.none(), st.text(), LABELS.map("text/html; charset={}".format)))
def test_no_bytes_raise(body, header):
    decoded = decode_page(body, header)
    codecs.lookup(decoded.encoding)


@given(st.binary(), LABELS, LABELS)
def test_no_declaration_raises(body, meta, label):
    decode_page(f"<meta charset='{meta}'>".encode("latin-1") + b"\xff" + body, f"text/html; charset={label}")


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00\x1b~(\ufeff")), LABELS.map("text/html; charset={}".format))
def test_valid_utf8_is_read_as_utf8_whatever_was_declared(text, header):
    decoded = decode_page(text.encode(), header)
    assert (decoded.text, decoded.encoding) == (text, "utf-8")
