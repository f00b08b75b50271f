"""The report page: one HTML file with everything in it, to be mailed and read anywhere.

In: an output folder. Out: a page with the figures, the plots, the rows (sorted and filtered in the page), the evidence of
each, and the documents' text with its mentions coloured. It loads nothing, and what a PDF says is only ever text in it.
"""

from __future__ import annotations

from pathlib import Path

from extract.errors import Code, PipelineError, to_install
from pipelines.files.replacing import replacing
from pipelines.report.gather import gather
from pipelines.report.page import render
from pipelines.report.plots import plots
from pipelines.report.texts import texts
from pipelines.store import Store

#: where the page goes in the output folder
REPORT_NAME = "report.html"

#: documents whose text is in the page, unless told otherwise: some 40 kB each
MOST_TEXTS = 300


def write_report(out: Path, dest: Path | None = None, *, most_texts: int = MOST_TEXTS) -> Path:
    """Write the report page of an output folder and return where it is.

    Args:
        dest: the file; `report.html` in the folder if not told.
        most_texts: documents whose text is in the page, in document order; the evidence of every row is there anyway.

    Raises:
        PipelineError: `usage` when there is no run in `out` or matplotlib is not installed, `store` when the
            page cannot be written.
    """
    try:
        import matplotlib  # noqa: F401 - told before any work is done
    except ImportError as error:
        raise PipelineError(
            Code.USAGE, "the plots of the report need matplotlib", mend=to_install("casesift[report]")
        ) from error
    dest = dest or out / REPORT_NAME
    with Store.open(out) as store:
        findings = gather(store)
        page = render(store, findings, plots(findings), texts(store, most_texts))
    with replacing(dest) as stream:
        stream.write(page)
    return dest


__all__ = ["MOST_TEXTS", "REPORT_NAME", "write_report"]
