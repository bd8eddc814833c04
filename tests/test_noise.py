"""Noise: what a line of counters is, and that no line, however it was made, costs more than reading it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawler.dedupe.noise import _forms, _kind_of

COUNTERS = [
    "1,204 views",
    "views: 1,204",
    "12 345 reads",
    "1 204 readers",
    "12k likes · 3 comments",
    "Comments (3) | Shares 12",
    "阅读量：1.2万",
    "阅读12次 评论3条",
    "12人气",
    "收藏人数（5）",
    "page views 12 times",
    "赞1 2评论",
]
NO_COUNTERS = ["views", "12", "12 34", "views 12 x", "12 views of the sea", "阅读", "views 12 13", "x views 12", "人 12", "viewsshares 12", ""]


@pytest.mark.parametrize("line", COUNTERS)
def test_a_counter(line: str) -> None:
    assert _kind_of(line) == "a counter"


@pytest.mark.parametrize("line", NO_COUNTERS)
def test_no_counter(line: str) -> None:
    assert _kind_of(line) is None


@contextmanager
def processor_seconds(most: float) -> Iterator[None]:
    """Ends what takes longer than that of the processor's time, whatever else the machine does."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"not done after {most} s")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, most)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


LONG = 20_000
"""Characters: linear work on these is milliseconds, quadratic work minutes, and exponential work has no end."""
PIECES = ["赞", "views", "1", "1,2", " ", " : ", "·", "次", "ads by ", "ad by :", "周一", "(", "2026-01-02", "12:30", "3 jan", "jan 3", "更新", "1 hour", "now"]


@pytest.mark.parametrize("form", _forms())
@pytest.mark.parametrize("repeated", ["赞1 : ", "views1", "1 : ", "1 ", ":", " ", "(", "1:", "ads by :1", "jan ", "周一 ", "1 hour", "更新"])
def test_a_line_that_repeats_itself_costs_what_its_length_costs(form: str, repeated: str) -> None:
    for start in ("", "ads by ", "更新", "views "):
        line = start + repeated * (LONG // len(repeated)) + "x!"
        with processor_seconds(5):
            _forms()[form](line)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=5), st.lists(st.sampled_from(PIECES), max_size=3))
def test_no_line_costs_more_than_its_length(repeated: list[str], start: list[str]) -> None:
    piece = "".join(repeated)
    line = "".join(start) + piece * (LONG // len(piece)) + "x!"
    for form in _forms().values():
        with processor_seconds(5):
            form(line)
