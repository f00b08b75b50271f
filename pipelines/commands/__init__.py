"""The commands of `casesift`, by subject. Each is a few lines over a function that Python callers can use as well.

Imports stand inside the commands, so that `--help` does not wait for spaCy. A command is part of the app as soon as its
module is imported, in the order that `--help` lists.
"""
