"""What commands do only for a person at a terminal: progress, printed tables, one document, the checks of `doctor`."""
