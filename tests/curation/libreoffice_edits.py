"""Edits a spreadsheet in LibreOffice as a person would, by typing into cells; run by a Python that has `uno`.

    python libreoffice_edits.py SOCKET IN EDITS.json OUT

EDITS is a list of {"sheet", "row", "column", "typed"} (counted from 0); `typed` null empties the cell.
"""

import contextlib
import json
import pathlib
import sys
import time

import uno
from com.sun.star.beans import PropertyValue

#: NumberFormat TEXT
TEXT = 256

#: CellFlags VALUE, DATETIME, STRING, FORMULA
CONTENT = 1 | 2 | 4 | 16

#: the CSV is the fifth sheet, as shown, in UTF-8; LibreOffice puts the sheet's name into that of the file
FILTERS = {
    ".xlsx": ("Calc MS Excel 2007 XML", ""),
    ".csv": ("Text - txt - csv (StarCalc)", "44,34,76,1,,0,false,true,false,false,false,5"),
}


def properties(**told):
    return tuple(PropertyValue(name, 0, value, 0) for name, value in told.items())


def desktop(pipe):
    context = uno.getComponentContext()
    resolver = context.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", context)
    for _ in range(1200):
        try:
            remote = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return remote.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", remote)
        except Exception:
            time.sleep(0.25)
    raise SystemExit("LibreOffice did not start")


def main(pipe, source, edits, target):
    office = desktop(pipe)
    book = office.loadComponentFromURL(pathlib.Path(source).as_uri(), "_blank", 0, properties(Hidden=True))
    for edit in json.loads(pathlib.Path(edits).read_text(encoding="utf-8")):
        cell = book.Sheets.getByName(edit["sheet"]).getCellByPosition(edit["column"], edit["row"])
        if edit["typed"] is None:
            cell.clearContents(CONTENT)
        else:
            # what is typed into a cell of text stays text; elsewhere the program makes of it what it will
            is_text = book.NumberFormats.getByKey(cell.NumberFormat).Type & TEXT
            (cell.setString if is_text else cell.setFormula)(edit["typed"])
    name, options = FILTERS[pathlib.Path(target).suffix]
    book.storeToURL(pathlib.Path(target).as_uri(), properties(FilterName=name, FilterOptions=options))
    book.close(True)
    with contextlib.suppress(Exception):  # it goes while it answers
        office.terminate()


if __name__ == "__main__":
    main(*sys.argv[1:])
