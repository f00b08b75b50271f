"""The review page: a curator sees each fact beside its place in the paper, and accepts, corrects, rejects or adds.

A small web server on this machine (Starlette) over the store of an output folder. It reads the rows as curated, shows pages
drawn by PDFium and writes what is decided into the log of `pipelines.curation`; it never runs the language pipeline.

server -> app (addresses) -> views (what is shown: queue, queue_counts, documents, forms, highlights, pages) and post (what is
decided: edits); `security` stands before all of it. The scripts in `static` are plain modules, nothing is loaded from elsewhere.
"""
