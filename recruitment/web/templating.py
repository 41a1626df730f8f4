"""How values are written on a page: money, days, instants, codes; and where templates and the style sheet lie.

Numbers are set with blanks that do not break, so that an amount never parts from its currency. The words of one room
(what a status is called) are not here: its pages bring them.
"""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from flask import url_for
from jinja2 import StrictUndefined
from markupsafe import Markup

import recruitment
from recruitment.core.dates import Precision
from recruitment.core.money import to_text

if TYPE_CHECKING:
    from datetime import date, datetime

    from flask import Flask

_BLANK = "\N{NO-BREAK SPACE}"
_MINUS = "\N{MINUS SIGN}"
# Not of the locale: the pages are English wherever they are served.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def template_folder() -> Path:
    """Return where the templates are: inside the package in a wheel, beside it in a checkout."""
    package = Path(recruitment.__file__).parent
    inside = package / "_templates"
    return inside if inside.is_dir() else package.parent / "templates"


def static_folder() -> Path:
    """Return where the style sheet is."""
    return Path(__file__).parent / "static"


def install(app: Flask) -> None:
    """Bring the filters to the templates of ``app``, and let a name that a template does not know be an error."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for write in (money, day, about_day, instant, words, breakable):
        app.add_template_filter(write)
    folder = static_folder()
    versions = {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()[:12]
        for path in folder.rglob("*")
        if path.is_file()
    }

    def asset(name: str) -> str:
        """Return the address of a static file. It changes with the file, so a browser may keep what it has."""
        return url_for("static", filename=name, v=versions[name])

    app.add_template_global(asset)


def money(amount_minor: int, currency: str) -> str:
    """Write minor units for a reader: ``350000, 'THB'`` is ``3,500.00 THB``."""
    whole, point, decimals = to_text(abs(amount_minor), currency).partition(".")
    sign = _MINUS if amount_minor < 0 else ""
    return f"{sign}{int(whole):,}{point}{decimals}{_BLANK}{currency}"


def day(on: date) -> str:
    """Write a day: ``8 Oct 2024``."""
    return _BLANK.join((str(on.day), _MONTHS[on.month - 1], str(on.year)))


def about_day(on: date, precision: Precision) -> str:
    """Write a day as exactly as it is known: ``8 Oct 2024``, ``Oct 2024``, ``2024``; else the day that it counts from."""
    if precision is Precision.YEAR:
        return str(on.year)
    if precision is Precision.MONTH:
        return _BLANK.join((_MONTHS[on.month - 1], str(on.year)))
    return day(on) if precision is Precision.DAY else f"not known, counted on {day(on)}"


def instant(at: datetime) -> str:
    """Write an instant of the books, which are kept in UTC."""
    return f"{day(at)} {at:%H:%M}{_BLANK}UTC"


def words(code: str) -> str:
    """Write a code as words: ``undeclared_payment`` is ``Undeclared payment``, ``pre_departure`` ``Pre-departure``."""
    code = re.sub(r"^(pre|post)_(?!entries$)", r"\1-", code)
    code = re.sub(r"^cso_", "CSO ", code)
    return (code[:1].upper() + code[1:]).replace("_", " ")


def breakable(text: str) -> Markup:
    """Let a long code break after its colons and underscores, and nowhere else."""
    return Markup("<wbr>").join(re.split(r"(?<=[:_])(?=\w)", text))
