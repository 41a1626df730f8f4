"""Every table of the house, for Alembic and for tests: importing this module imports the models of every room."""

from recruitment.agencies import models as agencies
from recruitment.database.base import Base
from recruitment.employers import models as employers
from recruitment.fees import models as fees
from recruitment.intake import models as intake
from recruitment.jobseekers import models as jobseekers
from recruitment.journeys import models as journeys
from recruitment.ledger import models as ledger
from recruitment.organisations import models as organisations
from recruitment.partners import models as partners
from recruitment.verification import models as verification

metadata = Base.metadata

APPEND_ONLY: tuple[str, ...] = tuple(
    table
    for room in (agencies, employers, fees, intake, jobseekers, journeys, ledger, organisations, partners, verification)
    for table in getattr(room, "APPEND_ONLY", ())
)
"""Tables that nobody may change or delete from, in any room."""
