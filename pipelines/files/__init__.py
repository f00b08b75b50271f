"""How files are written and read, whatever is in them: whole or not at all (`replacing`), CSV whose cells are safe (`csv_cells`)."""
