"""Finders: where in a text quantities stand. Each takes the plain text and returns `Found` mentions.

Between the parsers (`extract.language.quantities`), which know notation, and the component
(`extract.language.quantities.component`), which knows spaCy. What looks like a quantity and is another thing (a laboratory
value, a titre, an Apgar score) is told by its surroundings, after rule files in `extract/language/rules/`.
"""

from extract.language.finders.found import Found
from extract.language.finders.run import find_quantities

__all__ = ["Found", "find_quantities"]
