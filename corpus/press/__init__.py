"""The press: from a report's words to a page. markup -> typeset -> pages; figures, scan and gold stand beside."""
