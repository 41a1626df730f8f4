"""What is sent to be checked: a table with a column ``code``, or papers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recruitment.certificates.errors import CheckUnreadable
from recruitment.sheets.reading import open_sent

if TYPE_CHECKING:
    from collections.abc import Sequence

CODES_MAX = 500
CODE_LENGTH_MAX = 64
PAPERS_MAX = 20
COLUMN = "code"


def codes_in(body: Any) -> list[str]:
    """Return the codes of a JSON body, ``{"codes": [...]}``. Raises ``CheckUnreadable``."""
    codes = body.get("codes") if isinstance(body, dict) and set(body) == {"codes"} else None
    if not isinstance(codes, list) or not 0 < len(codes) <= CODES_MAX:
        raise CheckUnreadable(f'Send {{"codes": [...]}} with 1 to {CODES_MAX} codes.', pointer="#/codes")
    if not all(isinstance(code, str) and len(code) <= CODE_LENGTH_MAX for code in codes):
        raise CheckUnreadable(f"A code is text of at most {CODE_LENGTH_MAX} characters.", pointer="#/codes")
    return codes


def codes_of(content: bytes) -> list[str]:
    """Return the codes of a CSV or XLSX file with a column ``code``. Raises ``CheckUnreadable``, ``FileRefused``."""
    sheet = open_sent(content)
    header = [cell.casefold() for cell in sheet.header]
    if header.count(COLUMN) != 1:
        raise CheckUnreadable("The table needs one column that is called `code`.", parameter=COLUMN)
    place = header.index(COLUMN)
    codes = [line.cells[place] for line in sheet.lines()]
    if not 0 < len(codes) <= CODES_MAX:
        raise CheckUnreadable(f"Send 1 to {CODES_MAX} codes at once.", parameter=COLUMN)
    # What is longer is no code, and is not repeated whole.
    return [code[: CODE_LENGTH_MAX + 1] for code in codes]


def papers_of(files: Sequence[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Return the files of a form, by name. Raises ``CheckUnreadable``."""
    if not 0 < len(files) <= PAPERS_MAX:
        raise CheckUnreadable(f"Send 1 to {PAPERS_MAX} files at once, in fields called `file`.", parameter="file")
    return [(name[:200], content) for name, content in files]
