"""Which language a text is in: by script, for Chinese by characters that only one script writes, for Latin letters by small words.

A page's own declaration counts where the text does not tell: many sites declare the language of their software. Small words (the,
der, les) are a few hundredths to a third of any running text, and few are shared; a text needs some of them.

Known to fail: headlines and lists, which have no small words; languages that are not listed, which the declaration must tell.
"""

from __future__ import annotations

import re

_SIMPLIFIED = "这来时说国为会学对发经过问还动没样进现将开种东关见话该无长后点让们"
_TRADITIONAL = "這來時說國為會學對發經過問還動沒樣進現將開種東關見話該無長後點讓們"
_ONLY_SIMPLIFIED, _ONLY_TRADITIONAL = (re.compile(f"[{characters}]") for characters in (_SIMPLIFIED, _TRADITIONAL))
SAMPLE = 3000

# Runs of letters: a text has far fewer of them than letters.
_HAN = re.compile(r"[\u3400-\u9fff]+")
_KANA = re.compile(r"[\u3041-\u30ff]+")
_HANGUL = re.compile(r"[\uac00-\ud7af]+")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]+")
_OTHER_SCRIPTS = {
    "ru": re.compile(r"[\u0400-\u04ff]+"), "el": re.compile(r"[\u0370-\u03ff]+"), "ar": re.compile(r"[\u0600-\u06ff]+"), "he": re.compile(r"[\u0590-\u05ff]+"),
    "hi": re.compile(r"[\u0900-\u097f]+"), "th": re.compile(r"[\u0e00-\u0e7f]+"),
}  # fmt: skip
_SHARES_SCRIPT = {"ru": {"uk", "bg", "sr", "be", "mk", "kk"}, "ar": {"fa", "ur", "ps", "ckb"}, "hi": {"mr", "ne"}, "he": {"yi"}}
_SMALL_WORDS = {
    "en": "the of and to in that is was for with it as his on be at by had not are but from they this which have were has",
    "de": "der die und den von das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus hat dass sie nach wird bei",
    "fr": "le les des du une est que dans qui par pour pas sur plus au avec sont ce ont aux mais été cette l'on",
    "es": "el los las del una que por con para es se lo más como su al pero sus fue está hay este son entre",
    "pt": "os das dos uma que não com para um mais como foi ao são pelo pela ele sua seu também em na no",
    "it": "il che di gli della per non una sono del con alla dei nel più delle anche come si dal ha lo",
    "nl": "het een van en dat niet zijn voor met op te aan ook door maar naar worden bij uit nog werd",
    "sv": "och att det som är på för av till med den inte har ett om från var kan men sig",
    "da": "og at det som er på til af med den ikke har et fra der blev kan men sig var også",
    "nb": "og at det som er på til av med den ikke har et fra var kan men seg også ble etter",
    "fi": "ja on että ei se oli hän myös mutta kun ovat joka tai sekä olla mukaan",
    "pl": "nie się na że do jest jak po za od przez ale są być który oraz dla tym",
    "cs": "se na že je to jsou ale jako pro při byl jeho které také podle nebo však",
    "hu": "az hogy nem és egy volt már csak meg mint vagy után ezt szerint",
    "ro": "și în că nu este din pe cu la pentru care sunt mai fost după",
    "tr": "ve bir bu için ile da çok olarak daha gibi olan ancak sonra kadar değil ise",
    "vi": "và của là có không được cho một những với các trong đã người này khi",
    "id": "yang dan di dengan untuk pada dari ini itu dalam tidak akan adalah juga ke oleh",
}
_LANGUAGES_OF: dict[str, list[str]] = {}
for _language, _words in _SMALL_WORDS.items():
    for _word in _words.split():
        _LANGUAGES_OF.setdefault(_word, []).append(_language)
_WORD = re.compile(r"[^\W\d_]+")
SMALL_WORDS = 5
CLEARLY = 1.3
_TAG = re.compile(r"^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$")
_CHINESE_TAGS = {"zh-tw": "zh-Hant", "zh-hk": "zh-Hant", "zh-mo": "zh-Hant", "zh-hant": "zh-Hant", "zh-cn": "zh-Hans", "zh-sg": "zh-Hans", "zh-hans": "zh-Hans"}


def language_of(text: str, declared: str) -> tuple[str | None, float | None]:
    """Returns a BCP 47 tag and how sure it is (0 to 1); the text decides where its script can, else what the page declares.

    >>> language_of("我们还没有见过这个问题", "en")[0], language_of("我們還沒有見過這個問題", "")[0]
    ('zh-Hans', 'zh-Hant')
    """
    text = text[:SAMPLE]
    rest = _HAN.sub("", text)  # of a Chinese text little is left to search
    counts = {name: sum(map(len, pattern.findall(rest))) for name, pattern in (("kana", _KANA), ("hangul", _HANGUL), ("latin", _LATIN))}
    counts["han"] = len(text) - len(rest)
    letters = sum(counts.values())
    if letters and counts["hangul"] * 4 > letters:
        return "ko", round(min(1.0, 0.5 + counts["hangul"] / letters / 2), 2)
    if letters and counts["kana"] * 8 > counts["han"] + counts["kana"] and counts["kana"] * 10 > letters:
        return "ja", round(min(1.0, 0.7 + counts["kana"] / letters), 2)
    if counts["han"] * 3 > letters and letters:
        return _chinese(text, declared)
    told = _declared(declared)
    for language, pattern in _OTHER_SCRIPTS.items() if counts["latin"] * 2 < len(text) else ():
        if sum(map(len, pattern.findall(text))) * 3 > len(text):
            return (told, 0.7) if told in _SHARES_SCRIPT.get(language, ()) else (language, 0.8)
    return _latin(text, told) or ((told, 0.7) if told else ("en", 0.5) if counts["latin"] * 2 > len(text) > 0 else (None, None))


def _chinese(text: str, declared: str) -> tuple[str, float]:
    simplified, traditional = len(_ONLY_SIMPLIFIED.findall(text)), len(_ONLY_TRADITIONAL.findall(text))
    total = simplified + traditional
    if not total:
        tag = _CHINESE_TAGS.get(declared.lower().replace("_", "-"), "zh-Hans")
        return tag, 0.5
    tag = "zh-Hans" if simplified >= traditional else "zh-Hant"
    return tag, round(max(simplified, traditional) / total, 2)


def _declared(declared: str) -> str | None:
    declared = declared.strip().replace("_", "-")
    return declared.split("-")[0].lower() if _TAG.match(declared) and not declared.lower().startswith("zh") else None


def _latin(text: str, told: str | None) -> tuple[str, float] | None:
    """Returns the language that has most small words in a text, the declared one of two that are close, None for too few."""
    counts: dict[str, int] = {}
    words = _WORD.findall(text.lower())
    for word in words:
        for language in _LANGUAGES_OF.get(word, ()):
            counts[language] = counts.get(language, 0) + 1
    ranked = sorted(counts, key=lambda language: -counts[language])
    if not ranked or counts[ranked[0]] < SMALL_WORDS:
        return None
    best = ranked[0]
    if told in _SMALL_WORDS and counts.get(told, 0) * CLEARLY > counts[best]:
        best = told
    elif told not in _SMALL_WORDS and told is not None and counts[best] * 8 < len(words):
        return None  # a language that is not listed, and shares a few words with one that is
    return best, round(min(0.95, 0.6 + counts[best] / len(words)), 2)
