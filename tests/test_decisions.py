"""What a page's article is to the collection, by what is known: the order of the rules."""

from __future__ import annotations

import pytest

from newscrawler.dedupe import Known, Likeness, decide

OWN, OTHER, LIKENESS = Known("urn:own", 1, "sha256:a"), Known("urn:other", 2, "sha256:b"), Likeness(0.95, 0.9, None, False)
EDITED = Likeness(0.9, 0.8, None, False)


@pytest.mark.parametrize(
    ("given_to_decide", "verdict", "of", "reason"),
    [
        (("sha256:a", OWN, OTHER, OTHER, None, (OTHER, LIKENESS)), "unchanged", "urn:own", "same page, same text"),
        (("sha256:c", OWN, None, None, None, (OTHER, LIKENESS)), "revision", "urn:own", "same page, text changed"),
        (("sha256:c", None, OTHER, None, None, None), "duplicate", "urn:other", "same canonical URL"),
        (("sha256:b", None, None, OTHER, None, (OWN, LIKENESS)), "duplicate", "urn:other", "same text"),
        (
            ("sha256:c", None, None, None, None, (OTHER, LIKENESS)),
            "duplicate",
            "urn:other",
            "near-duplicate: 95 % of the shorter in the longer, 90 % in both",
        ),
        (
            ("sha256:c", None, None, None, None, (OTHER, EDITED)),
            "new",
            None,
            "an article of its own, though near urn:other: 90 % of the shorter in the longer, 80 % in both",
        ),
        (("sha256:c", None, None, None, None, None), "new", None, ""),
    ],
)
def test_decisions(given_to_decide: tuple[object, ...], verdict: str, of: str | None, reason: str) -> None:
    decision = decide(*given_to_decide)  # type: ignore[arg-type]
    assert (decision.verdict, decision.of, decision.reason) == (verdict, of, reason)
