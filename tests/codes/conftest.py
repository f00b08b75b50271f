"""The ICD-10-CM index is built once a session, in a folder of its own."""

import pytest

from extract.language.codes import icd, icd_index


@pytest.fixture(scope="session")
def icd_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setenv("CASESIFT_CACHE", str(folder))
        icd_index.load.cache_clear()
        icd._linker.cache_clear()
        icd.link(["asthma"])
        yield folder
    icd_index.load.cache_clear()
    icd._linker.cache_clear()
