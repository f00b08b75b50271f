"""Codes of the mentions: ICD-10-CM for diagnoses, DrugBank and MeSH for drugs; the component `casesift_codes`."""

from __future__ import annotations

from collections.abc import Iterable


def releases(linked: Iterable[str] = ()) -> str:
    """The releases of the code lists at hand, for a person to cite: "ICD-10-CM April-2026; drug-named-entity-recognition 2.0.9".

    Args:
        linked: the linkers that the settings name.
    """
    from importlib.metadata import version

    from extract.language.codes import icd_knowledge, linkers
    from extract.language.terms import drug_dictionary

    ours = [f"ICD-10-CM {icd_knowledge.release()}", f"{drug_dictionary.PACKAGE} {version(drug_dictionary.PACKAGE)}"]
    return "; ".join([*ours, *map(linkers.release, linked)])
