"""Near-duplicates: what a fingerprint sees and does not see, when two are alike, and the index on both databases."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from older import take_back

from newscrawler.dedupe import Fingerprint, alike, fingerprint, nearest
from newscrawler.dedupe.fingerprint import KEYS, NUMBERS, SKETCH
from newscrawler.dedupe.near import compare
from newscrawler.exceptions import BadDatabase
from newscrawler.store import NearIndex, connect
from newscrawler.store import near as index

SIMPLIFIED = (
    "渔港的老灯塔昨晚重新点亮，三百多名居民沿着堤岸观看。灯塔建于一九三二年，停用十七年后由镇上的船工修好，"
    "费用来自捐款。负责修理的陈师傅说，最难找的是透镜，它在一间学校的阁楼里放了多年。港务处表示，灯塔不再为船只导航，"
    "每个周末对外开放，孩子们可以登上塔顶看海。"
)
TRADITIONAL = (
    "漁港的老燈塔昨晚重新點亮，三百多名居民沿著堤岸觀看。燈塔建於一九三二年，停用十七年後由鎮上的船工修好，"
    "費用來自捐款。負責修理的陳師傅說，最難找的是透鏡，它在一間學校的閣樓裡放了多年。港務處表示，燈塔不再為船隻導航，"
    "每個週末對外開放，孩子們可以登上塔頂看海。"
)
ENGLISH = (
    "The old lighthouse of the harbour was lit again last night, and more than three hundred people watched from the pier. "
    "Built in 1932 and dark for seventeen years, it was repaired by shipwrights of the town with donated money. The lens, said "
    "the man in charge, had been the hardest part to find: it had lain in the attic of a school. Ships will not need the light, "
    "but it opens to visitors every weekend, and children may climb to the top."
)
DIFFERENT = (
    "镇议会星期三通过了新的公共汽车时刻表，早班车提前半小时发车。司机们要求增加换班的房间，议会答应在秋天以前完成。"
    "反对者认为线路绕得太远，住在山坡上的老人要多走一段路。交通处说，三个月后会根据乘客人数再次调整，并在车站张贴通知。"
)


def words(seed: int, number: int) -> str:
    """A made-up text: words of a seed, which no other seed has in this order."""
    source = random.Random(seed)
    return " ".join("".join(source.choices("abcdefghijklmnopqrstuvwxyz", k=source.randint(2, 9))) for _ in range(number))


def weather(seed: int) -> str:
    """A report from one template: the words stay, the numbers change."""
    n = [random.Random(seed * 100 + i).randint(1, 99) for i in range(10)]
    return (
        f"天气预报：今天白天多云，最高气温{n[0]}度，最低气温{n[1]}度，相对湿度{n[2]}%，东南风{n[3]}级，气压{n[4] + 950}百帕。"
        f"明天最高{n[5]}度，最低{n[6]}度，降水概率{n[7]}%，空气质量指数{n[8]}，紫外线指数{n[9]}，请市民出门注意安全，带好雨具，及时增减衣物。"
    )


def test_script_width_case_and_marks_do_not_count() -> None:
    plain = fingerprint("老灯塔重新点亮", SIMPLIFIED)
    assert fingerprint("老燈塔重新點亮", TRADITIONAL) == plain
    assert fingerprint("老灯塔重新点亮", SIMPLIFIED.replace("，", ",").replace("。", ".\n")) == plain
    assert fingerprint("", ENGLISH.upper().replace("1932", "１９３２").replace(" ", "\u3000")) == fingerprint("", ENGLISH)


def test_what_is_invisible_does_not_count() -> None:
    assert fingerprint("", "\u200b".join(SIMPLIFIED)) == fingerprint("", SIMPLIFIED)
    assert fingerprint("", ENGLISH.replace("lighthouse", "light\u00adhouse")) == fingerprint("", ENGLISH)


EDITED = {
    "cut": SIMPLIFIED[:90],
    "continued": SIMPLIFIED + DIFFERENT[:60],
    "a list below": SIMPLIFIED + "\n相关阅读\n鱼市今年提前开张\n码头翻修工程延期\n海边步道迎来第一批游客\n责任编辑：某某",
    "lost characters": SIMPLIFIED.replace("灯", "?").replace("多", "?"),
    "traditional, cut": TRADITIONAL[40:],
}


@pytest.mark.parametrize("edit", EDITED)
def test_edited_copies_are_near(edit: str) -> None:
    assert nearest(fingerprint("", EDITED[edit]), [(7, fingerprint("", SIMPLIFIED))]) is not None


def test_other_texts_are_not_near() -> None:
    others = [(1, fingerprint("", DIFFERENT)), (2, fingerprint("", ENGLISH)), (3, fingerprint("", SIMPLIFIED[:60] + DIFFERENT * 2))]
    assert nearest(fingerprint("", SIMPLIFIED), others) is None


def test_reports_from_one_template_stay_apart_and_their_copies_do_not() -> None:
    monday, tuesday = fingerprint("天气预报", weather(1)), fingerprint("天气预报", weather(2))
    likeness = compare(monday, tuesday)
    assert likeness is not None
    assert likeness.containment > 0.4
    assert likeness.numbers is not None
    assert likeness.numbers < 0.7
    assert nearest(monday, [(2, tuesday)]) is None
    assert nearest(fingerprint("", weather(1) + "来源：气象台"), [(1, monday), (2, tuesday)]) is not None


def test_the_same_title_speaks_for_a_copy() -> None:
    half = SIMPLIFIED[:60] + DIFFERENT[:70]
    with_title = nearest(fingerprint("老灯塔重新点亮", half), [(1, fingerprint("老灯塔重新点亮", SIMPLIFIED))])
    without = nearest(fingerprint("巴士改点", half), [(1, fingerprint("老灯塔重新点亮", SIMPLIFIED))])
    assert with_title is not None
    assert with_title[1].same_title
    assert with_title[1].containment < 0.5
    assert without is None


@pytest.mark.parametrize("text", ["", " \n", "。，！？", "图片新闻", "lighthouse", "\ud800", "🙂" * 100, "哈" * 500])
def test_empty_tiny_and_empty_of_content(text: str) -> None:
    tiny = fingerprint("图片新闻 图片新闻", text)
    assert tiny.keys == ()
    assert nearest(tiny, [(1, tiny)]) is None


@given(st.text(max_size=300), st.text(max_size=30))
def test_a_fingerprint_is_bounded_and_survives_packing(text: str, title: str) -> None:
    one = fingerprint(title, text)
    assert Fingerprint.unpacked(one.packed()) == one
    assert len(one.keys) <= KEYS
    assert len(one.sketch) <= 2 * SKETCH
    assert len(one.numbers) <= 2 * NUMBERS


@given(st.text(alphabet="渔港的老灯塔昨晚重新点亮 abc 123,。", min_size=60, max_size=400), st.text(alphabet="，。 \n\u200b！", max_size=20))
def test_a_text_is_like_itself_whatever_marks_come_behind(text: str, marks: str) -> None:
    one, other = fingerprint("", text), fingerprint("", text + marks)
    if one.keys:
        found = compare(one, other)
        assert found is not None
        assert found.containment == found.resemblance == 1.0


def test_sizes_are_bounded_for_long_texts_and_levels_compare() -> None:
    long = words(1, 30_000)
    whole, third = fingerprint("", long), fingerprint("", long[: len(long) // 3])
    assert whole.level > third.level > 0
    assert SKETCH // 2 <= len(whole.sketch) <= 2 * SKETCH
    found = compare(whole, third)
    assert found is not None
    assert found.containment > 0.85
    assert 0.2 < found.resemblance < 0.5


def test_five_megabytes_are_looked_at_no_longer_than_their_beginning() -> None:
    long = words(1, 900_000)
    assert len(long) > 5_000_000
    assert fingerprint("", long) == fingerprint("", long[:200_000])
    assert fingerprint("", "老灯塔重新点亮，居民沿着堤岸观看，费用来自捐款。" * 9_000).keys


@pytest.fixture
def near(empty: str) -> NearIndex:
    """An index of its own, on both databases."""
    return NearIndex(empty)


def test_the_index_finds_copies_and_only_copies(near: NearIndex) -> None:
    with near:
        assert near.add("a", "老灯塔重新点亮", SIMPLIFIED) is None
        assert near.add("b", "Lighthouse", ENGLISH) is None
        assert near.add("c", "巴士改点", DIFFERENT) is None
        assert near.add("d", "燈塔", TRADITIONAL) == "a"
        assert near.add("e", "", ENGLISH[:300]) == "b"
        assert near.add("f", "", "") is None
        assert near.add("g", "", "") is None


def test_raw_text_is_repaired(near: NearIndex) -> None:
    with near:
        assert near.add("a", "", SIMPLIFIED) is None
        assert near.add("b", "", SIMPLIFIED.encode().decode("latin-1")) == "a"


def test_the_index_remembers(empty: str) -> None:
    with NearIndex(empty) as first:
        first.add("a", "", SIMPLIFIED)
    with NearIndex(empty) as second:
        assert second.add("b", "", SIMPLIFIED) == "a"


def test_an_id_added_again_is_replaced(near: NearIndex) -> None:
    with near:
        near.add("a", "", SIMPLIFIED)
        assert near.add("a", "", SIMPLIFIED) is None
        assert near.add("a", "", DIFFERENT) is None
        assert near.add("b", "", SIMPLIFIED) is None
        assert near.add("c", "", DIFFERENT) == "a"


@pytest.mark.parametrize("id", ["", "\ud800", "\ud83d\ude00", "a\0b", "\x1b\\ud800", "\x1b", "\\ud800", "渔港"])
def test_any_string_is_an_id(near: NearIndex, id: str) -> None:
    with near:
        for number, other in enumerate(("\\ud800", "\ud801", "\x1b\\ud801", "a")):
            assert near.add(f"{id}{other}", "\ud800", words(number, 60) + "\udfff\0") is None
        assert near.add(id, "", SIMPLIFIED) is None
        assert near.add("copy", "\ud800", SIMPLIFIED + "\ud800") == id
        assert near.add(id, "", ENGLISH) is None, "it is replaced"
        assert near.add("another", "", SIMPLIFIED) == "copy"


def test_of_equal_copies_the_first_is_named(near: NearIndex) -> None:
    with near:
        assert [near.add(str(i), "", SIMPLIFIED) for i in range(40)] == [None, *["0"] * 39]


def test_many_copies_leave_few_keys(near: NearIndex) -> None:
    with near:
        for i in range(5 * index.CROWD):
            near.add(str(i), "", SIMPLIFIED)
        engine = near._engine
        near._connection.commit()
        with engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM near_keys").scalar() == KEYS * index.CROWD
        assert near.add("other", "", DIFFERENT) is None
        assert near.add("other again", "", DIFFERENT) == "other"


def test_boilerplate_hides_no_copies(near: NearIndex) -> None:
    footer = "本网站所有文字图片版权归原作者所有，未经书面授权不得转载、摘编或以其他方式使用，违者将依法追究责任，联系电话见首页底部。"
    with near:
        for seed in range(3 * index.CROWD):
            near.add(str(seed), "", words(seed, 120) + footer)
        assert near.add("new", "", SIMPLIFIED + footer) is None
        assert near.add("copy", "", SIMPLIFIED + footer) == "new"
        assert near.add("old copy", "", words(3, 120) + "another footer") == "3"


def test_the_index_takes_no_database_with_other_tables(where: str) -> None:
    connect(where, create=True).dispose()
    with pytest.raises(BadDatabase, match="other tables"):
        NearIndex(where)


def test_fingerprints_in_a_transaction_of_the_collection(where: str) -> None:
    engine = connect(where, create=True, write=True)
    copy, other = fingerprint("", SIMPLIFIED), fingerprint("", DIFFERENT)
    with engine.connect() as connection:
        index.write(connection, 10, copy)
        index.write(connection, 5, copy)
        index.write(connection, 7, other)
        connection.commit()
        index.write(connection, 3, copy)
        connection.rollback()
        assert index.candidates(connection, copy) == [(5, copy), (10, copy)]
        index.forget(connection, 5)
        index.forget(connection, 99)
        assert index.candidates(connection, copy) == [(10, copy)]
        index.write(connection, 10, other)
        assert index.candidates(connection, copy) == []
        assert [number for number, _ in index.candidates(connection, other)] == [7, 10]
        assert index.candidates(connection, fingerprint("", "")) == []
    engine.dispose()


def clusters(where: str, texts: dict[str, str], order: list[str]) -> set[frozenset[str]]:
    """The groups joined by all that each text is like when it comes, in this order; the index is empty before and after."""
    engine = connect(where, create=True, write=True)
    group = {name: frozenset({name}) for name in order}
    with engine.connect() as connection:
        for number, name in enumerate(order):
            new = fingerprint("", texts[name])
            for other, _ in alike(new, index.candidates(connection, new)):
                joined = group[name] | group[order[other]]
                group.update(dict.fromkeys(joined, joined))
            index.write(connection, number, new)
        connection.rollback()
    engine.dispose()
    return set(group.values())


def test_any_order_of_arrival_gives_the_same_clusters(where: str) -> None:
    texts = EDITED | {"plain": SIMPLIFIED, "english": ENGLISH, "english, cut": ENGLISH[:250], "other": DIFFERENT}
    texts |= {f"weather {day}": weather(day) for day in range(5)} | {"weather 3, again": weather(3) + "来源：气象台"}
    found = []
    for seed in range(3):
        order = sorted(texts)
        random.Random(seed).shuffle(order)
        found.append(clusters(where, texts, order))
    assert found[0] == found[1] == found[2]
    assert {"weather 3", "weather 3, again"} in found[0]
    assert {"english", "english, cut"} in found[0]
    assert any({"plain", "cut", "traditional, cut", "lost characters"} <= one for one in found[0])


def test_a_bad_file_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("this is no database, and long enough to be told from an empty file" * 20)
    with pytest.raises(BadDatabase, match="no SQLite database"):
        NearIndex(str(tmp_path / "text.db"))


def test_migrated_tables_are_the_tables(where: str) -> None:
    from newscrawler.store import upgrade

    engine = connect(where, create=True)
    made = {name: sorted(column["name"] for column in sa.inspect(engine).get_columns(name)) for name in ("near_keys", "near_prints")}
    with engine.begin() as connection:
        take_back(connection, "0002")
    engine.dispose()
    upgrade(where)
    engine = connect(where)
    assert made == {name: sorted(column["name"] for column in sa.inspect(engine).get_columns(name)) for name in made}
    engine.dispose()
