"""What changed in an article: the text, or only a counter, a clock, an advertisement; and the decision that follows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.dedupe import Known, Likeness, decide, noise_of, only_noise

NOISE = {
    "阅读 1,204": "counter",
    "阅读数：1.2万　评论（7）": "counter",
    "瀏覽次數 340": "counter",
    "1,204 views · 3 comments": "counter",
    "2026-03-02 10:20 阅读 12": "counter",
    "更新时间：2026年3月2日 10:20": "clock",
    "發布時間：2026/03/02": "clock",
    "Last updated: March 3, 2026 at 10:20 am GMT": "clock",
    "3 minutes ago": "clock",
    "5小时前": "clock",
    "广告": "advertisement",
    "— Advertisement —": "advertisement",
    "ADVERTISEMENT - SCROLL TO CONTINUE": "advertisement",
}
TEXT = [
    "",
    "3人死亡",
    "2026",
    "10:20",
    "二〇二六年三月二日",
    "警方更新了通报，失踪者增至12人",
    "The mayor read 12 comments.",
    "He left an hour ago.",
    "adventure",
    "广告业今年增长3%",
    "阅读让人安静",
    "阅读 " + "1" * 100,
]


@pytest.mark.parametrize("line", NOISE)
def test_noise(line: str) -> None:
    assert noise_of(line) == NOISE[line]


@pytest.mark.parametrize("line", TEXT)
def test_text_is_no_noise(line: str) -> None:
    assert noise_of(line) is None


BODY = "渔港的老灯塔昨晚重新点亮，三百多名居民沿着堤岸观看。\n灯塔停用十七年后由镇上的船工修好。"


def test_only_noise_changed() -> None:
    before, after = f"阅读 12\n{BODY}\n广告", f"更新于 10:20\n阅读 340\n{BODY}"
    assert only_noise(before, after) == "advertisement, clock, counter"
    assert only_noise(BODY, BODY.replace("，", ", ")) == "marks and spaces"


def test_numbers_of_the_text_are_no_noise() -> None:
    assert only_noise(f"{BODY}\n阅读 12", f"{BODY.replace('三百', '四百')}\n阅读 13") is None
    assert only_noise("死亡人数升至3人，救援仍在继续，请关注本站消息。", "死亡人数升至5人，救援仍在继续，请关注本站消息。") is None


def test_a_line_more_is_no_noise() -> None:
    assert only_noise(BODY, f"{BODY}\n陈师傅说，最难找的是透镜。") is None


@given(st.text(max_size=200))
def test_noise_never_raises_and_a_text_is_never_changed_to_itself(text: str) -> None:
    noise_of(text)
    assert only_noise(text, text) == "marks and spaces"


OWN, OTHER, LIKENESS = Known("urn:own", 1, "sha256:a"), Known("urn:other", 2, "sha256:b"), Likeness(0.9, 0.8, None, False)


@pytest.mark.parametrize(
    ("given_to_decide", "verdict", "of", "reason"),
    [
        (("sha256:a", OWN, OTHER, OTHER, (OTHER, LIKENESS), "clock"), "unchanged", "urn:own", "same page, same text"),
        (("sha256:c", OWN, OTHER, OTHER, (OTHER, LIKENESS), "clock"), "unchanged", "urn:own", "same page, only noise changed: clock"),
        (("sha256:c", OWN, None, None, (OTHER, LIKENESS), None), "revision", "urn:own", "same page, text changed"),
        (("sha256:c", None, OTHER, None, None, None), "duplicate", "urn:other", "same canonical URL"),
        (("sha256:b", None, None, OTHER, (OWN, LIKENESS), None), "duplicate", "urn:other", "same text"),
        (
            ("sha256:c", None, None, None, (OTHER, LIKENESS), None),
            "duplicate",
            "urn:other",
            "near-duplicate: 90 % of the shorter in the longer, 80 % in both",
        ),
        (("sha256:c", None, None, None, None, None), "new", None, ""),
    ],
)
def test_decisions(given_to_decide: tuple[object, ...], verdict: str, of: str | None, reason: str) -> None:
    decision = decide(*given_to_decide)  # type: ignore[arg-type]
    assert (decision.verdict, decision.of, decision.reason) == (verdict, of, reason)
