"""Every word by which a page says what a part of it is: class names, headings, line labels. Tables only.

Chinese labels stand in both scripts. 相关阅读 is "related reading", 关键词 "keywords", 来源 "source", 记者 "reporter",
责任编辑 "editor in charge", 下一页 "next page".
"""

from __future__ import annotations

import re

NAV, FOOT, SIDE, RELATED, COMMENT, SHARE, PAGER, CRUMB, AD = (1 << n for n in range(9))
CAPTION, BYLINE, META, KEYWORDS, BODY, SERVICE, TITLE, LIST, PROSE = (1 << n for n in range(9, 18))
RECOMMENDED, POPULAR, LATEST, CONSENT = (1 << n for n in range(18, 22))

AROUND = NAV | FOOT | SIDE | RELATED | COMMENT | SHARE | PAGER | CRUMB | AD | RECOMMENDED | POPULAR | LATEST
"""What never belongs to the running text."""

ONLY_PARTS = AROUND | CAPTION | TITLE | BYLINE | META | KEYWORDS | SERVICE | CONSENT
"""What is never most of a page."""

_TAG_FLAGS = {"nav": NAV, "footer": FOOT, "aside": SIDE, "figcaption": CAPTION, "menu": NAV, "h1": TITLE, "address": BYLINE, "form": SERVICE}

_NEVER = {"article": KEYWORDS | NAV | CRUMB | PAGER | SHARE | RECOMMENDED, "p": SIDE | POPULAR | LATEST | AD, "blockquote": SIDE | POPULAR | LATEST | AD}
"""What an element is not, whatever its class: an article's classes tell its topics ("tag-football"), a paragraph's its looks."""

_TOKENS: dict[int, str] = {
    NAV: "nav navbar navigation menu menus subnav topnav mainnav channel channels sitenav topbar toolbar tabs daohang",
    FOOT: "foot footer copyright disclaimer shengming legal colophon",
    SIDE: "side sidebar aside rail rightbar widget widgets",
    RELATED: "related relate relates relation relations xiangguan xgyd xgxw relevant relnews seealso readalso yanshen",
    RECOMMENDED: "recommend recommended recommendation recommendations reco recom tuijian guess like promoted foryou outbrain taboola",
    POPULAR: "hot hots hotnews rank ranking ranks paihang popular trending mostread topten phb remen",
    LATEST: "latest newest lastest zuixin recent",
    COMMENT: "comment comments cmt cmts reply replies disqus pinglun respond livefyre",
    SHARE: "share shares sharing social sns bdshare fenxiang jiathis addthis sharebar",
    PAGER: "pages pager paging pagination pagenav pagelist fenye pagebar",
    CRUMB: "breadcrumb breadcrumbs crumb crumbs path position location weizhi bread curpos",
    AD: "ad ads advert advertisement adbox banner guanggao gg sponsor sponsored adsense",
    CAPTION: "caption figcaption wp-caption-text tushuo picinfo imgdesc",
    BYLINE: "author authors byline writer editor editors zebian zuozhe source laiyuan credit",
    META: "info date time pubtime publish meta pubdate timestamp posted dateline published updated",
    KEYWORDS: "keyword keywords tag tags taglist guanjianci biaoqian",
    SERVICE: "login search register signup subscribe subscription newsletter user",
    CONSENT: "cookie cookies consent gdpr dsgvo cmp cookiebanner cookieconsent borlabs onetrust usercentrics privacy datenschutz",
    BODY: "articlebody entry story body content contents text zhengwen detail artibody post rwb",
}
_FLAG_OF = {token: flag for flag, tokens in _TOKENS.items() for token in tokens.split()}
_STARTS = (
    ("relat", RELATED),
    ("recomm", RECOMMENDED),
    ("comment", COMMENT),
    ("footer", FOOT),
    ("sidebar", SIDE),
    ("breadcrumb", CRUMB),
    ("copyright", FOOT),
    ("pagina", PAGER),
    ("share", SHARE),
    ("nav", NAV),
    ("advert", AD),
    ("keyword", KEYWORDS),
    ("hotnews", POPULAR),
)
_ENDS = (("nav", NAV), ("menu", NAV), ("footer", FOOT), ("comments", COMMENT), ("sidebar", SIDE))
_LOOKS = re.compile(
    r"\belementor-[\w-]+|\bposition-(?:relative|absolute|static|fixed|sticky)\b|\brelative\b|\bnode--[\w-]+|\bis-promoted\b"
    r"|(?<!\S)(?:\S*[-_])?(?:has|with|no|non|without|for)[-_]\S+",
    re.IGNORECASE,
)
"""Classes that tell how an element is laid out or what it has ("has-sidebar"), in words that elsewhere tell what it is."""
_WHOLE = frozenset({"html", "body", "main"})


def without_looks(word: str) -> str:
    """Returns a class or id without what tells how an element looks."""
    if "-" in word or "_" in word or not word.isascii() or "relative" in word.lower():  # what _LOOKS finds has one of these
        return _LOOKS.sub(" ", word)
    return word


def flag_of_word(word: str) -> int:
    """Returns what a word in a class or id, in lower case, says that an element is: a flag, or 0."""
    flag = _FLAG_OF.get(word)
    if flag is None and len(word) > 4:
        flag = next((flag for start, flag in _STARTS if word.startswith(start)), None)
        flag = flag or next((flag for end, flag in _ENDS if word.endswith(end)), None)
    return flag or 0


def flags_in(tag: str, said: int) -> int:
    """Returns what an element is by its tag and by what the words of its class and id say, as a set of flags."""
    flags = _TAG_FLAGS.get(tag, 0)
    if tag in _WHOLE:
        return flags
    flags = (flags | said) & ~_NEVER.get(tag, 0)
    if flags & BODY:  # "article-body share-target" is a body all the same
        flags &= ~(SHARE | AD | META | LATEST | SERVICE)
    return flags


PRINTED_HEADING = re.compile(
    r"(?:相关|相關|延伸|推荐|推薦|更多|热门|熱門|关联|關聯|猜你|精彩|往期)(?:阅读|閱讀|新闻|新聞|报道|報導|文章|链接|連結|推荐|推薦|资讯|資訊|内容|喜欢|专题)"
    r"|related\b|read (?:more|also|next)\b|see also\b|more (?:on|from)\b|recommended\b",
    re.IGNORECASE,
)
"""Short lines that head a list although they are marked up as text."""

KEYWORDS_LINE = re.compile(
    r"(?:本文)?(?:关键词|關鍵詞|关键字|關鍵字|关 键 词|标签|標籤|キーワード|Keywords?|Key words|Tags?|Topics?)\s*[:：]\s*", re.IGNORECASE
)

NOTICE = re.compile(
    r"[\[(（【※•·\s]*(?:免责声明|免責聲明|版权声明|版權聲明|特别声明|(?:文章|信息|本文|稿件|图片|圖片|資料|资料)(?:来源|來源)\s*(?:[:：于於自]|$)|声明[:：]|责任编辑|責任編輯|责编|編輯[:：]|编辑[:：]|"
    r"校对[:：]|審核[:：]|审核[:：]|(?:微信)?扫(?:一扫|码)(?:关注|下载|分享|查看|阅读|加入|[，,\s]|$)|原标题[:：]|原標題[:：]|更多精彩|未经授权|分享到|点击(?:图片|进入|查看)|返回(?:首|上|顶|頂|页|頁|列|目|网|網)|copyright\b|©|all rights reserved|advert(?:isement)?s?$|anzeige$|werbung$|publicité$|publicidad$|annonse?$|реклама$|广告$|.{0,60}(?:requires?|enable) javascript|責?责?任?[编編][辑輯]\s)"
    r"|[\[(（【][^\])）】]{2,12}(?:编辑|編輯)[\])）】]$"
    r"|.{0,40}(?:会員限定|会員登録|有料会員|会員の方|회원 전용|유료회원)"
    r"|.{0,80}(?:we may (?:earn|receive)|affiliate links?\b|earn (?:us )?(?:a|an) (?:small |affiliate )?commission|subscribers? only\b|exclusively (?:available )?(?:to|for) .{0,30}subscribers)"
    r"|(?:subscribe now|already a subscriber|create (?:an|your) account|sign in\b|log in\b|(?:you (?:are|have) )?read(?:ing)? \d+ of)",
    re.IGNORECASE,
)
"""How short lines begin that stand around a text: editor, disclaimer, copyright, advertisement."""

CAPTION_LINE = re.compile(
    r"[▲△◎].{1,200}$|[\s(（【\[]*(?:资料图|資料圖|图片[:：]|圖片[:：]|图表[:：]|圖表[:：]|[图圖][说說]?[:：]|[图圖][为為]|(?:photo|image|picture|foto|bild)(?:s)?(?: by| credit|[:：])).{0,200}$"
    r"|(?:image|photo|picture|slide|foto|bild) \d+ ?(?:of|/|von|de) ?\d+$"
    r"|.{0,120}[(（](?:资料图|資料圖|(?:image|photo|picture|foto|bild)[:：].{0,60}|[^)）]{0,30}getty images?[^)）]{0,20})[^)）]{0,12}[)）]$",
    re.IGNORECASE,
)
"""Short lines that describe a picture although nothing in the markup says so."""

CLOSING = re.compile(
    r"[\s•·*※【\[（(]*(?:凡(?:本[網网報报站]|注明|註明|未)|免责|免責|.{0,8}声明[:：]|.{0,8}聲明[:：]|特别提[示醒][:：]|版[权權](?:声明|聲明|所有|归|歸|[:：])|转载请|轉載請|未经.{0,12}(?:授权|许可|允许)|未經.{0,12}(?:授權|許可)|"
    r"本文(?:为|為|仅|僅|系).{0,40}(?:转载|轉載|观点|觀點|原创|原創)|以上(?:内容|言论|文章).{0,12}(?:仅|不)|(?:更多|欲).{0,20}(?:请|請|尽在|盡在)|(?:欢迎|歡迎).{0,12}(?:关注|關注|订阅|訂閱|下载)|"
    r"©|copyright\b|all rights reserved|citation:|this (?:document|article|material|content|story) (?:is subject|may not|was (?:originally|first))|"
    r"the (?:information|views|opinions) (?:included|expressed|contained|provided|on this)|(?:sign up|subscribe|follow us|join us|click here|for more\b.{0,40}visit)\b)",
    re.IGNORECASE,
)
"""How paragraphs begin that close a page rather than its text."""

CALL = re.compile(
    r"(?:facebook|twitter|telegram|whatsapp|instagram|newsletters?|podcasts?|脸书|臉書|微信|微博|公众号|公眾號|二维码|二維碼|客户端|粉絲[團专專])"
    r".{0,60}(?:关注|關注|开设|開設|加入|按赞|按讚|讚好|扫|掃|下载|下載|订阅|訂閱|专页|專頁|follow|subscribe|sign up|join|like us)"
    r"|(?:关注|關注|加入|扫描|掃描|下载|下載|订阅|訂閱|follow|subscribe|sign up|join|like us).{0,60}(?:facebook|twitter|telegram|whatsapp|instagram|newsletters?|微信|微博|公众号|公眾號|二维码|客户端|app\b)",
    re.IGNORECASE,
)
"""What a closing paragraph says that calls readers to another service; asked of the last ones only."""

COMMENTS_HEADING = re.compile(r"\W*(?:(?:网友|網友|读者|讀者|最新|热门|全部)?(?:评论|評論|留言|跟贴|跟帖)|(?:\d+ )?(?:comments?|responses)\W*\d*\W*$|leave a (?:reply|comment))", re.IGNORECASE)

END_HEADING = re.compile(
    r"[\s•·*※【\[（(]*(?:(?:相关|相關|延伸|推荐|推薦|更多|热门|熱門|精彩|往期|最新|其他|其它)(?:阅读|閱讀|新闻|新聞|报道|報導|文章|链接|連結|推荐|推薦|资讯|資訊|内容|专题|搜索)|"
    r"(?:网友|網友|读者|讀者|最新|热门|全部)?(?:评论|評論|留言|跟贴|跟帖)(?:\s*[\d(（:：]|$)|猜你喜欢|您可能|你可能|関連記事|関連ニュース|관련기사|"
    r"(?:related|recommended)\b|(?:read|see) (?:more|also|next)\b|more (?:on|in|from|(?:\w+ ){0,2}(?:stories|news|articles))\b|newsletters?\b|(?:\d+ )?comments?\W*\d*\W*$|leave a (?:reply|comment)|about the authors?\b|"
    r"share this\b|(?:sign up|subscribe)\b|you (?:may|might) also\b|mehr zum|auch interessant|lire aussi|leggi anche|lees ook|te puede interesar|leia (?:também|mais)|читайте также)",
    re.IGNORECASE,
)
"""Short lines after which, when most of the prose is over, no running text comes."""

NEXT_PREV = re.compile(r"[«‹<]*\s*(?:上一页|下一页|上一頁|下一頁|前一页|后一页|上页|下页|首页|尾页|末页|next(?: page)?|prev(?:ious)?(?: page)?|older|newer|last)\s*[»›>]*", re.IGNORECASE)
PREV_NEXT_ARTICLE = re.compile(r"上一篇|下一篇|上一条|下一条|previous (?:article|post|story)|next (?:article|post|story)", re.IGNORECASE)
HOME_WORDS = frozenset({"首页", "首頁", "home", "主页", "主頁", "网站首页", "新闻首页", "homepage", "start", "startseite", "accueil", "inicio"})
