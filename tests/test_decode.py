"""decode_page: the cases of tests/cases/decode*.json, spoiled bodies, and what must hold for any bytes."""

from __future__ import annotations

import codecs
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.clean import clean_text
from newscrawler.decode import KINDS, decode_page
from newscrawler.decode.guess import foreign_pieces, guess_wide
from newscrawler.items import Decoded


def read_cases(name):
    return json.loads((Path(__file__).parent / "cases" / f"{name}.json").read_text(encoding="utf-8"))


CASES = read_cases("decode")
WRITTEN = [pytest.param(case["text"], codec, id=f"{case['language']}-{codec}") for case in read_cases("decode_languages") for codec in case["codecs"]]
SPOILED = read_cases("decode_spoiled")
MIXED = read_cases("decode_mixed")
WRONG = [None, "utf-8", "iso-8859-1", "gb2312", "big5", "euc-jp", "windows-1251", "utf-16"]
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


@pytest.mark.parametrize("label", WRONG)
@pytest.mark.parametrize(("text", "codec"), WRITTEN)
def test_text_comes_back_whatever_was_declared(text, codec, label):
    page = page_of(text)
    assert decode_page(page.encode(codec), label and f"text/html; charset={label}").text == page
    page = page_of(text, label)
    assert decode_page(page.encode(codec), "text/html").text == page


@pytest.mark.parametrize(("text", "codec"), WRITTEN)
def test_right_declaration_and_no_markup(text, codec):
    assert decode_page(text.encode(codec), f"text/html; charset={codec}").text == text
    assert decode_page(text.encode(codec)).text == text


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in MIXED])
def test_blocks_in_another_encoding(case):
    blocks = [(f"<p>{block['text']}</p>\n", block["codec"]) for block in case["blocks"]]
    decoded = decode_page(b"".join(text.encode(codec) for text, codec in blocks))
    assert decoded.text == "".join(text for text, _ in blocks)
    assert decoded.encoding == case["encoding"]
    assert {repair.kind for repair in decoded.repairs} == {"mixed_encoding"}


def test_a_mixed_block_is_noted_where_it_stands():
    first, second = "<p>" + TEXT["utf8"] + "</p><p>", "记者看到，不少孩子在湖边玩。"
    body = first.encode() + second.encode("gbk") + b"</p>"
    (repair,) = decode_page(body).repairs
    assert (repair.start, repair.after) == (len(first), second)
    assert body.decode("utf-8", "replace")[repair.start :].startswith(repair.before)


def test_a_kind_of_repair_can_be_left_out():
    body = ("<p>" + TEXT["utf8"] + "企業(yè)的產(chǎn)品" * 3 + "</p><p>").encode() + "记者看到，不少孩子在湖边玩。".encode("gbk")
    assert {repair.kind for repair in decode_page(body).repairs} == {"mixed_encoding", "pinyin_leak"}
    assert decode_page(body, without=KINDS).text == body.decode("utf-8", "replace")


@pytest.mark.parametrize("left", [b"caf\xc3 au lait", b"caf\xa9 au lait", b"\xe4\xb8", b"\xb8\xad"])
def test_what_is_left_of_spoiled_utf8_is_no_other_encoding(left):
    body = page_of(TEXT["utf8"]).encode() + b"<p>" + left + b"</p>"
    decoded = decode_page(body)
    assert (decoded.text, decoded.repairs) == (body.decode("utf-8", "replace"), ())


def spoil(body, at, kind):
    """The body with one byte missing, replaced by one that fits nowhere, with one bit turned, or with one byte too many."""
    spoilt = {"missing": b"", "bad": b"\xff", "bit": bytes([body[at] ^ 1 << at % 8]), "extra": body[at : at + 1] + bytes([at * 7 % 256])}
    return body[:at] + spoilt[kind] + body[at + 1 :]


@pytest.mark.parametrize("separator", ["", "\n"], ids=["one_line", "lines"])
@pytest.mark.parametrize("case", [pytest.param(case, id=case["codec"]) for case in SPOILED])
def test_a_spoiled_byte_costs_one_paragraph_at_most(case, separator):
    page = f"<body>{separator.join(f'<p>{text}</p>' for text in case['paragraphs'])}</body>"
    body = page.encode(case["codec"])
    whole = decode_page(body)
    assert (whole.text, whole.encoding) == (page, case["encoding"])
    for at in range(len(body)):
        kind = ("missing", "bad", "bit", "extra")[at % 4]
        text = decode_page(spoil(body, at, kind)).text
        lost = [paragraph for paragraph in case["paragraphs"] if paragraph not in text]
        assert len(lost) <= 1, (at, kind, lost)


@pytest.mark.parametrize("case", [pytest.param(case, id=case["codec"]) for case in SPOILED if case["codec"] not in ("utf-16-le", "utf-16-be")])
@pytest.mark.parametrize("label", [None, "utf-8", "iso-8859-1"])
def test_cut_anywhere(case, label):
    body = "".join(f"<p>{text}</p>\n" for text in case["paragraphs"]).encode(case["codec"])
    start = len("".join(f"<p>{text}</p>\n" for text in case["paragraphs"][:3]).encode(case["codec"])) + 8
    for end in range(start, len(body)):
        text = decode_page(body[:end], label and f"text/html; charset={label}").text
        assert all(paragraph in text for paragraph in case["paragraphs"][:3]), end


@pytest.mark.parametrize("case", [case for case in SPOILED if case["codec"] in ("gbk", "big5", "cp932", "euc_jp", "euc_kr")], ids=lambda case: case["codec"])
def test_markup_is_never_swallowed(case):
    lead = case["paragraphs"][0][:1].encode(case["codec"])[:1]
    body = case["paragraphs"][0].encode(case["codec"]) + lead + b"</p><p title='" + lead + b"'>1"
    assert decode_page(body).text == case["paragraphs"][0] + "\ufffd</p><p title='\ufffd'>1"


@pytest.mark.parametrize("case", read_cases("decode_short"), ids=lambda case: case["codec"])
def test_a_few_words_without_a_declaration(case):
    for text in case["texts"]:
        assert decode_page(text.encode(case["codec"])).text == text
        assert decode_page(page_of(text).encode(case["codec"])).text == page_of(text)


@pytest.mark.parametrize("case", read_cases("decode_declared"), ids=lambda case: case["codec"])
def test_a_few_words_rightly_declared(case):
    for text in case["texts"]:
        for page in (text, page_of(text)):
            assert decode_page(page.encode(case["codec"]), f"text/html; charset={case['codec']}").text == page


@pytest.mark.parametrize("text", ["新闻", "中国", "公园", "首页", "体育新闻", "老人免费入场", "新聞", "首頁", "北京"])
@pytest.mark.parametrize("label", ["windows-1251", "koi8-r", "windows-1253", "euc-kr", "shift_jis", "iso-8859-1"])
def test_a_few_chinese_characters_wrongly_declared(text, label):
    codec = "big5" if text in ("新聞", "首頁", "北京") else "gbk"
    assert decode_page(text.encode(codec), f"text/html; charset={label}").text == text


@pytest.mark.parametrize("text", ["ВЕСТИ С ПОЛЕЙ И С ФЕРМ ОБЛАСТИ", "США, НАТО, ООН", "ПОГОДА В МОСКВЕ", "ΕΦΗΜΕΡΙΔΑ ΤΗΣ ΑΘΗΝΑΣ"])
def test_capitals_undeclared(text):
    codec = "cp1253" if text[0] == "Ε" else "cp1251"
    assert decode_page(page_of(text).encode(codec)).text == page_of(text)


@pytest.mark.parametrize("text", ["un café", "la niña", "Élysée", "été"])
@pytest.mark.parametrize("label", ["windows-1251", "koi8-r", "shift_jis"])
def test_accents_in_latin_words_wrongly_declared(text, label):
    assert decode_page(text.encode("cp1252"), f"text/html; charset={label}").text == text


@pytest.mark.parametrize("text", ["公园重新开放", "老人免费入场", "周末有雨", "請帶雨傘入場"])
@pytest.mark.parametrize("codec", ["gbk", "big5"])
def test_a_few_characters(text, codec):
    if codec == "gbk" or text == "請帶雨傘入場":
        assert decode_page(text.encode(codec), "text/html; charset=iso-8859-1").text == text


@pytest.mark.parametrize("text", ["市民说这里的树都还在", "門票價格不變，老人免費", "不少孩子在湖边玩，园方表示高兴"])
@pytest.mark.parametrize("label", [None, "utf-8", "windows-1251", "iso-8859-1"])
def test_short_page_out_of_step_is_still_gb(text, label):
    body = "<title>今天</title><p>".encode("gbk") + text.encode("gbk")[1:] + b"</p>"
    assert decode_page(body, label and f"text/html; charset={label}").encoding == "gb18030"


@pytest.mark.parametrize("header", [None, "text/html; charset=gbk", "text/html; charset=utf-8"])
def test_cut_tail_of_utf8_costs_one_character(header):
    body = page_of(TEXT["utf8"]).encode() + "尾".encode()[:-1]
    decoded = decode_page(body, header)
    assert decoded.encoding == "utf-8"
    assert decoded.text == page_of(TEXT["utf8"]) + "\ufffd"


def test_cut_tail_of_an_english_page():
    assert decode_page("The end \u2014 of it".encode()[:10]).text == "The end \ufffd"


def test_spoiled_letters_of_a_declared_page():
    body = "los niños juegan junto al lago según los vecinos".encode().replace(b"\xba", b"")
    assert decode_page(body, "text/html; charset=utf-8").text == "los niños juegan junto al lago seg\ufffdn los vecinos"
    body = "les élèves, là".encode("cp1252")
    assert decode_page(body, "text/html; charset=utf-8").text == "les élèves, là"


def test_few_bad_bytes_leave_utf8_readable():
    body = page_of(TEXT["utf8"]).encode().replace("公".encode(), b"\xff\xfe", 1)
    decoded = decode_page(body)
    assert decoded.encoding == "utf-8"
    assert TEXT["utf8"] in decoded.text
    assert "\ufffd" in decoded.text


def test_cut_tail_against_a_declaration():
    assert decode_page(b"un caf\xe9", "text/html; charset=iso-8859-1").text == "un café"
    assert decode_page(b"un caf\xe9").text == "un café"
    assert decode_page(b"un caf\xc3").text == "un caf\ufffd"


def test_euro_sign_of_gbk():
    assert decode_page(TEXT["utf8"].encode("gbk") + b" 3\x80").text.endswith("3€")


def test_characters_beyond_the_tables_of_python():
    assert decode_page(TEXT["utf8"].encode("gbk") + b"\xa6\xd9\xfe\x59").text.endswith("\ufe10\u9fb4")
    assert decode_page(TEXT["big5_undeclared"].encode("big5") + b"\xa3\xe1\xa1\xe3").text.endswith("€～")
    assert decode_page(TEXT["euc_jp_declared_utf8"].encode("euc_jp") + b"\xad\xa1\xad\xea").text.endswith("①㈱")
    assert decode_page(TEXT["shift_jis"].encode("cp932") + b"\x87\x40\x81\x60").text.endswith("①〜")


def test_surrogates_in_utf8_are_joined():
    assert decode_page("好".encode() + "\ud83d\ude00".encode("utf-8", "surrogatepass")).text == "好😀"


def test_iso2022_cn():
    text = "城市公园本周重新开放"
    body = b"<p>\x1b$)A\x0e" + bytes(byte & 0x7F for byte in text.encode("gb2312")) + b"\x0f</p>"
    assert decode_page(body) == Decoded(f"<p>{text}</p>", "iso2022_cn")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("label", [None, "gbk", "utf-8"])
@pytest.mark.parametrize("text", [
    "城市公园5日重新开放。\n市民可以免费入场，记者看到不少孩子在湖边玩。",
    "我们今天去公园散步，天气很好。",
    "本報訊：河畔公園將於本週六上午九點重新向市民免費開放。",
    "今日は公園で花を見ました。天気がとてもよかったです。",
    "오늘은 공원에서 꽃을 보았다. 날씨가 좋았다고 한다.",
])
def test_utf16_without_a_mark_and_hardly_any_ascii(text, label, codec):
    decoded = decode_page(text.encode(codec), label and f"text/plain; charset={label}")
    assert (decoded.text, decoded.encoding) == (text, codec)


@pytest.mark.parametrize(("text", "codec"), WRITTEN)
def test_no_other_encoding_looks_like_utf16(text, codec):
    body = text.encode(codec)
    assert codec.startswith("utf-16") or [guess_wide(body[start:]) for start in range(4)] == [None] * 4


@pytest.mark.parametrize("script", ["var a = '~{' + x + '~}';", "if (a ~{ b) c ~~ d", "echo ~{user}~", "~{item~} and ~{list~}", "~{name~}"])
def test_tildes_and_braces_are_not_hz(script):
    assert decode_page(script.encode()).text == script


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


READINGS = {"關": "guān", "會": "huì", "產": "chǎn", "經": "jīng", "開": "kāi", "業": "yè"}


def leak(text):
    """The bytes of `text` in GBK after a script that puts readings behind characters without regard to where characters begin."""
    body = text.encode("gbk")
    for character, reading in READINGS.items():
        body = body.replace(character.encode("gbk"), f"{character}({reading})".encode("gbk"))
    return body


def test_torn_characters_of_a_gb_page_are_mended_and_listed():
    text = "<h1>公園的經營</h1><p>商會開會討論產業與經濟的關係，車繼續向前。</p><div>相關閱讀：開放時間<a href='/?id=3'>問?答</a></div>"
    decoded = decode_page(leak(text), "text/html; charset=gb2312")
    assert decoded.text == text
    assert {repair.kind for repair in decoded.repairs} <= {"pinyin_leak", "frame_shift"}


@pytest.mark.parametrize("place", [9, 12, 15, 20])
def test_a_missing_byte_costs_one_character(place):
    text = "城市公园本周重新开放，市民说这里的树都还在，不少孩子在湖边玩。"
    body = text.encode("gbk")
    decoded = decode_page(b"<p>" + body[:place] + body[place + 1 :] + b"</p>")
    assert sum(one != other for one, other in zip(decoded.text[3:-4], text, strict=True)) <= 1
    assert [repair.kind for repair in decoded.repairs] == ["frame_shift"]
    assert decoded.repairs[0].confidence == clean_text(body_read(body, place)).repairs[0].confidence


def body_read(body, place):
    return (body[:place] + body[place + 1 :]).decode("gb18030", "w3lib_gb18030_replace")


def test_commented_declaration_does_not_count():
    body = b"<!-- <meta charset=big5> --><meta charset='gb2312'><p>" + TEXT["utf8"].encode("gbk")
    decoded = decode_page(body)
    assert (decoded.encoding, decoded.declared) == ("gb18030", "gb2312")


def test_a_long_script_on_one_line_is_looked_at_once():
    script = b"var a = function (b) { return b + 1 }; " * 20_000  # trying every place of it to its end would take an hour
    body = "<p>今天天气很好，我们去公园散步看花。</p>".encode() * 3 + b"<script>" + script + b"</script><p>" + "今天".encode()[:-1]
    assert [piece.end() - piece.start() for piece in foreign_pieces(body)] == [51, 51, 51, 5]
    assert decode_page(body).text == body.decode("utf-8", "replace")


@given(st.binary())
def test_foreign_pieces_are_the_lines_above_ascii(body):
    assert [piece[0] for piece in foreign_pieces(body)] == [line for line in re.split(rb"[<>\r\n]+", body) if not line.isascii()]


@given(st.binary(), st.one_of(st.none(), st.text(), LABELS.map("text/html; charset={}".format)))
def test_no_bytes_raise(body, header):
    decoded = decode_page(body, header)
    codecs.lookup(decoded.encoding)


@given(st.binary(), LABELS, LABELS)
def test_no_declaration_raises(body, meta, label):
    decode_page(f"<meta charset='{meta}'>".encode("latin-1") + b"\xff" + body, f"text/html; charset={label}")


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00\x0e\x1b~(\ufeff")), LABELS.map("text/html; charset={}".format))
def test_valid_utf8_is_read_as_utf8_whatever_was_declared(text, header):
    decoded = decode_page(text.encode(), header)
    assert (decoded.text, decoded.encoding) == (text, "utf-8")


@given(st.sampled_from(SPOILED), st.integers(0, 10_000), st.binary(max_size=3))
def test_any_bytes_anywhere_cost_two_paragraphs_at_most(case, place, junk):
    page = "\n".join(f"<p>{text}</p>" for text in case["paragraphs"])
    body = page.encode(case["codec"])
    place %= len(body)
    if case["codec"].startswith("utf-16"):
        junk += b"?" * (len(junk) % 2)
    text = decode_page(body[:place] + junk + body[place:]).text
    assert sum(paragraph not in text for paragraph in case["paragraphs"]) <= 2


HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)


@given(st.text(HAN, min_size=8, max_size=60), st.integers(0, 10_000), st.sampled_from([None, "gbk", "big5"]))
def test_utf8_with_one_byte_missing_is_utf8(text, place, label):
    body = bytearray(text.encode())
    del body[place % len(body)]
    decoded = decode_page(bytes(body), label and f"text/html; charset={label}")
    assert decoded.encoding == "utf-8"
    assert decoded.text.replace("\ufffd", "") == text[: place % len(text.encode()) // 3] + text[place % len(text.encode()) // 3 + 1 :]
