"""Routes that are told by what was done."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Found = Callable[[str, str], list[tuple[str, str]]]


@pytest.mark.parametrize(
    ("text", "norm"),
    [
        ("A femoral nerve block with 20 mL of 0.5% ropivacaine was done.", "perineural"),
        ("Ropivacaine 20 mL was used for the sciatic block.", "perineural"),
        ("The nerve was blocked with lidocaine.", "perineural"),
        ("She had spinal anaesthesia with bupivacaine.", "intrathecal"),
        ("The skin was infiltrated with lidocaine.", "infiltration"),
        ("Wound infiltration with bupivacaine followed.", "infiltration"),
        ("He ingested 2 g of metformin.", "oral"),
        ("She swallowed 20 tablets of propranolol.", "oral"),
        ("Oral ulcers were treated by rinsing: he gargled with chlorhexidine.", "topical"),
        ("Chloramphenicol ointment was applied over the left eye.", "ophthalmic"),
        ("Clobetasol cream was applied to the elbows.", "topical"),
        ("The ulcer was dressed with mupirocin.", "topical"),
        ("The cavity was irrigated with gentamicin.", "irrigation"),
        ("Nebulisation with colistin was begun.", "inhaled"),
        ("Amiodarone was given through a central line.", "intravenous"),
        ("Botulinum toxin was injected into the masseter muscle.", "intramuscular"),
        ("She was given intravenous (IV) cefazolin.", "intravenous"),
        ("Triamcinolone 20 mg was injected into the left keloid.", "intralesional"),
        ("Metronidazole powder was sprinkled over the ulcer.", "topical"),
        ("At night she applied capsaicin.", "topical"),
        ("Daily application of povidone-iodine was advised.", "topical"),
    ],
)
def test_told_by_what_was_done(found: Found, text: str, norm: str) -> None:
    assert norm in [n for _, n in found(text, "route")]


@pytest.mark.parametrize(
    "text",
    [
        "Complete heart block developed under metoprolol.",
        "A left bundle branch block was seen before flecainide.",
        "The spinal cord was compressed; dexamethasone was begun.",
        "Pressure was applied to the wound.",
        "A plaster cast was applied and morphine was given.",
        "Daily application of traction was painful.",
        "The dermis was infiltrated by lymphocytes.",
        "He had swallowed a coin.",
        "A paraffin block was stained.",
    ],
)
def test_acts_without_a_drug_are_no_routes(found: Found, text: str) -> None:
    assert found(text, "route") == []
