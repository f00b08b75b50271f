"""Tables, struck-out text and several articles in JATS files."""

from __future__ import annotations

from pathlib import Path

import pytest

from extract.document import SourceText
from extract.reading import read


def article(body: str) -> str:
    return (
        "<article><front><article-meta><title-group><article-title>A rash</article-title></title-group></article-meta>"
        f"</front><body><sec><title>Case</title>{body}</sec></body></article>"
    )


def of(tmp_path: Path, xml: str, name: str = "a.xml") -> SourceText:
    path = tmp_path / name
    path.write_text(xml, encoding="utf-8")
    return read(path)


def rows(tmp_path: Path, table: str) -> list[str]:
    source = of(tmp_path, article(f"<p>Seen at once.</p><table-wrap><table>{table}</table></table-wrap>"))
    (section,) = [s for s in source.sections if s.name == "table"]
    return source.text[section.start : section.end].split("\n\n")


def test_rows_that_share_their_first_cell_are_one_patients(tmp_path: Path) -> None:
    table = (
        '<thead><tr><th rowspan="2">Patient</th><th rowspan="2">Age</th><th colspan="2">Treatment</th></tr>'
        "<tr><th>Drug</th><th>Dose</th></tr></thead><tbody>"
        '<tr><td rowspan="2">A</td><td rowspan="2">54</td><td>Prednisone</td><td>30 mg daily</td></tr>'
        "<tr><td>Cetirizine</td><td>10 mg at night</td></tr>"
        "<tr><td>B</td><td>61</td><td>Petrolatum</td><td></td></tr></tbody>"
    )
    assert rows(tmp_path, table) == [
        "Patient: A; Age: 54; Drug: Prednisone; Dose: 30 mg daily; Drug: Cetirizine; Dose: 10 mg at night",
        "Patient: B; Age: 61; Drug: Petrolatum",
    ]


def test_columns_called_alike_bear_the_name_of_their_group(tmp_path: Path) -> None:
    table = (
        '<thead><tr><th/><th colspan="2">Before</th><th colspan="2">After</th></tr>'
        "<tr><th>Hand</th><th>Pain</th><th>Bullae</th><th>Pain</th><th>Bullae</th></tr></thead>"
        "<tbody><tr><td>Left</td><td>7</td><td>4</td><td>2</td><td>0</td></tr></tbody>"
    )
    assert rows(tmp_path, table) == ["Hand: Left; Before, Pain: 7; Before, Bullae: 4; After, Pain: 2; After, Bullae: 0"]


def test_patients_that_are_columns_are_told_one_by_one(tmp_path: Path) -> None:
    table = (
        "<tr><th></th><th>Patient 1</th><th>Patient 2</th></tr><tr><td>Age</td><td>54</td><td>61</td></tr>"
        "<tr><td>Drug</td><td>Prednisone 30 mg</td><td>None</td></tr>"
    )
    assert rows(tmp_path, table) == [
        "Patient 1; Age: 54; Drug: Prednisone 30 mg",
        "Patient 2; Age: 61; Drug: None",
    ]


@pytest.mark.parametrize("span", ["0", "-3", "x", "", "99999999"])
def test_spans_that_make_no_sense_do_no_harm(tmp_path: Path, span: str) -> None:
    told = rows(tmp_path, f'<tr><th>Day</th></tr><tr><td rowspan="{span}" colspan="{span}">Three</td></tr>')
    assert "Three" in told[0]


def test_struck_out_text_is_not_told(tmp_path: Path) -> None:
    source = of(tmp_path, article("<p>She took prednisone <strike>60 mg</strike> 30 mg and slept.</p>"))
    assert "prednisone 30 mg and slept." in source.text and "60" not in source.text
    assert [w.message for w in source.warnings] == ["1 struck out passage not read as text"]


def test_of_several_articles_in_a_file_the_first_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    two = f"<pmc-articleset>{article('<p>A man of 40.</p>')}{article('<p>A woman of 50.</p>')}</pmc-articleset>"
    source = of(tmp_path, two)
    assert "man of 40" in source.text and "woman" not in source.text
    assert [w.message for w in source.warnings] == [
        "only the first of 2 articles in the file was read: `casesift unpack` gives each a file of its own"
    ]


def test_nxml_is_jats(tmp_path: Path) -> None:
    assert "A man of 40." in of(tmp_path, article("<p>A man of 40.</p>"), "a.nxml").text


def test_what_stands_under_a_table_is_a_footnote(tmp_path: Path) -> None:
    foot = "<table-wrap-foot><p>LEF, leflunomide.</p></table-wrap-foot>"
    table = f"<table-wrap><label>Table 1</label><table><tr><th>Test</th></tr><tr><td>Urate</td></tr></table>{foot}</table-wrap>"
    source = of(tmp_path, article(f"<p>A man of 40.</p>{table}"))
    where = {words: source.section_at(source.text.index(words)).name for words in ("Urate", "leflunomide")}  # type: ignore[union-attr]
    assert where == {"Urate": "table", "leflunomide": "footnote"} and source.text.count("leflunomide") == 1
