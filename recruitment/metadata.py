"""Every table of the house, for Alembic and for tests: importing this module imports the models of every room."""

from recruitment.access import models as access
from recruitment.agencies import models as agencies
from recruitment.audit import models as audit
from recruitment.cases import models as cases
from recruitment.certificates import models as certificates
from recruitment.database import idempotency, outbox
from recruitment.database.base import Base
from recruitment.employers import models as employers
from recruitment.fees import models as fees
from recruitment.fund import models as fund
from recruitment.intake import models as intake
from recruitment.interviews import models as interviews
from recruitment.jobseekers import models as jobseekers
from recruitment.journeys import models as journeys
from recruitment.ledger import models as ledger
from recruitment.name_lists import models as name_lists
from recruitment.organisations import models as organisations
from recruitment.partners import models as partners
from recruitment.privacy import models as privacy
from recruitment.releases import models as releases
from recruitment.relief import models as relief
from recruitment.verification import models as verification
from recruitment.webhooks import models as webhooks

metadata = Base.metadata

APPEND_ONLY: tuple[str, ...] = tuple(
    table
    for room in (
        access,
        agencies,
        audit,
        cases,
        certificates,
        employers,
        fees,
        fund,
        idempotency,
        intake,
        interviews,
        jobseekers,
        journeys,
        ledger,
        name_lists,
        organisations,
        outbox,
        partners,
        privacy,
        releases,
        relief,
        verification,
        webhooks,
    )
    for table in getattr(room, "APPEND_ONLY", ())
)
"""Tables that nobody may change or delete from, in any room."""
