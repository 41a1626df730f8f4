"""The pages of this room: for an agency or employer what it was told, for the inside what stands behind it."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request

from recruitment.core.actor import Permission
from recruitment.core.dates import Precision
from recruitment.fees.reference import fee_item_facts
from recruitment.releases import services
from recruitment.web.context import actor, read_session
from recruitment.web.gate import allow
from recruitment.web.pagination import Asked, paged
from recruitment.web.reading import REFERENCE_LENGTH_MAX
from recruitment.web.templating import about_day, day

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

pages = Blueprint("release_pages", __name__)

_AT_ONCE = 24


@pages.app_template_filter()
def told_month(period: str) -> str:
    """Write the month of a release: ``2026-11`` is ``Nov 2026``."""
    return about_day(date.fromisoformat(f"{period}-01"), Precision.MONTH)


@pages.app_template_filter()
def told_day(text: str) -> str:
    """Write a day of an artefact: ``2026-12-01`` is ``1 Dec 2026``."""
    return day(date.fromisoformat(text))


@pages.get("/releases")
@allow(Permission.READ_RELEASES)
def release_list() -> ResponseReturnValue:
    """Show the releases of the actor's organisation, the newest first."""
    asked = Asked(_visible("after"), _AT_ONCE)
    with read_session() as session:
        rows = services.list_artefacts(session, actor(), before=asked.after, limit=asked.fetch)
    return render_template("releases/release_list.html", page=paged(rows, asked, key=lambda row: row.period))


@pages.get("/releases/<reference:period>")
@allow(Permission.READ_RELEASES)
def release_show(period: str) -> ResponseReturnValue:
    """Show one release, from its artefact alone."""
    with read_session() as session:
        release = json.loads(services.artefact(session, actor(), period))
    return render_template("releases/release_show.html", release=release, labels=_labels())


@pages.get("/release-workings")
@allow(Permission.READ_RELEASE_WORKINGS)
def workings_list() -> ResponseReturnValue:
    """Show the releases that were made, the newest first."""
    asked = Asked(_visible("after"), _AT_ONCE)
    with read_session() as session:
        rows = services.list_releases(session, actor(), before=asked.after, limit=asked.fetch)
    return render_template("releases/workings_list.html", page=paged(rows, asked, key=lambda row: row.period))


@pages.get("/release-workings/<reference:period>")
@allow(Permission.READ_RELEASE_WORKINGS)
def workings_show(period: str) -> ResponseReturnValue:
    """Show what stands behind a release, for one organisation or for all."""
    organisation = _visible("organisation")
    with read_session() as session:
        found = services.workings(session, actor(), period, organisation)
    return render_template("releases/workings_show.html", found=found, organisation=organisation, labels=_labels())


def _labels() -> dict[str, str]:
    return {item.code: item.label for item in fee_item_facts()}


def _visible(name: str) -> str | None:
    """Return what the address asks for; what cannot be a period or code is as if it were not there."""
    given = request.args.get(name, "")
    return given if 0 < len(given) <= REFERENCE_LENGTH_MAX and given.isprintable() else None
