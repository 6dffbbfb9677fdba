"""CSV as spreadsheets read it: cells that stay text, whatever somebody wrote into them, and the mark of UTF-8."""

CSV_TYPE = "text/csv; charset=utf-8"
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"  # without it before the first cell, Excel reads letters beyond ASCII wrongly

# The last four are the wide ones, which some spreadsheets take for the others.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def safe_cell(value: object) -> str:
    """Return a value as a cell that no spreadsheet takes for a formula; None is an empty cell.

    A text that begins as a formula does gets an apostrophe before it, which spreadsheets do not show; so does one that
    begins so after blanks, which some of them drop. Numbers stay as they are.
    """
    if value is None:
        return ""
    text = str(value)
    if isinstance(value, int | float):
        return text
    if text.startswith(_FORMULA_SIGNS) or text.lstrip().startswith(_FORMULA_SIGNS):
        return "'" + text
    return text
