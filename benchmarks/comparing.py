"""Benches of the comparison: every journey for the first time, and again when nothing changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks import field
from benchmarks.measuring import Bench, Stopwatch, prepared
from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.database.unit_of_work import Database
from recruitment.verification.service import refresh

if TYPE_CHECKING:
    from benchmarks.scratch import Scratch
    from benchmarks.sizes import Sizes

_LINES_READ = (
    "SELECT l.journey_id, l.fee_item, l.payer, l.payee, l.currency, l.paid_on, sum(l.amount_minor) "
    "FROM declaration_lines l "
    "WHERE NOT EXISTS (SELECT 1 FROM fee_declarations s WHERE s.supersedes_id = l.declaration_id) "
    "GROUP BY l.journey_id, l.fee_item, l.payer, l.payee, l.currency, l.paid_on"
)
_REPORTS_READ = (
    "SELECT r.journey_id, r.fee_item, r.payee, r.currency, r.paid_on, r.dated_on, sum(r.amount_minor) "
    "FROM reported_payments r "
    "WHERE NOT EXISTS (SELECT 1 FROM reported_payments s WHERE s.supersedes_id = r.id) "
    "GROUP BY r.journey_id, r.fee_item, r.payee, r.currency, r.paid_on, r.dated_on"
)


class _Journeys:
    """The journeys that both benches share."""

    def __init__(self, scratch: Scratch, sizes: Sizes) -> None:
        self.work = sizes.journeys
        self.facts: dict[str, Any] = {"journeys": sizes.journeys}

        def fill(database: Database) -> None:
            field.enter_statements(database, field.enter_parties(database, sizes.journeys))

        settings, _ = scratch.kept("journeys", fill)
        self._scratch = scratch
        self._settings = settings
        self._database = Database(settings)
        self._connection = scratch.connect(settings)

    def _refresh(self) -> int:
        """Bring every comparison up to date as the command does, and return how many it was."""
        compared = 0
        while True:
            with self._database.unit_of_work() as session:
                found = refresh(session, LOCAL_OPERATOR)
            if not found:
                return compared
            compared += found

    def _forget(self) -> None:
        """Empty the comparisons, so that the next run is the first one again."""
        for table in ("findings", "comparisons"):
            self._connection.execute(f"DELETE FROM {table}")
        self._scratch.settle(self._settings)

    def _first_run(self, watch: Stopwatch) -> None:
        self._forget()
        with watch:
            compared = self._refresh()
        if compared != self.work:
            raise RuntimeError(f"{compared} journeys were compared instead of {self.work}")

    def close(self) -> None:
        """Close both sides."""
        self._connection.close()
        self._database.dispose()


class CompareAll(_Journeys):
    """The first comparison of every journey, saved, beside the grouped read of lines and reports that it needs."""

    def ours(self, watch: Stopwatch) -> None:
        """Compare everything."""
        self._first_run(watch)
        self.facts["journeys_a_second"] = round(self.work / watch.seconds)
        rows = self._connection.execute("SELECT status, count(*) FROM comparisons GROUP BY status ORDER BY 1")
        self.facts["statuses"] = dict(rows.fetchall())

    def raw(self, watch: Stopwatch) -> None:
        """Read the sums."""
        with watch:
            for statement in (_LINES_READ, _REPORTS_READ):
                self._connection.execute(statement).fetchall()


class CompareAgain(_Journeys):
    """A run in which nothing changed (the column ours), beside the first run (the column raw; it is ours too)."""

    def ours(self, watch: Stopwatch) -> None:
        """Compare when everything was compared."""
        self._refresh()
        with watch:
            self._refresh()

    def raw(self, watch: Stopwatch) -> None:
        """Compare for the first time."""
        self._first_run(watch)


BENCHES = (
    Bench(
        "compare_all", "s", 12.0, lambda *given: prepared(CompareAll, *given), lambda sizes: sizes.compare_rounds,
        wish=6.0, is_speed=False,
    ),
    Bench(
        "compare_again", "s", 0.05, lambda *given: prepared(CompareAgain, *given), lambda sizes: sizes.again_rounds,
        is_speed=False,
    ),
)  # fmt: skip
