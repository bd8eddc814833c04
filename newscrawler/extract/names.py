"""Names of writers, out of texts that are known to hold some.

What stands around a name in such a text is of a few kinds: words before it ("by", "von", 记者), what the writer is ("staff
writer"), a date, a place, an address, words of a link ("view all posts by"). Those are taken off, the rest is parted at commas
and at "and" in the languages of the sites, and a part counts when it is no longer than names are and none of the words that stand
where a name should. Chinese names are told by the common family names.
"""

from __future__ import annotations

import re
from functools import lru_cache

_SURNAMES = (
    "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何高林罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾肖蕭萧田董袁潘于於蒋蔣蔡余杜叶葉程苏蘇魏吕呂丁任沈姚卢盧姜崔"
    "钟鍾谭譚陆陸汪范金石廖贾賈夏韦韋付方白邹鄒孟熊秦邱江尹薛闫阎閻段雷侯龙龍史陶黎贺賀顾顧毛郝龚龔邵万萬钱錢严嚴覃武戴莫孔向汤湯温溫康施文牛樊葛邢安齐齊易乔喬伍庞龐颜顏倪庄莊"
    "聂聶章鲁魯岳翟申欧歐耿关關兰蘭焦俞左柳甘祝包宁寧尚符舒阮柯纪紀梅童凌毕畢单單季裴霍涂成苗谷曲盛冉蓝藍路游辛靳管柴蒙鲍鮑华華喻祁蒲房滕屈饶饒解牟艾尤时時穆农農司卓古吉缪車车项項连連芦麦麥褚娄婁窦竇戚岑"
    "景党宫宮费費卜冷晏席卫衛米柏宗瞿桂全佟应應闵閔苟邬鄔边邊卞姬师師和仇栾欒隋商刁沙荣榮巫寇桑郎甄丛叢仲虞敖巩鞏明佘池查麻苑迟邝"
)
_HANDLE = re.compile(r"\s@\w+")
_AROUND_NAME = " .·:,-–—|"
_PREFIX = re.compile(
    r"^(?:(?:view|see|show|read|zeige|alle|all|more|mehr|voir|ver|todos|tutti)\b.{0,30}?\b(?:by|von|de|par|por|di)|(?:(?:written|posted|published|created|words|story|text|report|reported|reporting|reviewed|article|guest post|post|photos?)\s+)?by|"
    r"(?:(?:ein\s+)?(?:gastbeitrag|beitrag|artikel|kommentar|interview|text|geschrieben|verfasst|veröffentlicht|erstellt)\s+)?von|"
    r"(?:écrit |publié |propos recueillis |article )?par|(?:escrito |publicado )?por|(?:scritto |pubblicato )da|(?:geschreven )?door|av|af|autor(?:in|es|en)?|authors?|auteurs?|autor[ei]|verfasser(?:in)?|interview(?=:)|redaktion(?=:)|tekst|text|texte|texto|testo|текст|автор|words|"
    r"作\s*者|记者|記者|文|撰文|撰稿|取材・文|執筆|기자)(?:\s*[:：/]\s*|\s+|(?<=[者文稿筆])\s*)",
    re.IGNORECASE,
)
_PARENTHESIS = re.compile(r"\([^()]{0,60}\)|（[^（）]{0,60}）")
_CUT = re.compile(
    r"\s[|·•–—-]\s|[|•·]|\s(?:on|am|vom|le|el|il|den)\s+(?=\d)|\s(?:at|in|from|for)\s|\s*,?\s*(?:posted|updated|published|last)\b|\d{1,2}[./:]\d|\s\d{1,2}\.?\s|\b(?:19|20)\d\d\b",
    re.IGNORECASE,
)
_AND = re.compile(r"\s*[,;/&、，；]\s*|\s+(?:and|und|et|y|og|och|en|e|ve|и)\s+|\s*和\s*")
_ROLE_AFTER = re.compile(
    r"\s+(?:(?:senior|chief|staff|political|science|business|foreign|guest|freelance|managing|contributing|special)\s+)*"
    r"(?:writer|reporter|correspondent|editor|contributor|columnist|journalist|author|follow|redakteur(?:in)?|redaktion|기자)\b.*$",
    re.IGNORECASE,
)
_MONTH_AFTER = re.compile(r"\s*(?:February|March|July|September|October|November|December)$")  # a date's, not a name's
_NO_NAME = re.compile(r"(?:^|\s)\d|\d{3}|\b(?:a|an|the|our|your|to|of)$|^(?:editor|photo|foto|source|quelle|image|bild)\b|[@_<>{}=#\[\]\"“”?!…]|://|\.(?:com|de|net|org)\b|https?", re.IGNORECASE)
_LETTERS = re.compile(r"[\W_]+")
_NOT_WRITERS = frozenset(
    word
    for word in (
        "author,authors,by,follow,share,admin,administrator,staff,editor,editors,readmore,seemore,viewprofile,viewallposts,allposts,moreposts,abouttheauthor,aboutauthor,"
        "about,contributor,contributors,updated,published,posted,comments,nocomments,leaveacomment,comment,email,twitter,facebook,instagram,linkedin,website,name,guest,anonymous,"
        "unknown,none,null,undefined,user,home,contact,menu,search,subscribe,login,signin,autor,autoren,autorin,über,redaktionelleleitung,mehrerfahren,"
        "von,par,por,veröffentlicht,publié,publicado,allearticles,alleartikel,allebeiträge,reportby,writtenby,publishedby,postedby,abouttheauthors,"
        "staffwriter,staffwriters,staffreporter,anonymous,anónimo,anonimo,publisher,subscribetoupdates,learnmore,becomea,verlag,"
        "phd,md,ms,mba,msc,ma,bsc,rd,jr,dr,mph,cpa,rn,作者,编辑,記者,记者,来源,佚名,未知,责任编辑,本站,网络,转载"
    ).split(",")
)
MAX_NAME, MAX_NAME_WORDS, MAX_TEXT = 50, 6, 400
_SPLIT = re.compile(r"[、,，/;；|]|\s*(?:通讯员|通訊員|实习生|實習生|记者|記者)\s*|\s+(?:and|und|et|y|e)\s+|\s*和\s*", re.IGNORECASE)
_NO_NAME_END = "网網报報社台臺摄攝图圖讯訊版刊部"
_FOREIGN = re.compile(r"^[\u4e00-\u9fff]{1,6}[·．•‧][\u4e00-\u9fff·．•‧]{1,10}$")
_NOT_NAMES = frozenset({"关键词", "關鍵詞", "关注", "關注", "文字", "文字大小", "出处", "编制", "编辑", "編輯", "责任编辑", "責任編輯", "时间", "时评", "国际", "金融", "财经", "注册", "注冊", "密码", "登录", "关闭", "申请", "方法", "温馨", "明星", "高清", "华人", "华语", "完", "图片", "圖片", "全文完", "未完待续", "新华社", "资料图", "下同", "综合", "綜合", "本报讯", "编辑部", "记者", "記者"})


def people(texts: list[str]) -> list[str]:
    """Returns the names in texts that are known to name writers, without what stands around them; texts that hold none give none.

    >>> people(["Von: Anna Weber und Jan Roth (dpa)", "By Evan Hart Staff Writer | 3 May 2024", "anna@site.example", "Follow"])
    ['Anna Weber', 'Jan Roth', 'Evan Hart']
    """
    found: dict[str, str] = {}
    for text in texts:
        for name in _names_in(text):
            found.setdefault(fold(name), name)
    return list(found.values())


@lru_cache(maxsize=4096)
def _names_in(text: str) -> tuple[str, ...]:
    if "://" in text or len(text) > MAX_TEXT:
        return ()
    text = _PREFIX.sub("", " ".join(_HANDLE.sub(",", text).split()).replace("\xad", ""))
    text = _CUT.split(_PARENTHESIS.sub(" ", text), maxsplit=1)[0]
    names: list[str] = []
    for part in _AND.split(text):
        part = _without_office(_PREFIX.sub("", part.strip(_AROUND_NAME)))
        name = _ROLE_AFTER.sub("", _MONTH_AFTER.sub("", part)).strip(_AROUND_NAME)
        name = name if " " in name or part.count(" ") > 2 else part.strip(_AROUND_NAME)
        if _may_be_name(name):
            names.append(name)
    return tuple(names)


def as_given(names: list[str]) -> list[str]:
    """Returns the names as they are, but for words that name nobody."""
    return [name for name in names if fold(name) not in _NOT_WRITERS and "://" not in name]


def _without_office(name: str) -> str:
    """Returns the Chinese name that stands before or behind an office: 王小明 某某大学研究院院长."""
    pieces = name.split()
    if len(pieces) > 1 and "\u4e00" <= name[0] <= "\u9fff":
        return next((piece for piece in pieces if is_chinese_name(piece)), name)
    return name


def fold(name: str) -> str:
    """Returns a name's letters in lower case."""
    return _LETTERS.sub("", name).casefold()


def _may_be_name(name: str) -> bool:
    words = name.split()
    if not 1 <= len(words) <= MAX_NAME_WORDS or not 2 <= len(name) <= MAX_NAME or _NO_NAME.search(name):
        return False
    return fold(name) not in _NOT_WRITERS and any(char.isalpha() for char in name)


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
    if any(map(is_chinese_name, found)):  # what stands beside Chinese names and is none: a place, a label
        return [name for name in found if is_chinese_name(name) or _FOREIGN.match(name) or not "\u4e00" <= name[0] <= "\u9fff"]
    return found


def is_chinese_name(name: str) -> bool:
    """Returns whether two to four characters begin with a common Chinese family name, and end like no paper or photograph."""
    return 2 <= len(name) <= 4 and name[0] in _SURNAMES and name not in _NOT_NAMES and not (len(name) > 2 and name[-1] in _NO_NAME_END)


def chinese_people(texts: list[str]) -> list[str]:
    """Returns those names in texts of a Chinese page that look like a person's: Chinese, foreign in Chinese letters, or Latin of several words."""
    return [name for name in people(texts) if is_chinese_name(name) or _FOREIGN.match(name) or (name.isascii() and " " in name)]
