"""The words by which a link or a heading says that it leads to no news: accounts, shops, rules, the company itself. A table only.

They stand in menus and feet of every site, in the languages of the sites; headings add notices, events and advertisements.
"""

from __future__ import annotations

import re

_LINKS = (
    r"登录|登錄|登入|注册|註冊|退出|密码|密碼|评论|評論|跟贴|分享|搜索|搜尋|打印|列印|收藏|举报|舉報|反馈|客服|广告|廣告|联系|聯絡|聯繫|关于我们|關於我們|关于本|版权|版權|"
    r"隐私|隱私|下载|下載|订阅|訂閱|客户端|手机版|手機版|触屏版|邮箱|郵箱|电邮|招聘|加入我们|许可证|許可證|备案|公网安备|无障碍|網站地圖|网站地图|站点地图|设为首页|"
    r"帮助|幫助|常见问题|服务条款|用户协议|免责|声明|投稿|网上有害|办公|商城|购物|会员|會員|签到|"
    r"ログイン|会員登録|お問い?合わ?せ|会社概要|利用規約|プライバシー|個人情報|広告掲載|採用|購読|ヘルプ|サイトマップ|特定商取引|"
    r"로그인|회원가입|구독|회사소개|이용약관|개인정보|청소년보호|고객센터|문의|광고|제보|사이트맵|저작권|"
    r"\b(?:log ?in|log ?out|sign (?:in|up|out)|register|account|subscri\w+|share|print|e-?mail|comments?|search|about us|about|contact\w*|privacy|terms|cookies?|legal|"
    r"advertis\w*|copyright|feedback|app store|google play|downloads?|help|faqs?|careers?|jobs|rss|newsletters?|alerts|e-?paper|epaper|digital edition|apps?|donate|"
    r"membership|shop|store|coupons?|vouchers?|games|crosswords?|puzzles|horoscopes?|classifieds|deaths|sitemap|site map|accessibility|ethics|corrections|masthead|"
    r"press office|media kit|events|conference|awards|offers|competitions|dating|forums?|community|staff|"
    r"impressum|datenschutz\w*|agb|kontakt|anzeigen?|abo\w*|werbung|mediadaten|hilfe|anmelden|registrieren|gewinnspiele?|"
    r"abonn\w+|mentions légales|contact\w*|s'inscrire|connexion|confidentialité|publicité|recrutement|boutique|"
    r"aviso legal|privacidad|contacto|publicidad|suscr\w+|quiénes somos|inici[ae] sesión|registr\w+|clasificados|"
    r"contatt\w+|pubblicità|abbonamenti|accedi|assinatura|anuncie|fale conosco|adverteren|inloggen|abonnement\w*|vacatures|annonc\w+|job|log ind|"
    r"reklama|prenumerata|regulamin|polityka prywatności|zaloguj\w*|ogłoszenia|redakcja|"
    r"beriklan|karir|redaksi|tentang kami|pedoman|langganan|liên hệ|quảng cáo|đăng nhập)\b|"
    r"реклама|подписк|контакт|о проекте|о компании|редакция|вакансии|войти|регистрация|конфиденциальн|пользовательск|условия|архив номеров|"
    r"реклами|передплат|увійти|"
    r"ติดต่อ|สมัคร|โฆษณา"
)
_HEADINGS = (
    r"^(?:알림|공지)|이벤트|お知らせ|イベント|\bPR(?![a-z])|出版情報|公告栏|服务专区|服务平台|合作网站|友情链接|友情連結|关注我们|"
    r"\b(?:events?|classifieds|advertis\w*|sponsored|promoted|partner(?:s| content)?|from our partners|paid|services?|follow us|tools|"
    r"anzeige\w*|angebote|services?|partnerangebote|reklama|партнер\w*)\b"
)
SERVICE_WORDS = re.compile(_LINKS, re.IGNORECASE)
SERVICE_HEADINGS = re.compile(f"{_LINKS}|{_HEADINGS}", re.IGNORECASE)
