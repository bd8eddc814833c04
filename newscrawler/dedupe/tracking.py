"""Query parameters that say how a reader came, never what the page shows.

Names are compared in lower case. A name stands here only when no page is known by it: `id`, `p`, `page`, `aid`, `newsid`
and the like are never dropped, so two articles of one script never become one.
"""

from __future__ import annotations

PREFIXES = ("utm_", "utm-", "mtm_", "pk_", "hsa_", "at_campaign", "at_medium", "share_", "sharer", "_hs")

_KNOWN = """
fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid twclid ttclid igshid igsh mc_cid mc_eid mkt_tok vero_id oly_anon_id
oly_enc_id _ga _gl _openstat s_kwcid cmpid cmp ncid ocid ref_src ref_url smid smtyp taid xtor wt_mc wt.mc_id
spm scm from from_source from_module fromvsogou isappinstalled nsukey weibo_id wx_share share sharetype sharefrom shareto
share_token sharetoken vd_source seid wfr bd_vid tt_from tt_group_id timestamp_share app_share
phpsessid jsessionid aspsessionid sessionid session_id sid_session cfid cftoken
"""
NAMES = frozenset(_KNOWN.split())


def is_tracking(name: str) -> bool:
    """Returns whether a query parameter of this name is dropped from a canonical URL.

    >>> is_tracking("utm_source"), is_tracking("FBCLID"), is_tracking("id")
    (True, True, False)
    """
    name = name.lower()
    return name in NAMES or name.startswith(PREFIXES)
