"""A word list for the mention model: which words name drugs, which stand in names of diseases.

Optional step of the recipe before the network. Annotated texts hold few thousand drug names; dictionaries
hold a hundred thousand. The network gets the class of each word as one more attribute and learns from the
annotations how far to trust it. Sources are the dictionaries the package installs anyway: the drug
dictionary (`extract.language.terms.drug_dictionary`) and the titles of ICD-10-CM (`simple_icd_10_cm`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import simple_icd_10_cm

from extract.language.terms import drug_dictionary

_WORD = re.compile(r"[a-z]{4,}")
_COMMON = 1500

#: classes; 0 is every other word
DRUG, DRUG_PART, DISEASE, DRUG_AND_DISEASE = 1, 2, 3, 4


def build(texts: Iterable[str]) -> dict[str, int]:
    """Class by lower-case word. `texts` is running text of the field: its commonest words, which the annotations
    show often enough, are left out but where they are the whole name of a drug."""
    running = Counter(word for text in texts for word in _WORD.findall(text.lower()))
    common = {word for word, _ in running.most_common(_COMMON)}
    names = drug_dictionary.load().wordings
    drugs = {name for name in names if len(name) > 3 and _WORD.fullmatch(name)}
    parts = {word for name in names for word in _WORD.findall(name) if " " in name and len(word) > 6}
    disease = disease_words() - common
    classes = dict.fromkeys(parts - disease - drugs - common, DRUG_PART)
    classes.update(dict.fromkeys(disease, DISEASE))
    classes.update({word: DRUG_AND_DISEASE if word in disease else DRUG for word in drugs})
    return classes


def disease_words() -> set[str]:
    """Words of at least four letters in ICD-10-CM titles."""
    codes = simple_icd_10_cm.get_all_codes(with_dots=True)
    return {word for code in codes for word in _WORD.findall(simple_icd_10_cm.get_description(code).lower())}
