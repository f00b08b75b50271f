"""A text that is not in English says so: casesift reads no other language, and what it finds in one is not to be trusted."""

from __future__ import annotations

from pathlib import Path

import pytest

from extract.reading import read

SPANISH = (
    "Presentamos el caso de una mujer de 47 años con dolor en la pierna que fue tratada con gabapentina 300 mg cada 8 horas "
    "durante dos semanas, y a la que se le retiró el fármaco por sueño."
)
ENGLISH = (
    "A 47-year-old woman with pain in her leg was treated with gabapentin 300 mg every 8 hours for two weeks, and the drug was "
    "stopped because of drowsiness."
)


@pytest.mark.parametrize(
    ("tongue", "text"),
    [
        ("Spanish", SPANISH),
        ("French", "Une femme de 47 ans avait des douleurs dans la jambe et a été traitée par gabapentine 300 mg toutes les 8 heures "
                   "pendant deux semaines, puis le traitement a été arrêté."),
        ("German", "Eine 47-jährige Frau mit Schmerzen im Bein wurde mit Gabapentin 300 mg alle 8 Stunden über zwei Wochen behandelt, "
                   "und das Mittel wurde wegen Müdigkeit abgesetzt, was sie nicht gewünscht hatte."),
        ("Portuguese", "Uma mulher de 47 anos com dor na perna foi tratada com gabapentina 300 mg a cada 8 horas por duas semanas, e "
                       "o medicamento foi suspenso porque não o tolerava."),
        ("Cyrillic letters", "Женщина 47 лет получала габапентин 300 мг три раза в день."),
        ("Chinese or Japanese characters", "患者女，47岁，腿痛，给予加巴喷丁300 mg，每日三次，共两周。"),
        ("Korean letters", "47세 여성 환자에게 가바펜틴 300 mg을 하루 세 번 투여하였다."),
        ("Arabic letters", "تلقت امرأة عمرها 47 عاما gabapentin 300 mg ثلاث مرات في اليوم."),
        ("Spanish", f"{ENGLISH} {3 * SPANISH}"),  # a translated abstract comes first
    ],
)  # fmt: skip
def test_a_text_in_another_language_is_told_with_its_name(tmp_path: Path, tongue: str, text: str) -> None:
    assert f"it is written in {tongue}, not in English: do not trust its rows" in warnings(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    [
        ENGLISH,
        f"{3 * ENGLISH} {SPANISH}",
        "57F, HTN, DM2, c/o LBP x 3 wk. Rx: ibuprofen 400 mg tid, tramadol 50 mg prn. MRI L4/5 disc. F/u 2 wk: VAS 8 -> 3. Plan: PT.",
        "Levels of IL-6 and TNF-α; β-hCG; κ light chains; μg of α1-antitrypsin by γ-GT.",
        "Dr. José Müller, Universität Zürich; Hôpital de la Pitié, Paris; Ospedale San Raffaele, Milano.",
        "42",
    ],
)
def test_english_is_not_remarked_upon(tmp_path: Path, text: str) -> None:
    assert warnings(tmp_path, text) == []


def warnings(folder: Path, text: str) -> list[str]:
    (folder / "a.txt").write_text(text, encoding="utf-8")
    return [w.message for w in read(folder / "a.txt").warnings]
