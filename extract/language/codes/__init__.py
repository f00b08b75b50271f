"""Codes of the mentions: ICD-10-CM for diagnoses, DrugBank and MeSH for drugs; the component `casesift_codes`."""

from __future__ import annotations


def releases() -> str:
    """The releases of the code lists at hand, for a person to cite: "ICD-10-CM April-2026; drug-named-entity-recognition 2.0.9"."""
    from importlib.metadata import version

    from extract.language.codes import icd_knowledge
    from extract.language.terms import drug_dictionary

    return f"ICD-10-CM {icd_knowledge.release()}; {drug_dictionary.PACKAGE} {version(drug_dictionary.PACKAGE)}"
