"""The words by which a link or a heading says that it leads to no news: accounts, shops, rules, the company itself.

They stand in menus and feet of every site, in the languages of the sites; headings add notices, events and advertisements.
Words of scripts without spaces are searched in the text, others looked up word by word: that is asked of every short link.
"""

from __future__ import annotations

import re
from functools import lru_cache

_PARTS = re.compile(
    r"登录|登錄|登入|注册|註冊|退出|密码|密碼|评论|評論|跟贴|分享|搜索|搜尋|打印|列印|收藏|举报|舉報|反馈|客服|广告|廣告|联系|聯絡|聯繫|关于我们|關於我們|关于本|版权|版權|"
    r"隐私|隱私|下载|下載|订阅|訂閱|客户端|手机版|手機版|触屏版|邮箱|郵箱|电邮|招聘|加入我们|许可证|許可證|备案|公网安备|无障碍|網站地圖|网站地图|站点地图|设为首页|"
    r"帮助|幫助|常见问题|服务条款|用户协议|免责|声明|网站律师|網站律師|法律顾问|法律顧問|投稿|网上有害|办公|商城|购物|会员|會員|签到|"
    r"ログイン|会員登録|お問い?合わ?せ|会社概要|利用規約|プライバシー|個人情報|広告掲載|採用|購読|ヘルプ|サイトマップ|特定商取引|"
    r"로그인|회원가입|구독|회사소개|이용약관|개인정보|청소년보호|고객센터|문의|광고|제보|사이트맵|저작권|"
    r"реклам|подписк|контакт|о проекте|о компании|редакция|вакансии|войти|регистрация|конфиденциальн|пользовательск|условия|архив номеров|передплат|увійти|"
    r"liên hệ|quảng cáo|đăng nhập|ติดต่อ|สมัคร|โฆษณา",
    re.IGNORECASE,
)
_WORDS = frozenset(
    """
    login logout register account share print email comment comments search about contact contacts privacy terms cookie cookies legal copyright feedback download
    downloads help faq faqs career careers job jobs rss newsletter newsletters alerts epaper app apps donate membership shop store coupon coupons voucher vouchers
    games crossword crosswords puzzles horoscope horoscopes classifieds deaths sitemap accessibility ethics corrections masthead events conference awards offers
    competitions dating forum forums community staff
    impressum agb kontakt kontaktformular nutzungsbedingungen netiquette leserservice anzeige anzeigen abo abos werbung mediadaten hilfe anmelden registrieren gewinnspiel gewinnspiele
    connexion confidentialité publicité recrutement boutique s'inscrire privacidad contacto publicidad clasificados contatti pubblicità accedi assinatura anuncie
    adverteren inloggen vacatures annoncer reklama prenumerata regulamin ogłoszenia redakcja beriklan karir redaksi pedoman langganan
    """.split()
)
_BEGINNINGS = ("subscri", "advertis", "datenschutz", "abonn", "abbonament", "zaloguj", "suscr", "registr")
_PHRASES = (
    "log in", "log out", "sign in", "sign up", "sign out", "e-mail", "e-paper", "app store", "google play", "digital edition", "site map", "press office", "media kit",
    "mentions légales", "aviso legal", "quiénes somos", "inicia sesión", "iniciar sesión", "fale conosco", "log ind", "polityka prywatności", "tentang kami",
)  # fmt: skip
_ANY_PHRASE = re.compile("|".join(map(re.escape, _PHRASES)))
_HEADINGS = re.compile(
    r"^(?:알림|공지)|이벤트|お知らせ|イベント|\bPR(?![a-z])|出版情報|公告栏|服务专区|服务平台|合作网站|友情链接|友情連結|关注我们|"
    r"房源|二手房|团购|團購|特卖|特賣|优惠券|優惠券|热销|熱銷|招商|"
    r"\b(?:event|sponsored|promoted|partners?|partner content|from our partners|paid|services?|follow us|tools|angebote|partnerangebote|партнер\w*)\b",
    re.IGNORECASE,
)
_LICENCE = re.compile(r"(?:许可证|許可證|备案|備案|文网文|ICP[备備证證])\D{0,8}\d{4,}")
_LEGAL = re.compile(
    r"许可证|許可證|备案|備案|律师|律師|法律声明|法律聲明|版权|版權|隐私|隱私|用户协议|服务条款|服務條款|"
    r"利用規約|個人情報|プライバシー|特定商取引|이용약관|개인정보|청소년보호|저작권|정정보도|"
    r"จริยธรรม|นโยบาย|конфиденциальн|правила|privacy|\bterms (?:of|and)\b|cookies?\b|code of (?:ethics|conduct|practice)|datenschutz|impressum|nutzungsbedingungen|"
    r"mentions légales|confidentialité|aviso legal|privacidad|protección de datos|informativa|polityka prywatności|kode etik",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


def names_service(text: str) -> bool:
    """Returns whether a short text has a word for a service in it.

    >>> names_service("Log in"), names_service("用户登录"), names_service("Subscribe now"), names_service("A shoplifter's tale")
    (True, True, True, False)
    """
    low = text.lower()
    words = _WORD.findall(low)
    if not _WORDS.isdisjoint(words) or [word for word in words if word.startswith(_BEGINNINGS)]:  # a list takes half the time of any()
        return True
    if (" " in low or "-" in low) and _ANY_PHRASE.search(low):
        return True
    return not low.isascii() and _PARTS.search(low) is not None


def names_licence(text: str) -> bool:
    """Returns whether a text of any length gives the number of a licence, as Chinese sites must print it.

    >>> names_licence("网上传播视听节目许可证（0100001）"), names_licence("工信部发放首批5G许可证")
    (True, False)
    """
    return not text.isascii() and _LICENCE.search(text) is not None


def names_legal_notice(text: str) -> bool:
    """Returns whether a text in the foot of a page, of any length, names rules, rights or duties of the site itself.

    Headlines speak of these too: ask only of links where no headlines are to be expected.

    >>> names_legal_notice("개인정보처리방침 개정 안내"), names_legal_notice("Code of ethics"), names_legal_notice("Election results")
    (True, True, False)
    """
    return _LEGAL.search(text) is not None


@lru_cache(maxsize=4096)
def heads_services(heading: str) -> bool:
    """Returns whether a heading stands over services, notices, events or advertisements.

    >>> heads_services("友情链接"), heads_services("From our partners"), heads_services("Politics"), heads_services("")
    (True, True, False, False)
    """
    return bool(heading) and (names_service(heading) or _HEADINGS.search(heading) is not None)
