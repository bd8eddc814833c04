"""The names that sections of news sites have: as printed in menus, and as written in addresses. A table only.

A menu in which some links have such names is a menu of sections; one in which none has is a list of products or services.
"""

from __future__ import annotations

_PRINTED = """
新闻 新聞 要闻 要聞 头条 国内 國內 国际 國際 社会 社會 时政 時政 政治 军事 軍事 财经 財經 经济 經濟 股票 股市 证券 證券 基金 理财 理財 金融 产经 產經 房产 房產
地产 科技 数码 數碼 手机 互联网 汽车 汽車 体育 體育 足球 篮球 籃球 娱乐 娛樂 影视 电影 電影 电视 音乐 音樂 文化 历史 歷史 读书 讀書 艺术 藝術 教育 高考 留学 健康
生活 时尚 時尚 女性 亲子 親子 育儿 旅游 旅遊 旅行 美食 游戏 遊戲 动漫 星座 情感 公益 法治 法制 评论 評論 观点 觀點 社论 社論 言论 专栏 專欄 博客 图片 圖片 视频 影音
直播 专题 專題 港澳 台湾 台灣 两岸 兩岸 大陆 大陸 世界 全球 环球 地方 城市 本地 本港 副刊 人物 访谈 环保 能源 农业 三农 气象 天气 滚动 即时 即時 最新 热点 焦点
经济 社会 国際 政治 経済 スポーツ 芸能 エンタメ 地域 文化 科学 暮らし ライフ 社説 特集 動画 写真 連載
정치 경제 사회 국제 세계 문화 스포츠 연예 과학 생활 증권 부동산 오피니언 사설 칼럼 전국 지역 산업 기업 금융 포토 영상
news home world national international politics business economy finance markets money companies tech technology science health sport sports football soccer cricket
basketball tennis golf rugby entertainment culture arts books film movies music tv celebrity celebrities lifestyle life style fashion food travel opinion opinions editorial
editorials comment columns columnists analysis features environment climate energy education crime law local metro city cities region regional video videos photos
pictures gallery galleries podcasts blogs weather cars motoring auto property real-estate realestate science-tech fact-check investigations obituaries religion society us uk europe
asia africa americas middle-east china india russia latest trending featured magazine
politik wirtschaft sport kultur panorama wissen gesellschaft ausland inland meinung reise auto digital finanzen karriere lokales regionen medien netzwelt wissenschaft
politique économie economie société societe monde culture sports sciences santé sante opinions débats france international technologie
política politica economía economia deportes sociedad cultura internacional nacional opinión opinion mundo españa ciencia salud tecnología tecnologia local gente
esportes cidades ciência saúde brasil economia-e-negocios mercado cotidiano
cronaca esteri economia sport spettacoli cultura salute scienza tecnologia
binnenland buitenland sport economie cultuur regio nieuws opinie media lokaal
sport krimi kultur udland indland erhverv politik debat navne inrikes utrikes ekonomi kultur nöje åsikter nyheter innenriks utenriks økonomi meninger
polityka gospodarka świat kraj sport kultura nauka zdrowie opinie ekonomia biznes społeczeństwo wydarzenia
политика экономика общество мир россия спорт культура наука технологии бизнес происшествия мнения авто здоровье новости финансы армия регионы
політика економіка суспільство світ спорт культура наука здоров'я новини
thời-sự thời sự thế giới kinh doanh thể thao giải trí pháp luật giáo dục sức khỏe đời sống du lịch khoa học số hóa ý kiến
nasional internasional ekonomi olahraga hiburan politik hukum humaniora nusantara opini teknologi gaya hidup otomotif bisnis
การเมือง เศรษฐกิจ สังคม ต่างประเทศ กีฬา บันเทิง วัฒนธรรม การศึกษา
habari michezo biashara siasa burudani kimataifa afya uchumi makala
"""
_PHRASES = frozenset({"thời sự", "thế giới", "kinh doanh", "thể thao", "giải trí", "pháp luật", "giáo dục", "sức khỏe", "đời sống", "du lịch", "khoa học", "gaya hidup", "real estate", "middle east"})
_WRITTEN = """
xinwen guonei guoji shehui shizheng junshi mil caijing jingji gupiao stock fund licai fangchan house kejijie keji digi mobile it qiche tiyu nba yule ent dianying wenhua lishi
history dushu book jiaoyu edu jiankang jk shishang lady eladies baby luyou lvyou meishi youxi games game cartoon astro gongyi fazhi pinglun guandian blog bolan tupian photo
pic shipin v zhuanti gn gj sh ty yl cj jk ln hr dwq wenyu difang local hb zgjq gangao taiwan tw hk edu lianghui theory opinion culture scitech military energy finance
ekonomika obshchestvo proisshestviya
"""
SECTION_NAMES = frozenset(_PRINTED.split()) | _PHRASES | frozenset(_WRITTEN.split())


def names_section(text: str) -> bool:
    """Returns whether a whole text, or one segment of an address, is the usual name of a section.

    >>> names_section("Politics"), names_section("体育"), names_section("Careers")
    (True, True, False)
    """
    return text.lower() in SECTION_NAMES
