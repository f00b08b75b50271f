"""The journal and DOI of a paper, as page one, running heads and the file's own fields tell them."""

from __future__ import annotations

import pytest

from extract.reading.metadata import find_journal, tidy_doi


@pytest.mark.parametrize(
    ("subject", "heads", "page_one", "journal"),
    [
        ("BMC Gardening, 2020, doi:10.5555/s12913-020", ["Wirth et al."], [], "BMC Gardening"),
        ("The Garden Haematology, 8 (2021) e110-e121. doi:10.5555/S2352", [], [], "The Garden Haematology"),
        ("Volatile metabolites from figs", ["Figs 2014, 4", "933"], [], "Figs"),
        ("", ["Wirth et al. Garden Med Inform", "(2021) 21:76"], [], "Garden Med Inform"),
        ("Annals of Gardens, 2021; vol. 14, no. 2", ["Wirth et al. Figs in the garden"], [], "Annals of Gardens"),
        (
            "Garden Letters, Tropical series, 2017; 5: 140-145",
            ["Tropical series, 2017; 5: 140-145"],
            [],
            "Garden Letters, Tropical series",
        ),
        ("", ["Wirth et al. Figs in the garden", "2021; vol. 14"], [], ""),
        ("", ["Wirth MJ, et al. Open Garden 2021;11:e042953. doi:10.5555/open-2020"], [], "Open Garden"),
        ("", ["Preoperative pruning", "Jpn J Fig Oncol, 2021, Vol. 51, No. 3"], [], "Jpn J Fig Oncol"),
        ("", ["G1000Garden 2015, 3:190 Last updated: 29 JAN 2015"], [], "G1000Garden"),
        ("", [], ["Journal of Garden Medicine"], "Journal of Garden Medicine"),
        ("", ["Received 3 May 2020", "Open access", "Page 2 of 10", "Wirth et al."], ["Burning Hands in May 2021"], ""),
        ("", ["www.example.org/garden Vol 8 February 2021"], ["Published online: 4 May 2021, 12 pages"], ""),
    ],
)
def test_journal(subject: str, heads: list[str], page_one: list[str], journal: str) -> None:
    assert find_journal(subject, heads, page_one) == journal


def test_the_doi_of_a_registered_protocol_is_not_the_papers() -> None:
    text = "Registered: 10.17605/OSF.IO/AB12. https://doi.org/10.5555/Garden.7."
    assert tidy_doi(text) == "10.5555/garden.7"
    assert tidy_doi("data at 10.5281/zenodo.1") == ""
