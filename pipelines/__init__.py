"""What happens to many reports: discover, run, store, tables, exports, evaluate, doctor, and the command line.

Data flows one way: `discover` finds the files, `run` hands what is new or changed to an engine (`engines`), which
makes Reports with `extract`; the `store` keeps them; `tables` and `exports` are views of the store; `evaluate`
measures it. `cli` is thin: each command is a few lines over a function that Python callers can use as well.
"""
