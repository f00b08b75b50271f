"""A stand-in for `extract.Extractor` that reads real files and finds a few facts in them by their words, in no time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from extract import read
from extract.document import SourceText
from extract.schema import AdverseEvent, Case, Diagnosis, Document, Mention, PainScore, Report, Therapy, Treatment

DOSE = r"(?P<drug>[A-Za-z]+) (?P<dose>(?P<value>[\d.]+) (?P<unit>mg|g|mL))"


@dataclass
class PaperExtractor:
    """`known`: words that are diagnoses; `doses` reads "bisoprolol 2.5 mg"; `factor` makes doses another pipeline's."""

    fingerprint: str = "paper-1"
    known: tuple[str, ...] = ("fracture", "aortic stenosis")
    factor: float = 1.0

    def read(self, path: Path) -> SourceText:
        return read(path)

    def __call__(self, path: Path, *, doc_id: str | None = None, file: str = "") -> Report:
        doc_id = doc_id or "d0"
        source = self.read(path)
        case = Case(case_id=f"{doc_id}-c1", role="index", age_text="91-year-old", age_years=91.0, sex="F", doc_id=doc_id, file=file, confidence=0.9, **place(source, 0, 3))  # fmt: skip
        common = {"doc_id": doc_id, "file": file, "case_id": case.case_id}
        diagnoses = [
            Diagnosis(diagnosis_id=f"{doc_id}-d-{m.start()}", text=m[0], diagnosis=m[0].lower(), confidence=0.9, **common, **place(source, *m.span()))
            for word in self.known if (m := re.search(word, source.text, re.I))
        ]  # fmt: skip
        treatments, mentions = [], []
        for n, m in enumerate(re.finditer(DOSE, source.text)):
            key = f"{doc_id}-t-{m.start()}"
            told = {"dose_text": m["dose"], "dose_value": float(m["value"]) * self.factor, "dose_unit": m["unit"]}
            treatments.append(Treatment(treatment_id=key, text=m["drug"], drug=m["drug"].lower(), confidence=0.6 + 0.3 * (n % 2), **told, **common, **place(source, *m.span("drug"))))  # fmt: skip
            mentions.append(Mention(mention_id=f"{doc_id}-m-{m.start('dose')}", label="dose", text=m["dose"], linked_to=key, **common, **place(source, *m.span("dose"))))  # fmt: skip
        pain = [
            PainScore(pain_id=f"{doc_id}-p-{m.start()}", text=m[0], value=float(m[1]), scale_max=float(m[2]), confidence=0.9, **common, **place(source, *m.span()))
            for m in re.finditer(r"pain (\d)/(10)", source.text)
        ]  # fmt: skip
        therapies = [
            Therapy(therapy_id=f"{doc_id}-o-{m.start()}", text=m[0], therapy=m[0].lower(), kind="surgery", confidence=0.94, **common, **place(source, *m.span()))
            for m in re.finditer(r"splenectomy|debridement", source.text)
        ]  # fmt: skip
        harms = [
            AdverseEvent(event_id=f"{doc_id}-e-{m.start()}", text=m[1], event=m[1], drug=m[2], link="cause", confidence=0.9, **common, **place(source, *m.span(1)))
            for m in re.finditer(r"(rash|nausea) from (\w+)", source.text)
        ]  # fmt: skip
        document = Document(doc_id=doc_id, file=file, title=source.title, pages=source.pages)
        return Report(
            document=document, cases=(case,), diagnoses=tuple(diagnoses), treatments=tuple(treatments),
            pain_scores=tuple(pain), therapies=tuple(therapies), adverse_events=tuple(harms), mentions=tuple(mentions),
        )  # fmt: skip


def place(source: SourceText, start: int, end: int) -> dict:
    box = source.box(start, end)
    edges = {"page": box.page, "x0": box.x0, "top": box.top, "x1": box.x1, "bottom": box.bottom} if box else {}
    sentence = re.search(r"\S[^.\n]*$", source.text[:end])
    begin = sentence.start() if sentence else start
    return {"start": start, "end": end, "evidence": " ".join(source.text[begin:end].split()), **edges}
