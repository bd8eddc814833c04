"""What a crawl brought, against what it used to bring: the yield guard.

    store/yields --Figures of each run--> guard.judge --> turning: last good, first bad page --> store/alerts --> delivery

`guard` judges and `turning` finds the page where it turned: both pure. `watch` brings them together when a run ends, `words` says
an alert in a line, as JSON and as a mail, `delivery` sends it.
"""

from __future__ import annotations

from newscrawler.report.watch import settle

__all__ = ["settle"]
