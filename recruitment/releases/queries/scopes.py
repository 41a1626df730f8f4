"""Whose the tables of this room are: an agency or employer has its own artefacts, and everything else is of the inside."""

from __future__ import annotations

from recruitment.core.actor import Audience
from recruitment.database.scoping import guard, own_organisation
from recruitment.releases.models import (
    Disclosure,
    DisclosureWithdrawal,
    Release,
    ReleaseArtefact,
    ReleaseCell,
    ReleaseContributor,
    ReleaseDisclosure,
    RetaliationAssessment,
)

guard(
    ReleaseArtefact,
    read={audience: own_organisation("organisation_id") for audience in (Audience.AGENCY, Audience.EMPLOYER)},
)
for _inside in (
    Release, ReleaseCell, ReleaseContributor, RetaliationAssessment, Disclosure, DisclosureWithdrawal, ReleaseDisclosure,
):  # fmt: skip
    guard(_inside)
