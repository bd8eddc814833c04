"""The characters by which the languages of the web show themselves, and the encodings that each is written in.

Chinese, Japanese and Korean: the most frequent characters, which make up about half of any running text. Every list is short
on purpose: it holds what any news text uses, so the wrong decoding of a body, which scatters over thousands of characters,
hits it seldom. Languages with an alphabet: its letters, those of one language at a time, since it is the mixture of the
letters of several languages that gives a wrong decoding away.
"""

from __future__ import annotations

from typing import NamedTuple

PUNCTUATION = "，。、：；！？（）《》“”「」『』【】—…·　"

SIMPLIFIED = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方"
    "多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情"
    "明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给"
    "世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太"
    "量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王"
    "京亿万元元企品网记据北"
)

TRADITIONAL = (
    "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方"
    "多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日軍者意無力它與長把機十民第公此已工使情"
    "明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭文體政美相見被利什二等產或新己制身果加西斯月話合回特代內信表化老給"
    "世位次度門任常先海通教兒原東聲提立及比員解水名真論處走義各入幾口認條平系氣題活爾更別打女變四神總何電數安少報才結反受目太"
    "量再感建務做接必場件計管期市直德資命山金指克許統區保至隊形社便空決治展馬科司五基眼書非則聽白卻界達光放強即像難且權思王"
    "京億萬元企品網記據北灣港台"
)

KANA = "".join(map(chr, (*range(0x3041, 0x3097), *range(0x30A1, 0x30FB)))) + "ー"
KANJI = (
    "日一人国年大十二本中長出三同時政事自行社見月分議後前民生連五発間対上部東者党地合市業内相方四定今回新場金員九入選立開手米力学"
    "問高代明実円関決子動京全目表戦経通外最言氏現理調体化田当八六約主題下首意法不来作性的要用制治度務強気小七成期公野協取都和統以"
    "機平総加山思家話世受区領多県続進正安設保改数記院女初北午指権心界支第産結百派点教報済書府活原先共得解名交資予川向際査勝面委告"
    "軍文反元重近千考判認画海参売利組知案道信策集在件団別物側任引使求所次水半品昨論計死官増係感特情投示変打男基私各始島直両朝革価"
    "式確村提運終挙果西勢減台広容必応演電歳住争談能無再位置企真流格有疑口過局少放税検藤町常校料沢裁状工建語球営空職証土与急止送援"
)

HANGUL = (
    "이다의는에을가고지로기하사도한리자인시아부정스일서그나해대어수전원보장제국라를은과들으게있주상동여오비조구안경성공연관위유"
    "마선신것학산방회치소우만진강중차업할면적세드용미당민트실된분며년후계말무재명터개발"
)


class Script(NamedTuple):
    """One language in one encoding. `usual` are the characters that speak for it, `odd` is a pattern of what it never writes."""

    codec: str
    usual: str
    odd: str = ""


QUOTES = "\xa0“”‘’„–—…«»"
_MARKS = QUOTES + "‚‹›·•°§©€£¿¡"
_HANJA = "[\u3041-\u30ff\u4e00-\u9fff]"
SWAPPED_CASE = "[а-яёђ-џґα-ωά-ώ][А-ЯЁЂ-ЏΑ-ΩΆ-Ώ]"
_RUSSIAN_ODD = SWAPPED_CASE + "|(?<![а-яё])[ъь]|[ъь][ъьы]|[бвгджзклмнпрстфхцчшщъь]й"
_LATIN_CAPITALS = "À-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮİĴĶĹĻĽĿŁŃŅŇŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŸŹŻŽƠƯ"
_LATIN_ODD = f"[a-zß-öø-ÿ][{_LATIN_CAPITALS}ªº]"
_THAI_ODD = "(?<![ก-ฮัิ-ู็-๎])[ัิ-ฺ็-๎]|[เ-ไ](?![ก-ฮ])"
_GREEK_ODD = SWAPPED_CASE + "|ς(?=[α-ωά-ώ])"
_HEBREW_ODD = "[\u05b0-\u05c4\u05f0-\u05f4]|[ךםןףץ](?=[א-ת])"
_ARABIC_ODD = "[ءؤئةى][ءؤئةى]|[ةى](?=[ا-ي])|[\u064b-\u0652àâçèéêëîïôùûü]"

CHINESE = PUNCTUATION + SIMPLIFIED + TRADITIONAL
JAPANESE = PUNCTUATION + KANA + KANJI

DOUBLE_BYTE = (
    Script("gb18030", CHINESE),
    Script("big5hkscs", PUNCTUATION + TRADITIONAL),
    Script("cp932", JAPANESE),
    Script("euc_jp", JAPANESE),
    Script("cp949", HANGUL, _HANJA),
)

# Without the rarest letters: a wrong reading uses all alike.
_RUSSIAN = "оеаинтсрвлкмдпуяыьгзбч"
_UKRAINIAN = "оаинвтріесклдмпуязбгчьйї"
_SERBIAN = "аоеиншрстјупквмдлгзбчњљ"
_GREEK = "αοιετσνηυρπκμλςδγχθφβωάέήίόύώ"
_HEBREW = "אבגדהוזחטיכךלמםנןסעפףצץקרשת"
_ARABIC = "اليمونترهبدسفعقكحجةأشصطىإخ،پچگ"
_THAI = "านรกอเงมวลยดทสตบปคจหพขไแใ่้ัิีืุู็์ะ"

# Alphabets other than Latin: their texts are runs of bytes above 0x7F, word by word.
OTHER_ALPHABETS = (
    Script("cp1255", _HEBREW + QUOTES, _HEBREW_ODD),  # before Russian: all its bytes are Russian letters too, but not the other way round
    *(Script(codec, _RUSSIAN + QUOTES, _RUSSIAN_ODD) for codec in ("cp1251", "koi8-r", "iso8859-5", "cp866")),
    *(Script(codec, _UKRAINIAN + QUOTES, _RUSSIAN_ODD) for codec in ("cp1251", "koi8-u", "iso8859-5")),
    *(Script(codec, _SERBIAN + QUOTES, SWAPPED_CASE) for codec in ("cp1251", "iso8859-5")),
    *(Script(codec, _GREEK + QUOTES, _GREEK_ODD) for codec in ("cp1253", "iso8859-7")),
    *(Script(codec, _ARABIC + QUOTES, _ARABIC_ODD) for codec in ("cp1256", "iso8859-6")),
    Script("cp874", _THAI + QUOTES, _THAI_ODD),
    Script("johab", HANGUL),
)

_WESTERN = ("àâæçéèêëîïôœùûü", "äöüß", "áéíñóúüªº", "áâãàçéêíóôõúüªº", "àèéìòù", "åäöé", "æøåéô", "çëé", "äõöüšž")
_CENTRAL = ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîşţ", "čćđšž")
_BALTIC = ("ąčęėįšųūž", "āčēģīķļņšūž")
_VIETNAMESE = "ăâđêôơưàáãèéêìíòóùúý\u0300\u0301\u0303\u0309\u0323"


def _latin(codec: str, *alphabets: str) -> tuple[Script, ...]:
    return tuple(Script(codec, letters + letters.replace("ß", "").upper() + _MARKS, _LATIN_ODD) for letters in alphabets)


# Latin alphabets, the more usual first: where the bytes fit several, the first one is taken.
LATIN_ALPHABETS = (
    *_latin("cp1252", *_WESTERN),
    *_latin("cp1250", *_CENTRAL),
    *_latin("iso8859-2", *_CENTRAL),
    *_latin("cp1254", "çğıöşüâîûİ"),
    *_latin("cp1252", "áðéíóúýþæö"),
    *_latin("cp1257", *_BALTIC),
    *_latin("cp1258", _VIETNAMESE),
)
