"""GA4GH Phenopackets v2 (https://phenopacket-schema.readthedocs.io): one JSON file for each patient, checked by the official protobuf package.

In: the store. Out: `phenopackets/CASE.json`, one for each index case of one person:

- the subject with age and sex; diseases that are present or past, and absent ones as excluded, one for each code; the drugs really given,
  each with agent, route, a dose interval for each regimen, what it was given for and why it was ended; ratings of pain as measurements; DOI and
  PubMed identifier; the code systems used. `phenopacket_elements` makes the parts.
- What the schema has no place for stands as text: each fact has an external reference `casesift:ROW` with its page, sentence and confidence, and
  there a duration (dose intervals take points in time only, which few reports tell), a range of doses, the vehicle, the outcome.
- Left out: possible diagnoses and those of the family, drugs declined, planned or avoided, groups told as one (`LEFT_OUT.txt`). Nothing
  stands for what is not told: no measurement without a rating, no dose without a number, no onset.

A value of 0 is written (protobuf's JSON leaves it out by default, and "pain 0" would look like "pain not told").
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from extract.errors import Code, PipelineError, to_install
from pipelines.exports import patients as p
from pipelines.exports.patients import Patient, Row, Term
from pipelines.exports.phenopacket_elements import diseases, done_action, drug_actions, ontology_class, rating
from pipelines.store import Store

_PHENOPACKETS = "2.0"
_HUMAN = Term("NCBITaxon", "9606", "Homo sapiens")

#: prefix -> name, address, where its terms stand
_RESOURCES = {
    "casesift": ("Names of casesift that have no code", "https://pypi.org/project/casesift/", "urn:casesift:"),
    "DrugBank": ("DrugBank", "https://go.drugbank.com", "https://go.drugbank.com/drugs/"),
    "HP": ("Human Phenotype Ontology", "https://hpo.jax.org", "http://purl.obolibrary.org/obo/HP_"),
    "ICD10CM": ("ICD-10-CM", "https://www.cdc.gov/nchs/icd/icd-10-cm", "http://purl.bioontology.org/ontology/ICD10CM/"),
    "LOINC": ("Logical Observation Identifiers Names and Codes", "https://loinc.org", "https://loinc.org/"),
    "MESH": ("Medical Subject Headings", "https://meshb.nlm.nih.gov", "http://id.nlm.nih.gov/mesh/"),
    "NCBITaxon": (
        "NCBI Taxonomy",
        "https://www.ncbi.nlm.nih.gov/taxonomy",
        "http://purl.obolibrary.org/obo/NCBITaxon_",
    ),
    "NCIT": ("NCI Thesaurus", "https://evs.nci.nih.gov", "http://purl.obolibrary.org/obo/NCIT_"),
    "UMLS": (
        "UMLS Metathesaurus",
        "https://www.nlm.nih.gov/research/umls",
        "https://uts.nlm.nih.gov/uts/umls/concept/",
    ),
    "UCUM": ("Unified Code for Units of Measure", "https://ucum.org", "http://unitsofmeasure.org/"),
}


def export(
    store: Store,
    dest: Path,
    *,
    confidence: float = 0.0,
    strict: bool = False,
    told: Callable[[str], object] = lambda _: None,
) -> list[Path]:
    """Write `phenopackets/CASE.json` for each patient into `dest`; those of patients that are no more are taken away.

    Args:
        confidence: leave out rows that are less sure, unless a curator looked at them.
        strict: only dose intervals with amount, frequency and dates: the schema's documents demand all three, the protobuf package none.
        told: is told how many rows were left out.

    Raises:
        PipelineError: `usage`, when the library is not installed.
    """
    try:
        import phenopackets  # noqa: F401
    except ModuleNotFoundError as error:
        raise PipelineError(
            Code.USAGE,
            "Phenopackets are checked by the package phenopackets, which is not installed",
            mend=to_install("casesift[phenopackets]"),
        ) from error
    created = datetime.now(UTC).replace(microsecond=0)
    return p.write_each(
        store,
        dest / "phenopackets",
        lambda patient: written(phenopacket(patient, created, strict=strict)),
        confidence=confidence,
        told=told,
    )


def written(packet: Any) -> str:
    """A phenopacket as JSON, with values of 0 and without empty fields; read again, it is the same.

    Raises:
        ValueError: it would not be.
    """
    from google.protobuf import json_format

    fields = json_format.MessageToDict(packet, always_print_fields_with_no_presence=True)
    text = json.dumps(_filled(fields), ensure_ascii=False, indent=1) + "\n"
    if read(text) != packet:
        raise ValueError(f"{packet.id}: the JSON does not hold what the phenopacket does")
    return text


def read(text: str) -> Any:
    """The phenopacket of a JSON text.

    Raises:
        google.protobuf.json_format.ParseError: a field is not one of the schema, or its value is of the wrong kind.
    """
    from google.protobuf import json_format
    from phenopackets import Phenopacket

    return json_format.Parse(text, Phenopacket(), ignore_unknown_fields=False)


def _filled(value: Any) -> Any:
    """Without fields that are empty or unknown; a number of 0 and `false` are told."""
    if isinstance(value, dict):
        filled = {k: _filled(v) for k, v in value.items()}
        return {k: v for k, v in filled.items() if v not in ("", [], {}) and not str(v).startswith("UNKNOWN_")}
    return [_filled(v) for v in value] if isinstance(value, list) else value


def phenopacket(patient: Patient, created: datetime, *, strict: bool = False) -> Any:
    """The `phenopackets.Phenopacket` of a patient; `created`: the time it was made, `strict`: see `export`."""
    import phenopackets as pp

    case, document = patient.case, patient.document
    packet = pp.Phenopacket(id=case["case_id"])
    packet.subject.id = case["case_id"]
    packet.subject.sex = {"F": pp.FEMALE, "M": pp.MALE}.get(case["sex"], pp.UNKNOWN_SEX)
    packet.subject.taxonomy.CopyFrom(ontology_class(_HUMAN))
    if case["age_years"] is not None:
        packet.subject.time_at_last_encounter.age.iso8601duration = p.iso_age(case["age_years"])
    diagnoses = [d for d in patient.diagnoses if d["assertion"] in ("present", "historical", "absent")]
    drugs = [t for t in patient.treatments if t["status"] in p.RECEIVED]
    harms = [e for e in patient.adverse_events if e["link"] == "cause" and e["treatment_id"]]
    therapies = [t for t in patient.therapies if t["status"] in p.DONE]
    ratings = [r for r in patient.pain_scores if r["value_max"] is None]
    packet.diseases.extend(diseases(diagnoses))
    packet.medical_actions.extend(drug_actions(drugs, harms, patient.diagnoses, strict=strict))
    packet.medical_actions.extend(done_action(row) for row in therapies)
    packet.measurements.extend(rating(row) for row in ratings)
    meta = packet.meta_data
    meta.created.FromDatetime(created)
    meta.created_by = f"casesift {version('casesift')}"
    meta.phenopacket_schema_version = _PHENOPACKETS
    meta.external_references.extend(_paper(document))
    facts = (
        ("diagnosis", diagnoses),
        ("treatment", drugs),
        ("pain", ratings),
        ("therapy", therapies),
        ("event", harms),
    )
    for table, rows in facts:
        meta.external_references.extend(_evidence(document, table, row) for row in rows)
    meta.resources.extend(_resources(packet))
    return packet


def _paper(document: Row) -> Iterator[Any]:
    import phenopackets as pp

    title = document["title"] or document["file"]
    if document["doi"]:
        yield pp.ExternalReference(
            id=f"DOI:{document['doi']}", reference=f"https://doi.org/{document['doi']}", description=title
        )
    if document["pmid"]:
        address = f"https://pubmed.ncbi.nlm.nih.gov/{document['pmid']}/"
        yield pp.ExternalReference(id=f"PMID:{document['pmid']}", reference=address, description=title)
    if not document["doi"] and not document["pmid"]:
        yield pp.ExternalReference(id=f"casesift:{document['doc_id']}", description=f"{title} ({document['file']})")


def _evidence(document: Row, table: str, row: Row) -> Any:
    """Where a fact stands, and what the schema has no place for."""
    import phenopackets as pp

    parts = [row["text"], *_beside(table, row)]
    if row["page"]:
        parts.append(f"page {row['page']}")
    parts += [f"confidence {row['confidence']:g}", *([f'"{row["evidence"]}"'] if row["evidence"] else [])]
    reference = f"https://doi.org/{document['doi']}" if document["doi"] else document["file"]
    return pp.ExternalReference(id=f"casesift:{row[f'{table}_id']}", reference=reference, description="; ".join(parts))


def _beside(table: str, row: Row) -> Iterable[str]:
    if table == "diagnosis":
        details: dict[str, Any] = {
            "assertion": row["assertion"] if row["assertion"] != "present" else "",
            "role": row["role"],
            "onset": row["onset_text"],
        }
    elif table == "treatment":
        details = {
            "status": row["status"] if row["status"] != "given" else "", "dose": row["dose_text"] if p.dose_in_words(row) else "",
            "volume": row["volume_text"], "ratio": row["ratio"], "vehicle": row["vehicle"], "form": row["form"], "site": row["site"],
            "frequency": row["frequency_text"], "started": row["started"], "duration": p.duration(row), "cycles": row["cycles"],
            "ended because": row["reason_stopped_text"], "outcome": row["outcome_text"],
        }  # fmt: skip
    elif table == "therapy":
        details = {
            "status": row["status"] if row["status"] != "given" else "", "dose": row["dose_text"], "fractions": row["fractions"],
            "sessions": row["sessions"],
        }  # fmt: skip
    else:
        details = {}
    return [f"{name} {value}" for name, value in details.items() if value]


def _resources(packet: Any) -> Iterator[Any]:
    """The code systems of the terms in the phenopacket."""
    import phenopackets as pp

    prefixes = {id_.partition(":")[0] for id_ in _ids(packet)}
    for prefix in sorted(prefixes):
        name, address, terms = _RESOURCES[prefix]
        yield pp.Resource(
            id=prefix.lower(),
            name=name,
            url=address,
            version=_version(prefix),
            namespace_prefix=prefix,
            iri_prefix=terms,
        )


def _ids(message: Any) -> Iterator[str]:
    for field, value in message.ListFields():
        if field.message_type is None or field.name == "meta_data":
            continue
        for item in value if field.is_repeated else [value]:
            if field.message_type.name == "OntologyClass":
                yield item.id
            else:
                yield from _ids(item)


def _version(prefix: str) -> str:
    """The release of a code system, or of the package that brings it; "not versioned" where codes are never reused."""
    if prefix == "ICD10CM":
        from extract.language.codes import icd

        return str(icd.describe().get("release", ""))
    package = {
        "casesift": "casesift",
        "DrugBank": "drug-named-entity-recognition",
        "MESH": "drug-named-entity-recognition",
    }.get(prefix)
    if package is None:
        return "not versioned"
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return package
