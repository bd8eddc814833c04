"""The months' names as European languages write them, whole and short, without their accents. A table only.

Names that mean different months in two languages (Croatian listopad is October, Polish listopad November) are those of the
language with more speakers.
"""

from __future__ import annotations

import unicodedata

_NAMES = """
jan january januar januari janvier janv enero ene gennaio gen janeiro styczen stycznia sty leden ledna led ocak oca ianuarie ian tammikuu tammikuuta jaanuar sausio
 января янв січня
feb february februar februari fevrier fevr fev febrero febbraio fevereiro luty lutego lut unor unora subat sub februarie helmikuu helmikuuta februarja vasario
 февраля фев лютого
mar march marz maerz mrz maart mrt mars marzo marco marzec marca brezen brezna mart martie maaliskuu maaliskuuta marcius kovo марта мар март березня
apr april avril avr abril abr aprile kwiecien kwietnia kwi duben dubna nisan nis aprilie huhtikuu huhtikuuta aprilis balandzio апреля апр апрель квітня
may mai mei mayo maggio mag maio maj maja kveten kvetna mayis toukokuu toukokuuta majus geguzes мая май травня
jun june juni juin junio giugno giu junho czerwiec czerwca cze cerven cervna haziran haz iunie kesakuu kesakuuta junius birzelio июня июн червня
jul july juli juillet juil julio luglio lug julho lipiec lipca lip cervenec cervence temmuz tem iulie heinakuu heinakuuta julius liepos июля июл липня
aug august augustus aout agosto ago augusti sierpien sierpnia sie srpen srpna agustos agu elokuu elokuuta augusztus rugpjucio agustus августа авг серпня
sep sept september septembre septiembre settembre set setembro wrzesien wrzesnia wrz zari eylul eyl septembrie syyskuu syyskuuta szeptember rugsejo сентября сен сент вересня
oct october oktober okt octobre octubre ottobre ott outubro out pazdziernik pazdziernika paz rijen rijna ekim eki octombrie lokakuu lokakuuta oktobar spalio октября окт жовтня
nov november novembre noviembre novembro listopad listopada lis listopadu kasim kas noiembrie marraskuu marraskuuta lapkricio ноября ноя листопада
dec december dez dezember decembre diciembre dic dicembre dezembro grudzien grudnia gru prosinec prosince aralik ara decembrie joulukuu joulukuuta des desember gruodzio декабря дек грудня
"""


def fold(name: str) -> str:
    """Returns a name in lower case without accents.

    >>> fold("Août"), fold("März")
    ('aout', 'marz')
    """
    return "".join(char for char in unicodedata.normalize("NFKD", name.lower().replace("ı", "i").replace("ł", "l")) if not unicodedata.combining(char))


MONTHS = {fold(name): number for number, line in enumerate(_NAMES.replace("\n ", " ").strip().split("\n"), 1) for name in line.split()}
"""From a folded name to the month's number."""
