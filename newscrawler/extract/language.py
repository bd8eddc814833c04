"""Which language a text is in: by script, and for Chinese by characters that only one script writes."""

from __future__ import annotations

import re

_SIMPLIFIED = "这来时说国为会学对发经过问还动没样进现将开种东关见话该无长后点让们"
_TRADITIONAL = "這來時說國為會學對發經過問還動沒樣進現將開種東關見話該無長後點讓們"
SAMPLE = 3000

# Runs of letters: a text has far fewer of them than letters.
_HAN = re.compile(r"[\u3400-\u9fff]+")
_KANA = re.compile(r"[\u3041-\u30ff]+")
_HANGUL = re.compile(r"[\uac00-\ud7af]+")
_LATIN = re.compile(r"[A-Za-z]+")
_TAG = re.compile(r"^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$")
_CHINESE_TAGS = {"zh-tw": "zh-Hant", "zh-hk": "zh-Hant", "zh-mo": "zh-Hant", "zh-hant": "zh-Hant", "zh-cn": "zh-Hans", "zh-sg": "zh-Hans", "zh-hans": "zh-Hans"}


def language_of(text: str, declared: str) -> tuple[str | None, float | None]:
    """Returns a BCP 47 tag and how sure it is (0 to 1); the text decides where its script can, else what the page declares.

    Tells no European language from another: those come from the page, and Latin letters without a declaration are "en".

    >>> language_of("我们还没有见过这个问题", "en")[0], language_of("我們還沒有見過這個問題", "")[0]
    ('zh-Hans', 'zh-Hant')
    """
    text = text[:SAMPLE]
    counts = {name: sum(map(len, pattern.findall(text))) for name, pattern in (("han", _HAN), ("kana", _KANA), ("hangul", _HANGUL), ("latin", _LATIN))}
    letters = sum(counts.values())
    if letters and counts["hangul"] * 4 > letters:
        return "ko", round(min(1.0, 0.5 + counts["hangul"] / letters / 2), 2)
    if letters and counts["kana"] * 8 > counts["han"] + counts["kana"] and counts["kana"] * 10 > letters:
        return "ja", round(min(1.0, 0.7 + counts["kana"] / letters), 2)
    if counts["han"] * 3 > letters and letters:
        return _chinese(text, declared)
    return _declared(declared, counts["latin"], len(text))


def _chinese(text: str, declared: str) -> tuple[str, float]:
    simplified, traditional = sum(map(text.count, _SIMPLIFIED)), sum(map(text.count, _TRADITIONAL))
    total = simplified + traditional
    if not total:
        tag = _CHINESE_TAGS.get(declared.lower().replace("_", "-"), "zh-Hans")
        return tag, 0.5
    tag = "zh-Hans" if simplified >= traditional else "zh-Hant"
    return tag, round(max(simplified, traditional) / total, 2)


def _declared(declared: str, latin: int, length: int) -> tuple[str | None, float | None]:
    declared = declared.strip().replace("_", "-")
    if _TAG.match(declared) and not declared.lower().startswith("zh"):
        return declared.split("-")[0].lower(), 0.7
    return ("en", 0.5) if latin * 2 > length > 0 else (None, None)
