"""What happens to many reports, room by room; data flows one way.

`inputs` finds the documents, `run` hands what is new or changed to one of the `engines`, which make Reports with `extract`;
the `store` keeps them. `curation` is what people decided on its rows, `tables`, `exports`, `report` and `review` are views of
both, `evaluation` measures them, `train` fits models. `catalog` says what columns there are, `files` how files are written.
`commands` are thin: each is a few lines over a function that Python callers can use as well; `terminal` prints for people.
"""
