"""Who wrote it: lines and brackets that name a writer, in the text and around it.

记者 and 記者 are "reporter", 通讯员 "correspondent", 文/ and 作者 "by", 来源 "source". A bare name in brackets at the very end
of a text, such as （楊聯民）, counts when it begins with one of the common family names.
"""

from __future__ import annotations

import re

_SURNAMES = (
    "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何高林罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾肖蕭萧田董袁潘于於蒋蔣蔡余杜叶葉程苏蘇魏吕呂丁任沈姚卢盧姜崔"
    "钟鍾谭譚陆陸汪范金石廖贾賈夏韦韋付方白邹鄒孟熊秦邱江尹薛闫阎閻段雷侯龙龍史陶黎贺賀顾顧毛郝龚龔邵万萬钱錢严嚴覃武戴莫孔向汤湯温溫康施文牛樊葛邢安齐齊易乔喬伍庞龐颜顏倪庄莊"
    "聂聶章鲁魯岳翟申欧歐耿关關兰蘭焦俞左柳甘祝包宁寧尚符舒阮柯纪紀梅童凌毕畢单單季裴霍涂成苗谷曲盛冉蓝藍路游辛靳管柴蒙鲍鮑华華喻祁蒲房滕屈饶饒解牟艾尤时時穆农農司卓古吉缪車车项項连連芦麦麥褚娄婁窦竇戚岑"
    "景党宫宮费費卜冷晏席卫衛米柏宗瞿桂全佟应應闵閔苟邬鄔边邊卞姬师師和仇栾欒隋商刁沙荣榮巫寇桑郎甄丛叢仲虞敖巩鞏明佘池查麻苑迟邝"
)
_HAN = r"[\u4e00-\u9fff·]"
_ROLE = (
    r"(?:(?:本报|本報|本网|本刊|本台|新华社|新華社|中新社|中新网|人民网|见习|見習|实习|實習|特约|特約|首席|驻[\u4e00-\u9fff]{1,6}|[\u4e00-\u9fff]{0,6})?"
    r"(?:记者|記者|通讯员|通訊員|作者|撰文|撰稿|文字|文图|图文))"
)
_NAMES = rf"{_HAN}{{2,4}}(?:[、,，/\s和]+{_HAN}{{2,4}}){{0,5}}"
_TAIL = re.compile(
    rf"\s*[(（【\[]\s*(?:(?:(?P<role>{_ROLE}|文)\s*[:：/／]?\s*|)(?P<names>{_NAMES})(?:\s+[^()（）]{{0,20}})?"
    r"|(?:Reporting|Report|Written|Story|Text)?\s*by\s+(?P<english>[^()（）]{3,120}?))\s*[)）】\]][.。]?\s*$",
    re.IGNORECASE,
)
_LEAD = re.compile(rf"(?:^|[(（\s|])(?:{_ROLE}|作\s*者|撰\s*文|文)\s*[:：/／]\s*(?P<names>{_NAMES}|[A-Z][\w.'-]+(?: [A-Z][\w.'-]+){{1,3}})")
_LEAD_BARE = re.compile(rf"(?:^|[(（\s])(?:本报|本網|本网|新华社|中新网|[\u4e00-\u9fff]{{0,4}}网)?(?:记者|記者)\s+(?P<names>{_NAMES})")
_CAPITAL = r"[A-ZÀ-ÖØ-ÞА-Я][\w.'’-]*"
_ENGLISH_NAME = rf"{_CAPITAL}(?: (?:{_CAPITAL}|de|van|von|der|al|bin|da|di|la|le)){{1,4}}"
_BY = re.compile(rf"^(?:(?:Reporting|Written|Story|Text) )?[Bb][Yy]:?\s+(?P<english>{_ENGLISH_NAME}(?:(?:, | and |, and ){_ENGLISH_NAME})*)")
_SOURCE = re.compile(r"(?:来源|來源|稿源|稿件来源|出处|Source)\s*[:：]\s*(?P<source>[^\s|（(]{2,40})", re.IGNORECASE)
_SPLIT = re.compile(r"[、,，/;；|]|\s+(?:and|und|et|y|e)\s+|\s*和\s*", re.IGNORECASE)
_LINE = re.compile(
    rf"^\s*[(（【\[]?\s*(?:{_ROLE}|作\s*者|文|图|摄影|攝影|编辑|編輯|责任编辑|責任編輯|责编|来源|來源|稿源|稿件来源|Source|发布时间|發布時間|时间|時間|日期|浏览|点击|字号|By|Reporting by|Published|Posted|Updated)\s*[:：/／ ]",
    re.IGNORECASE,
)
_DATE_LINE = re.compile(r"^\W*(?:\w+ ){0,3}(?:20|19)\d\d\s*[-年/.]\s*\d\d?\s*[-月/.]\s*\d\d?日?")
_HANDLE = re.compile(r"\s@\w+")
_AROUND_NAME = " .·:,-–—|"
_PREFIX = re.compile(
    r"^(?:(?:view|see|show|read|zeige|alle|all|more|mehr|voir|ver|todos|tutti)\b.{0,30}?\b(?:by|von|de|par|por|di)|(?:(?:written|posted|published|created|words|story|text|report|reported|reporting|reviewed|article|guest post|post|photos?)\s+)?by|"
    r"(?:(?:ein\s+)?(?:gastbeitrag|beitrag|artikel|kommentar|interview|text|geschrieben|verfasst|veröffentlicht|erstellt)\s+)?von|"
    r"(?:écrit |publié |propos recueillis |article )?par|(?:escrito |publicado )?por|(?:scritto |pubblicato )da|(?:geschreven )?door|av|af|autor(?:in|es|en)?|authors?|auteurs?|autor[ei]|verfasser(?:in)?|interview(?=:)|redaktion(?=:)|tekst|text|texte|texto|testo|words|"
    r"作\s*者|记者|記者|文|撰文|撰稿|取材・文|執筆|기자)(?:\s*[:：/]\s*|\s+|(?<=[者文稿筆])\s*)",
    re.IGNORECASE,
)
_PARENTHESIS = re.compile(r"\([^()]{0,60}\)|（[^（）]{0,60}）")
_CUT = re.compile(
    r"\s[|·•–—-]\s|[|•·]|\s(?:on|am|vom|le|el|il|den)\s+(?=\d)|\s(?:at|in|from|for)\s|\s*,?\s*(?:posted|updated|published|last)\b|\d{1,2}[./:]\d|\s\d{1,2}\.?\s|\b(?:19|20)\d\d\b|@",
    re.IGNORECASE,
)
_AND = re.compile(r"\s*[,;/&、，；]\s*|\s+(?:and|und|et|y|og|och|en|e|ve|и)\s+|\s*和\s*")
_ROLE_AFTER = re.compile(
    r"\s+(?:(?:senior|chief|staff|political|science|business|foreign|guest|freelance|managing|contributing|special)\s+)*"
    r"(?:writer|reporter|correspondent|editor|contributor|columnist|journalist|author|follow|redakteur(?:in)?|redaktion|기자)\b.*$",
    re.IGNORECASE,
)
_NO_NAME = re.compile(r"(?:^|\s)\d|\d{3}|^(?:editor|photo|foto|source|quelle|image|bild)\b|[@_<>{}=#\[\]\"“”?!…]|://|\.(?:com|de|net|org)\b|https?", re.IGNORECASE)
_LETTERS = re.compile(r"[\W_]+")
_NOT_WRITERS = frozenset(
    word
    for word in (
        "author,authors,by,follow,share,admin,administrator,staff,editor,editors,readmore,seemore,viewprofile,viewallposts,allposts,moreposts,abouttheauthor,aboutauthor,"
        "about,contributor,contributors,updated,published,posted,comments,nocomments,leaveacomment,comment,email,twitter,facebook,instagram,linkedin,website,name,guest,anonymous,"
        "unknown,none,null,undefined,user,home,contact,menu,search,subscribe,login,signin,autor,autoren,autorin,über,redaktionelleleitung,mehrerfahren,"
        "von,par,por,veröffentlicht,publié,publicado,allearticles,alleartikel,allebeiträge,reportby,writtenby,publishedby,postedby,abouttheauthors,"
        "phd,md,mba,msc,ma,bsc,rd,jr,dr,mph,cpa,rn,作者,编辑,記者,记者,来源,佚名,未知,责任编辑,本站,网络,转载"
    ).split(",")
)
MAX_NAME, MAX_NAME_WORDS = 50, 6
_NOT_NAMES = frozenset({"完", "图片", "圖片", "全文完", "未完待续", "新华社", "资料图", "下同", "综合", "綜合", "本报讯", "编辑部", "记者", "記者"})
_SENTENCE_END = re.compile(r"[。！？]$|.{60}[.!?]$")
MAX_LINE_BYTES = 200


def is_source_line(text: str) -> bool:
    """Returns whether a block is a line about the article (by whom, from where, when) and not part of it."""
    if len(text) > 120 or len(text.encode("utf-8", "replace")) > MAX_LINE_BYTES:
        return False
    return bool(_LINE.match(text) or (_DATE_LINE.match(text) and len(text) < 60)) and not _SENTENCE_END.search(text)


def cut_tail_byline(text: str) -> tuple[str, str | None, list[str]]:
    """Returns the text without a name in brackets at its very end, that byline as printed, and the names.

    >>> cut_tail_byline("共促发展。(楊聯民)")
    ('共促发展。', '(楊聯民)', ['楊聯民'])
    """
    if not text.rstrip().endswith((")", "）", "】", "]", ".", "。")):
        return text, None, []
    found = _TAIL.search(text, max(0, len(text) - 160))
    if found is None:
        return text, None, []
    names = split_names(found["names"] or found["english"] or "")
    if not names or (not found["role"] and not found["english"] and not all(_is_name(name) for name in names)):
        return text, None, []
    return text[: found.start()].rstrip(), found[0].strip(), names


def byline_of(line: str) -> tuple[str | None, list[str]]:
    """Returns the byline as printed and the names of a short line such as "作者：王小明 来源：某报"."""
    for pattern in (_LEAD, _LEAD_BARE, _BY):
        found = pattern.search(line)
        if found:
            groups = found.groupdict()
            return found[0].strip(" (（|"), split_names(groups.get("names") or groups.get("english") or "")
    return None, []


def people(texts: list[str]) -> list[str]:
    """Returns the names in texts that are known to name writers, without what stands around them; texts that hold none give none.

    >>> people(["Von: Anna Weber und Jan Roth (dpa)", "By Evan Hart Staff Writer | 3 May 2024", "anna@site.example", "Follow"])
    ['Anna Weber', 'Jan Roth', 'Evan Hart']
    """
    found: dict[str, str] = {}
    for text in texts:
        if "://" in text:
            continue
        text = _HANDLE.sub(",", text)
        text = _PREFIX.sub("", " ".join(text.split()).replace("\xad", ""))
        text = _CUT.split(_PARENTHESIS.sub(" ", text), maxsplit=1)[0]
        for part in _AND.split(text):
            part = _PREFIX.sub("", part.strip(_AROUND_NAME))
            name = _ROLE_AFTER.sub("", part).strip(_AROUND_NAME)
            name = name if " " in name or part.count(" ") > 2 else part.strip(_AROUND_NAME)
            if _may_be_name(name):
                found.setdefault(fold(name), name)
    return list(found.values())


def fold(name: str) -> str:
    """Returns a name's letters in lower case."""
    return _LETTERS.sub("", name).casefold()


def _may_be_name(name: str) -> bool:
    words = name.split()
    if not 1 <= len(words) <= MAX_NAME_WORDS or not 2 <= len(name) <= MAX_NAME or _NO_NAME.search(name):
        return False
    return fold(name) not in _NOT_WRITERS and any(char.isalpha() for char in name)


def source_of(line: str) -> str | None:
    """Returns what a line names as its source: the paper or agency."""
    found = _SOURCE.search(line)
    return found["source"] if found else None


def split_names(names: str) -> list[str]:
    """Returns single names; Han names may be parted by spaces, others not.

    >>> split_names("王小明、李 雷"), split_names("Mary Miller and Tom Young")
    (['王小明', '李雷'], ['Mary Miller', 'Tom Young'])
    """
    parts = [part.strip(" .·") for part in _SPLIT.split(names)]
    found: list[str] = []
    for part in parts:
        pieces = part.split() if part and "\u4e00" <= part[0] <= "\u9fff" else [part]
        if len(pieces) == 2 and all(len(piece) == 1 for piece in pieces):
            pieces = ["".join(pieces)]  # 李 雷: a name of two characters, spaced out
        found += [piece for piece in pieces if len(piece) > 1 and piece not in _NOT_NAMES and piece not in found]
    return found


def _is_name(name: str) -> bool:
    return 2 <= len(name) <= 4 and name[0] in _SURNAMES
