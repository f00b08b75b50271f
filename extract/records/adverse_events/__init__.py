"""Harm done by drugs: the rows of `adverse_events`."""
