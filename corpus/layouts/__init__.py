"""The journals: each module holds page templates; `LAYOUTS` maps the name in a report's header to one."""

from __future__ import annotations

from layouts.base import Layout
from layouts.manuscript import Manuscript
from layouts.one_column import Letter, OneColumn, Sidebar
from layouts.two_columns import Abstracted, Ligatured, Scrambled, TwoColumns

LAYOUTS: dict[str, type[Layout]] = {
    "two-columns": TwoColumns,
    "abstracted": Abstracted,
    "ligatured": Ligatured,
    "scrambled": Scrambled,
    "one-column": OneColumn,
    "letter": Letter,
    "sidebar": Sidebar,
    "manuscript": Manuscript,
}
