"""A Report in a notebook: text with coloured mentions, rows, the page with boxes, everything escaped."""

from __future__ import annotations

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import casesift
from casesift.notebook import marked
from extract.schema import Mention

EXAMPLES = Path(__file__).parents[2] / "examples"


class Page(HTMLParser):
    """The elements of a page, its visible text, and whether what was opened was closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in ("img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def mention(start: int, end: int, label: str = "drug", **more: str) -> Mention:
    return Mention(mention_id="m", doc_id="d", label=label, text="x", start=start, end=end, **more)


def test_a_report_of_a_pdf_shows_text_rows_and_its_page(result: casesift.Result) -> None:
    html = result.report("skin/urea-eucerin.pdf")._repr_html_()
    page = Page(html)
    assert page.open == []
    assert 'title="drug: stopped" style="background:#a5d8ff' in html
    assert "hereditary palmoplantar keratoderma" in page.text and "7 on a numeric rating scale" in page.text
    [picture] = [value for name, value in page.attributes if name == "src"]
    assert picture is not None and picture.startswith("data:image/jpeg;base64,/9j/")
    boxes = re.findall(r"left:([\d.]+)%;top:([\d.]+)%;width:([\d.]+)%;height:([\d.]+)%", html)
    assert len(boxes) > 100
    assert all(float(x) + float(w) <= 100 and float(y) + float(h) <= 100 for x, y, w, h in boxes)


def test_a_report_of_a_text_has_no_page(papers: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A 61-year-old woman with gout took aspirin 100 mg daily.\n")
    page = Page(casesift.read(tmp_path / "a.txt", workers=0, progress=False).report("a.txt")._repr_html_())
    assert "img" not in page.tags and page.tags.count("mark") == 6 and "aspirin" in page.text


def test_other_pages_are_drawn_when_asked_for_and_one_that_is_not_there_says_so(result: casesift.Result) -> None:
    html = result.report("skin/urea-eucerin.pdf").html(pages=[2, 9])
    assert html.count("<img") == 1 and "page 2" in html and "Page 9 cannot be shown" in html


def test_nothing_a_paper_says_is_run(tmp_path: Path) -> None:
    text = 'A 61-year-old woman <script>alert(1)</script> with gout & "pain" took <img src=x onerror=alert(2)> aspirin 100 mg daily.\n'
    path = tmp_path / "<b onclick='x'>.txt"
    path.write_text(text)
    html = casesift.read(path, workers=0, progress=False).reports[0]._repr_html_()
    page = Page(html)
    assert not {"script", "img", "b onclick='x'"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert "<script>alert(1)</script>" in page.text and "<b onclick='x'>.txt" in page.text


def test_a_file_that_is_gone_or_changed_leaves_the_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("A 61-year-old woman with gout took aspirin 100 mg daily.\n")
    [report] = casesift.read(path, workers=0, progress=False).reports
    path.write_text("Other words.\n")
    html = report._repr_html_()
    assert "changed: it was changed since it was read" in html and "aspirin" in html and "<mark" not in html
    path.unlink()
    assert "not-found: no such file" in report._repr_html_()


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], "a &lt;b&gt; c"),
        ([(2, 5)], "a [&lt;b&gt;] c"),
        ([(0, 5), (2, 5)], "[a [&lt;b&gt;]] c"),
        ([(0, 3), (2, 5)], "[a &lt;]b&gt; c"),  # one that only overlaps is left out
        ([(0, 1), (2, 5), (6, 7)], "[a] [&lt;b&gt;] [c]"),
        ([(5, 99), (3, 3)], "a &lt;b&gt; c"),  # no place in the text
    ],
)
def test_mentions_are_marked_inside_each_other_but_never_across(spans: list[tuple[int, int]], expected: str) -> None:
    html = marked("a <b> c", [mention(*span) for span in spans])
    assert re.sub("<mark[^>]*>", "[", html).replace("</mark>", "]") == expected


def test_the_notebook_of_the_examples_runs(tmp_path: Path) -> None:
    """It is executed as a person would, beside a copy of three reports; what its cells print is looked at."""
    papers = tmp_path / "corpus" / "pdf"
    papers.mkdir(parents=True)
    for name in ("urea-eucerin.pdf", "erythromelalgia-plo.pdf", "amiodarone-sealed.pdf"):
        shutil.copy(EXAMPLES.parent / "corpus" / "pdf" / name, papers)
    (tmp_path / "examples").mkdir()
    notebook = nbformat.read(EXAMPLES / "first_hour.ipynb", as_version=4)
    client = NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path / "examples")}}
    )
    client.execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert not [o for o in outputs if o.output_type == "error"]
    told = "\n".join(
        str(o.get("text", ""))
        + str(o.get("data", {}).get("text/html", ""))
        + str(o.get("data", {}).get("text/plain", ""))
        for o in outputs
    )
    assert "3 documents (1 failed)" in told and "encrypted-pdf" in told
    assert "mg_per_day_least" in told
    assert "pluronic lecithin organogel" in told and "data:image/jpeg;base64," in told
