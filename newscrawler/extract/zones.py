"""The zone of a site's country: for times that pages print without one.

Only countries with one zone are listed, so a site of the United States, Russia or Brazil gets none. The country is that of the
host's top-level domain, else the region of the page's locale (de_DE), else the country of a language that is written in one.
"""

from __future__ import annotations

import re
from datetime import tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_ZONES = {
    "Asia/Shanghai": "cn", "Asia/Taipei": "tw", "Asia/Hong_Kong": "hk", "Asia/Macau": "mo", "Asia/Singapore": "sg", "Asia/Tokyo": "jp", "Asia/Seoul": "kr",
    "Asia/Kuala_Lumpur": "my", "Asia/Bangkok": "th", "Asia/Ho_Chi_Minh": "vn", "Asia/Manila": "ph", "Asia/Kolkata": "in", "Asia/Karachi": "pk",
    "Asia/Dhaka": "bd", "Asia/Dubai": "ae", "Asia/Jerusalem": "il", "Asia/Riyadh": "sa", "Asia/Tehran": "ir", "Europe/Istanbul": "tr", "Europe/London": "uk gb",
    "Europe/Dublin": "ie", "Europe/Berlin": "de", "Europe/Vienna": "at", "Europe/Zurich": "ch li", "Europe/Paris": "fr", "Europe/Brussels": "be",
    "Europe/Amsterdam": "nl", "Europe/Luxembourg": "lu", "Europe/Rome": "it", "Europe/Warsaw": "pl", "Europe/Prague": "cz", "Europe/Bratislava": "sk",
    "Europe/Budapest": "hu", "Europe/Bucharest": "ro", "Europe/Sofia": "bg", "Europe/Athens": "gr", "Europe/Belgrade": "rs", "Europe/Zagreb": "hr",
    "Europe/Ljubljana": "si", "Europe/Copenhagen": "dk", "Europe/Stockholm": "se", "Europe/Oslo": "no", "Europe/Helsinki": "fi", "Europe/Tallinn": "ee",
    "Europe/Riga": "lv", "Europe/Vilnius": "lt", "Europe/Kyiv": "ua", "Europe/Minsk": "by", "Africa/Cairo": "eg", "Africa/Lagos": "ng", "Africa/Nairobi": "ke",
    "Africa/Johannesburg": "za", "Africa/Casablanca": "ma", "Africa/Tunis": "tn", "Africa/Algiers": "dz", "America/Bogota": "co", "America/Lima": "pe",
    "America/Argentina/Buenos_Aires": "ar", "America/Caracas": "ve", "America/Montevideo": "uy", "America/La_Paz": "bo",
}  # fmt: skip
_ZONE_OF = {country: zone for zone, countries in _ZONES.items() for country in countries.split()}
_COUNTRY_OF_LANGUAGE = {
    "zh-hans": "cn", "zh-hant": "tw", "ja": "jp", "ko": "kr", "de": "de", "it": "it", "pl": "pl", "cs": "cz", "hu": "hu", "tr": "tr", "vi": "vn", "th": "th",
    "sv": "se", "da": "dk", "nb": "no", "nn": "no", "no": "no", "fi": "fi", "he": "il", "el": "gr", "uk": "ua",
}  # fmt: skip
_REGION = re.compile(r"[-_]([A-Za-z]{2})$")


def site_zone(host: str, locales: tuple[str, ...], language: str | None) -> tzinfo | None:
    """Returns the zone of the country that a host, the page's locales or its language tell, or None.

    >>> str(site_zone("www.example.de", (), None)), site_zone("www.example.com", ("en_US",), "en")
    ('Europe/Berlin', None)
    """
    return _zone(_country(host, locales, (language or "").lower()))


def is_american(host: str, locales: tuple[str, ...]) -> bool:
    """Returns whether a page writes the month before the day: its locale or host is of the United States, or English without a country."""
    regions = [found[1].lower() for locale in locales if (found := _REGION.search(locale))]
    if regions:
        return regions[0] == "us"
    return host.endswith((".us", ".com", ".org", ".net", ".io")) and any(locale.lower().startswith("en") for locale in locales)


def _country(host: str, locales: tuple[str, ...], language: str) -> str:
    domain = host.rpartition(".")[2].lower()
    if domain in _ZONE_OF:
        return domain
    for locale in locales:
        found = _REGION.search(locale)
        if found:
            return found[1].lower()
    return _COUNTRY_OF_LANGUAGE.get(language, "")


@lru_cache(maxsize=256)
def _zone(country: str) -> tzinfo | None:
    name = _ZONE_OF.get(country)
    try:
        return ZoneInfo(name) if name else None
    except ZoneInfoNotFoundError:  # a machine without the zones' tables: such times are given as their day
        return None
