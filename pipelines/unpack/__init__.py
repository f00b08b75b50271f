"""Packages of papers become one file a paper, which a run can read: article sets, PMC's packages, BioC collections."""
