"""What of a page is the running text, and which pages are articles: small pages, one cause each."""

from __future__ import annotations

from time import process_time

import pytest

from newscrawler.extract import extract_page, labels
from newscrawler.extract.classes import said_by

URL = "https://news.example/2024/01/02/a-story-of-five-words.html"
ONE = "The council of the harbour town voted on Tuesday to keep the old pier open, and residents said they were relieved."
TWO = "Repairs will begin in the spring, the mayor said, adding that most of the money comes from a fund for the coast."
THREE = "Ferries run as before; only the night service is suspended until the work on the landing stage is finished."
FOUR = "A second vote, on the price of the tickets, is planned for June, when the final sum of the costs will be known."
甲 = "海港市议会昨天投票决定保留老码头，居民们说，他们终于可以放心了，也感谢所有帮助过他们的人。"
乙 = "市长表示，维修将从春天开始，大部分资金来自海岸基金，其余部分由市里承担，不会提高票价。"
丙 = "渡轮照常运行，只有夜间班次暂停，直到码头的工程结束为止，具体时间将另行通知各位乘客。"
HEAD = "<title>Old pier stays open after vote - The Harbour News</title>"
H1 = "<h1>Old pier stays open after vote</h1>"


def p(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def text_of(body: str, head: str = HEAD, url: str = URL) -> list[str]:
    page = extract_page(f"<html><head>{head}</head><body>{body}</body></html>", url)
    assert page.article is not None, page.reason
    return page.article.text.split("\n")


LINKS = "".join(f"<li><a href='/2024/01/01/another-story-of-{n}-words.html'>Another story with a long headline, number {n}</a></li>" for n in range(9))
WHOLE = [ONE, TWO, THREE]
SAME_TEXT = {
    "topics as classes of the article": f"<article class='post tag-football category-hot related-news'>{H1}{p(*WHOLE)}</article>",
    "a wrapper that sounds like a sidebar": f"<div class='l-sidebar-fixed'>{H1}<div class=main>{p(*WHOLE)}</div></div>",
    "body copy is no copyright": f"{H1}<div class='article-body-copy'>{p(*WHOLE)}</div><ul>{LINKS}</ul>",
    "a box for each paragraph": f"<article>{H1}" + "".join(f"<div><div class=box><div>{p(text)}</div></div></div>" for text in WHOLE) + "</article>",
    "a list of links after the text": f"<div>{H1}{p(*WHOLE)}<ul>{LINKS}</ul></div>",
    "a list of links inside the text": f"<div>{H1}{p(ONE)}<ul>{LINKS}</ul>{p(TWO, THREE)}</div>",
    "teasers under links": f"<div>{H1}{p(*WHOLE)}</div><ul>"
    + "".join(f"<li><h3><a href='/2024/01/01/story-{n}-of-many.html'>Headline {n} of many others</a></h3><div>{FOUR}</div></li>" for n in range(9))
    + "</ul>",
    "consent before the headline": f"<div class=page><div>{p('We use cookies and similar techniques, and ask you to agree.')}</div>{H1}{p(*WHOLE)}</div>",
    "the text twice, for two sizes of screen": f"<div class=page>{H1}<div class=wide>{p(*WHOLE)}</div><div class=narrow>{p(*WHOLE)}</div></div>",
    "captions": f"<div>{H1}<figure><img src=a.jpg><figcaption>The old pier, seen from the harbour, in an earlier winter.</figcaption></figure>{p(ONE)}"
    f"<p>Photo: Anna Pier, for the paper</p>{p(TWO)}<div>The pier at night (Image: Harbour Pictures)</div>{p(THREE)}</div>",
    "a caption in the picture's box": f"<div>{H1}{p(ONE)}<div><img src=/a.jpg><span>The pier on a clear day in May.</span></div>{p(TWO, THREE)}</div>",
    "an advertisement": f"<div>{H1}{p(ONE)}<div>Advertisement</div>{p(TWO, THREE)}</div>",
    "what closes a page": f"<div>{H1}{p(*WHOLE)}<p>Sign up for our newsletter and read the news each morning.</p>"
    "<p>© 2024 The Harbour News. All rights reserved.</p></div>",
    "a call to follow": f"<div>{H1}{p(*WHOLE)}<p>You can also follow the paper on Facebook, where we post each day.</p><div>Print this</div></div>",
    "related reading after a heading": f"<div>{H1}{p(*WHOLE)}<h3>Related stories</h3><div class=x>{p(FOUR)}</div></div>",
    "comments": f"<div>{H1}{p(*WHOLE)}<h3>2 Comments</h3><div class=c>{p(FOUR)}</div>"
    f"<div class=c>{p('I walk there each day, and I say: well done, all of you, really.')}</div></div>",
    "a form": f"<div>{H1}{p(*WHOLE)}<form><p>Tell us what you think of this story, and please be brief, fair and kind.</p></form></div>",
    "a lead in the box of the headline": f"<header>{H1}<p>{ONE}</p></header><main><div>{p(TWO, THREE)}</div></main>",
    "the text again in one piece": f"<div>{H1}{p(*WHOLE)}</div><div class=voice>{' '.join(WHOLE)}</div>",
    "the headline again": f"<div class=main>{H1}<p>Old pier stays open after vote</p>{p(*WHOLE)}</div>",
}


@pytest.mark.parametrize("name", SAME_TEXT)
def test_the_text_and_nothing_else(name: str) -> None:
    assert text_of(SAME_TEXT[name]) == WHOLE


LONGER = {
    "a box of the site's own at the end": f"<div>{H1}{p(*WHOLE, FOUR)}<div class=appeal><div><p>Journalism costs money, {ONE.lower()}</p></div></div></div>",
    "a teaser alone in a box": f"<div>{H1}{p(ONE)}<div class=x><div><a href='/2024/01/01/one-more-story-of-many.html'>One more story, at length</a></div>"
    f"<p>{TWO.replace('Repairs', 'Works')}</p></div>{p(TWO, THREE, FOUR)}</div>",
}


@pytest.mark.parametrize("name", LONGER)
def test_boxes_in_and_under_a_longer_text(name: str) -> None:
    assert text_of(LONGER[name]) == [*WHOLE, FOUR]


def test_a_subtitle_that_repeats_the_description_is_no_paragraph() -> None:
    line = "The vote was close, but the pier is safe, say its friends."
    head = f"{HEAD}<meta name=description content='{line}'>"
    assert text_of(f"<header>{H1}<p>{line}</p></header><main><div>{p(*WHOLE)}</div></main>", head) == WHOLE


def test_tables_and_lists_keep_their_text_in_reading_order() -> None:
    table = "<table><tr><th>Year</th><th>Visitors</th></tr><tr><td>2022</td><td>81 thousand</td></tr></table>"
    listed = "<ul><li>It stays open at night, in every season of the year.</li><li>It is <a href='/x'>free for everybody who lives here</a>.</li></ul>"
    found = text_of(f"<div>{H1}{p(ONE)}{table}{p(TWO)}{listed}{p(THREE)}</div>")
    assert found[:5] == [ONE, "Year", "Visitors", "2022", "81 thousand"]
    assert found[5:] == [TWO, "It stays open at night, in every season of the year.", "It is free for everybody who lives here.", THREE]


def test_a_heading_such_as_related_is_no_end_where_the_text_goes_on() -> None:
    found = text_of(f"<div>{H1}{p(ONE, TWO)}<h3>Related</h3><ul>{LINKS}</ul>{p(THREE, FOUR)}</div>")
    assert [line for line in found if line != "Related"] == [ONE, TWO, THREE, FOUR]


def test_a_quoted_post_is_text_and_a_bar_of_buttons_is_not() -> None:
    post = f"<div class='social-embed'><blockquote><p>{FOUR}</p></blockquote></div>"
    bar = "<div class='share-bar'><span>Share</span><span>Save</span></div>"
    assert text_of(f"<div class=main>{H1}{bar}{p(ONE)}{post}{p(TWO, THREE)}{bar}</div>") == [ONE, FOUR, TWO, THREE]


CHINESE = {
    "editor": "<p>（责任编辑：王小明）</p>",
    "editor in brackets": "<div>(王小明 编辑)</div>",
    "disclaimer": "<p>免责声明：本文仅代表作者个人观点，与本网无关，文中内容未经本站证实，请读者仅作参考。</p>",
    "reprint": "<p>凡注明为其他媒体来源的信息，均为转载自其他媒体，转载并不代表本网赞同其观点。</p>",
    "call": "<p>欢迎扫描二维码，关注本报微信公众号，每天第一时间获取更多资讯。</p>",
    "related": "<h4>相关新闻</h4><div><p>另一条新闻的摘要在这里，说的是别的事情，与本文没有关系，请点击阅读。</p></div>",
    "comments": "<div>网友评论</div><p>我每天都去那里散步，真的很好，希望以后一直都可以去，谢谢大家。</p>",
    "source": "<p>文章来源：海港日报</p>",
    "picture": "<p>▲老码头的夜景，去年冬天拍摄于海港市。</p>",
    "widget": "<ul><li>实用</li><li>期待</li><li>难过</li></ul>",
}


@pytest.mark.parametrize("name", CHINESE)
def test_what_closes_a_chinese_page(name: str) -> None:
    head = "<title>老码头将继续开放_海港新闻网</title>"
    assert text_of(f"<div><h1>老码头将继续开放</h1>{p(甲, 乙, 丙)}{CHINESE[name]}</div>", head) == [甲, 乙, 丙]


SENTENCES = [
    "返回海港市之后，他对记者说，旅途很顺利，也很难忘。",
    "扫码点餐已经成为码头餐馆的习惯，老人们却说，不太方便。",
    "版权保护中心表示，今年的案件比去年少。",
]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_sentences_that_begin_like_a_notice_stay(sentence: str) -> None:
    head = "<title>老码头将继续开放_海港新闻网</title>"
    assert text_of(f"<div><h1>老码头将继续开放</h1>{p(甲, sentence, 乙, sentence)}</div>", head) == [甲, sentence, 乙, sentence]


@pytest.mark.parametrize("line", ["Deaths: 12", "Votes for the pier: 1,204", "死亡人数：12", "Price: $12"])
def test_a_last_paragraph_may_be_a_figure(line: str) -> None:
    assert text_of(f"<div>{H1}{p(*WHOLE, line)}</div>") == [*WHOLE, line]


@pytest.mark.parametrize("line", ["Views: 12", "阅读量：1204", "Comments: 3", "Editor: Anna"])
def test_counters_of_the_site_are_no_figures_of_the_text(line: str) -> None:
    assert text_of(f"<div>{H1}{p(*WHOLE, line)}</div>") == WHOLE
    assert text_of(f"<div>{H1}{p(*WHOLE)}<div class=x>Deaths: 12</div></div>") == WHOLE


def test_a_caption_is_the_text_where_there_is_no_other() -> None:
    line = "图为老码头的夜景，昨天晚上拍摄于海港市，许多居民专门来这里观看灯光，一直到深夜才离开。"
    head = "<title>老码头将继续开放_海港新闻网</title>"
    assert text_of(f"<h1>老码头将继续开放</h1><div>2024-01-02 10:20 来源：海港日报</div><div><img src=/a.jpg><p>{line}</p></div>", head) == [line]


ROOT = "http://news.example/"
MENU = "".join(f"<a href='/c{n}/'>频道{n}</a> " for n in range(20))
SHORT = (
    f"<title>老码头将继续开放_海港新闻网</title></head><body><div>{MENU}</div><h1>老码头将继续开放</h1><div>2024-01-02 10:20 来源：海港日报</div>{p(甲, 乙)}"
)
TEASERS = "".join(f"<div><h2><a href='/2024/01/0{n}/a{n}1234.html'>一条新闻的标题，有一点长，第{n}条</a></h2><p>{甲}</p></div>" for n in range(1, 9))
ENTRIES = "".join(f"<div><span>1{n}:05</span><p>{text}</p></div>" for n, text in enumerate([ONE, TWO, THREE, FOUR] * 2))
LIVE = '<script type=\'application/ld+json\'>{"@type": "LiveBlogPosting"}</script>'
KINDS = {
    "a short notice at an address that says nothing": (ROOT, SHORT, "article"),
    "a front page of teasers": (ROOT, f"<title>海港新闻网</title></head><body><div>{MENU}</div>{TEASERS}", "hub"),
    "a section of teasers": ("http://news.example/city/", f"<title>城市新闻_海港新闻网</title></head><body><h1>城市新闻</h1>{TEASERS}", "hub"),
    "a soft 404": (URL, f"<title>Page not found - The Harbour News</title></head><body><h1>Page not found</h1>{p(ONE)}", "other"),
    "a soft 404 in Chinese": (URL, f"<title>您访问的页面不存在</title></head><body>{p(甲)}", "other"),
    "a captcha": (URL, f"<title>Just a moment...</title></head><body>{p('Please complete the puzzle, so that we know that you are human.')}", "other"),
    "a consent wall": (URL, f"<title>Your privacy | Harbour</title></head><body><h1>We value your privacy</h1>{p(ONE)}", "other"),
    "a live ticker that says so": (URL, f"{HEAD}{LIVE}</head><body>{H1}{p(*WHOLE)}", "other"),
    "a live ticker by its times": (URL, f"{HEAD}</head><body>{H1}<div>{ENTRIES}</div>", "other"),
    "news of a place called forbidden": (URL, f"<title>Forbidden City opens again</title></head><body>{p(*WHOLE)}", "article"),
}


@pytest.mark.parametrize("name", KINDS)
def test_kind_of_page(name: str) -> None:
    url, markup, kind = KINDS[name]
    page = extract_page(f"<html><head>{markup}</body></html>", url)
    assert (page.kind, page.article is not None) == (kind, kind == "article")


def test_comments_longer_than_the_text_do_not_take_its_place() -> None:
    comment = "I walk there each day with the dog, and I say: well done, all of you, this was really overdue, and it is a joy to see."
    comments = "".join(f"<div class=comment>{p(comment + str(n))}</div>" for n in range(9))
    assert text_of(f"<div class=main>{H1}<div class=text>{p(*WHOLE)}</div></div><div class=comments>{comments}</div>") == WHOLE


NAMES = {
    ("div", "sidebar"): labels.SIDE,
    ("div", "layout has-sidebar no-nav"): 0,
    ("div", "position-relative"): 0,
    ("div", "relative flex"): 0,
    ("div", "related-stories"): labels.RELATED,
    ("article", "node--promoted tag-football channel-news"): 0,
    ("div", "ad-box"): labels.AD,
    ("div", "x-e1e566ad"): 0,
    ("p", "font--secondary side"): 0,
    ("div", "article-body share-target"): labels.BODY,
    ("div", "cookie-banner"): labels.CONSENT | labels.AD,
    ("form", ""): labels.SERVICE,
}


@pytest.mark.parametrize(("tag", "name"), NAMES)
def test_what_names_say(tag: str, name: str) -> None:
    assert said_by(tag, name, None).flags & (labels.ONLY_PARTS | labels.BODY) == NAMES[tag, name]


SHAPES = {
    "headings under a long title": f"<title>{'old pier ' * 50_000}</title><body>" + "<h1>old pier old pier old pier</h1>" * 20_000 + p(*WHOLE),
    "boxes": "".join(f"<div><div><a href='/2024/01/01/a-b-c-d-e-{n}.html'>A link with a long text</a></div><p>{ONE}</p></div>" for n in range(8_000)),
    "named boxes": f"<div class='side nav'><p>{ONE}</p></div>" * 10_000,
    "boxes in boxes": f"<div class='related'><p>{ONE}</p>" * 5_000,
    "closing lines": p(*WHOLE) + "<p>Sign up for our newsletter, and follow us on Facebook.</p>" * 20_000,
    "marks": f"<p>{'•*（' * 100_000}</p>" + p(*WHOLE),
    "times": "<p>10:20</p>" * 20_000,
}


@pytest.mark.parametrize("name", SHAPES)
def test_the_body_is_found_in_linear_time(name: str) -> None:
    start = process_time()
    extract_page(SHAPES[name], URL)
    assert process_time() - start < 20  # quadratic work takes minutes
