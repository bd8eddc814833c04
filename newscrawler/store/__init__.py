"""Tables, migrations and all SQL (SQLAlchemy Core; SQLite by path, PostgreSQL by URL).

`connect` opens, `hold` makes one crawl at a time sure, `Ledger` writes a crawl; the other modules each hold the SQL of one
subject: `queue`, `discover`, `parts`, `reading` (status, why, export), `near` (near-duplicates), `scheduled`, `audit`, `forget`.
"""

from newscrawler.store.database import DEFAULT, connect, database_url, hold, upgrade
from newscrawler.store.discover import Found
from newscrawler.store.ledger import Ledger
from newscrawler.store.near import NearIndex
from newscrawler.store.outcome import Body, Outcome
from newscrawler.store.parts import PartRead
from newscrawler.store.queue import Choice, Task
from newscrawler.store.undo import redo, undo, undone_kinds

__all__ = [
    "DEFAULT", "Body", "Choice", "Found", "Ledger", "NearIndex", "Outcome", "PartRead", "Task", "connect", "database_url", "hold", "redo", "undo",
    "undone_kinds", "upgrade",
]  # fmt: skip
