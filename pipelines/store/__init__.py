"""The store: one SQLite file an output folder, the truth that all tables are views of; and what is kept beside it.

`store` holds the records, laid out by `layout`; `runs` is the run book, `locking` keeps a second run out, `sources` gives the
text of a stored document again.
"""

from pipelines.store.store import Store

__all__ = ["Store"]
