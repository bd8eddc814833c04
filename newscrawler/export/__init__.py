"""What leaves the house: rows to JSON lines, one record a line (docs/record.md).

    Article + what the store knows --article_record--> dict --dumps--> one line

Pure functions on plain values: no database, no file, no clock.
"""

from __future__ import annotations

from newscrawler.export.record import article_record, deleted_record, dumps
from newscrawler.export.schema import record_schema
from newscrawler.export.script import in_script

__all__ = ["article_record", "deleted_record", "dumps", "in_script", "record_schema"]
