"""Query parameters that say how a reader came, never what the page shows.

Names are compared in lower case. A name stands here only when no page is known by it: `id`, `p`, `page`, `aid`, `newsid`
and the like are never dropped, so two articles of one script never become one. A name that is a word, or so short that it may
mean something else, is dropped only with a value that begins with no digit: `?from=app` says how the reader came, `?from=20` which part
of a list is shown.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_plus

PREFIXES = ("utm_", "utm-", "mtm_", "hsa_", "at_campaign", "at_medium", "_hs")

_KNOWN = """
fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid twclid ttclid igshid igsh mc_cid mc_eid mkt_tok vero_id oly_anon_id
oly_enc_id _ga _gl _openstat s_kwcid cmpid ref_src ref_url smtyp xtor wt_mc wt.mc_id pk_campaign pk_kwd pk_source pk_medium pk_content pk_cid
spm scm from_source from_module fromvsogou isappinstalled nsukey weibo_id wx_share sharetype sharefrom shareto
share_token share_source share_medium share_from sharetoken vd_source wfr bd_vid tt_from tt_group_id timestamp_share app_share
phpsessid jsessionid aspsessionid sessionid session_id sid_session cfid cftoken
"""
NAMES = frozenset(_KNOWN.split())
"""These can mean nothing else, whatever their value."""

UNSURE_NAMES = frozenset("from share cmp ncid ocid smid taid seid".split())
UNSURE_PREFIXES = ("pk_", "share_", "sharer")
"""These can: `pk_` begins a primary key as well as a campaign."""

_NUMBER = re.compile(r"\s*[-+]?\d")


def is_tracking(name: str, value: str = "") -> bool:
    """Returns whether a query parameter of this name and value, as the address has them, is dropped from a canonical URL.

    >>> is_tracking("utm_source", "7"), is_tracking("FBCLID"), is_tracking("id"), is_tracking("from", "app"), is_tracking("from", "20")
    (True, True, False, True, False)
    """
    name = name.lower()
    if name in NAMES or name.startswith(PREFIXES):
        return True
    return (name in UNSURE_NAMES or name.startswith(UNSURE_PREFIXES)) and _NUMBER.match(unquote_plus(value)) is None
