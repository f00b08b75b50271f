"""Proposals of model, vocabulary and rules become one list of mentions; the component `casesift_resolver`."""
