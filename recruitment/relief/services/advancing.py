"""Where money has brought cases to: delivered, no longer delivered, confirmed. In bulk, by what stands in the tables."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from recruitment.core import clock
from recruitment.fund.rules.kinds import DueEnd
from recruitment.relief import queries
from recruitment.relief.rules.instruments import RULES
from recruitment.relief.rules.kinds import MoveReason
from recruitment.relief.rules.machine import CaseEvent, CaseState
from recruitment.relief.services import moves, stopping

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.relief.queries import AgreementRead, CaseRead, Thing

_WATCHED = frozenset({CaseState.CONFIRMED, CaseState.MONITORED})


def advance(session: Session, actor: Actor, cases: Sequence[CaseRead]) -> int:
    """Move cases to where their money is; return how many moves that were.

    An agreed case whose every agreement was delivered is funded; a funded one that lacks something again is agreed; a
    funded one of which the worker freely confirmed everything is confirmed, unless a debt that was made again stands; a
    confirmed one that lacks something is reopened. Raises ``MovedMeanwhile``.
    """
    agreements = queries.agreements_of_cases(session, [each.id for each in cases])
    things = queries.things_of(session, agreements)
    full = {each.id: bool(things.get(each.id)) and is_delivered(agreements[each.id], things[each.id]) for each in cases}
    delivered = [each for each in cases if each.state is CaseState.AGREED and full[each.id]]
    undone = [each for each in cases if each.state is CaseState.FUNDED and not full[each.id]]
    returned = [each for each in cases if each.state in _WATCHED and not full[each.id]]
    funded = moves.move_all(session, actor, delivered, CaseEvent.DELIVER)
    moves.move_all(session, actor, undone, CaseEvent.UNDO_DELIVERY, MoveReason.RETURNED)
    moves.move_all(session, actor, returned, CaseEvent.REOPEN, MoveReason.RETURNED)
    funded += [each for each in cases if each.state is CaseState.FUNDED and full[each.id]]
    words = {each.id: word for each in funded if (word := _last_full_word(things[each.id])) is not None}
    again = _with_debt_made_again(session, [each for each in funded if each.id in words])
    confirmed = [each for each in funded if each.id in words and each.id not in again]
    moves.move_all(session, actor, confirmed, CaseEvent.CONFIRM, confirmed_by=words)
    return len(delivered) + len(undone) + len(returned) + len(confirmed)


def is_delivered(agreements: Iterable[AgreementRead], things: Sequence[Thing]) -> bool:
    """Say whether everything that was agreed for a worker reached them, as far as anybody knows.

    Money counts as it arrived: what the worker said, and until then what was sent. An owner's share is paid later.
    """
    chains: dict[UUID, list[AgreementRead]] = defaultdict(list)
    for each in agreements:
        chains[each.chain_id].append(each)
    for chain in chains.values():
        head = next(each for each in chain if not each.is_superseded)
        if head.ends_debt and head.signature is None:
            return False
        if not head.is_for_worker:
            continue
        open_ = [part for each in chain for part in each.instalments if part.ended is None and not part.is_delivered]
        ids = {each.id for each in chain}
        arrived = sum(thing.arrived_minor for thing in things if thing.agreement.id in ids)
        if (open_ and head.is_by_fund) or arrived < head.amount_minor:
            return False
    return True


def _with_debt_made_again(session: Session, cases: Sequence[CaseRead]) -> set[UUID]:
    """Return the cases in which a debt stands to a creditor of whom another went, taken after the worker had confirmed that."""
    confirmed = queries.confirmed_on(session, [each.id for each in cases])
    debts = [each for each in queries.debts_of_cases(session, confirmed, clock.today()) if each.is_current]
    gone = {(each.case_id, each.creditor_id) for each in debts if each.standing.outstanding_minor <= 0}
    return {
        each.case_id
        for each in debts
        if each.standing.outstanding_minor > 0
        and (each.case_id, each.creditor_id) in gone
        and each.taken_on >= confirmed[each.case_id]
    }


def _last_full_word(things: Sequence[Thing]) -> UUID | None:
    """Return the last confirmation of all of something, when nothing more is to be asked; else None."""
    if not all(thing.is_settled for thing in things):
        return None
    return max((each.confirmation_id for each in things if each.is_full and each.confirmation_id), default=None)


def balance(session: Session, actor: Actor, cases: Sequence[CaseRead]) -> int:
    """Let the instalments of the fund add up to what was agreed, after workers said how much came; return how many changed.

    What is missing becomes one instalment, due at once. Where it turns out that it came after all, what was not paid of it
    yet is ended. What is paid already is never asked back.
    """
    agreements = queries.agreements_of_cases(session, [each.id for each in cases])
    things = queries.things_of(session, agreements)
    changed = 0
    for case in cases:
        arrived = {thing.id: thing.arrived_minor for thing in things.get(case.id, ())}
        chains: dict[UUID, list[AgreementRead]] = defaultdict(list)
        for each in agreements.get(case.id, ()):
            if each.is_by_fund and each.is_for_worker:
                chains[each.chain_id].append(each)
        for chain in chains.values():
            changed += _balance_chain(session, actor, case, chain, arrived)
    return changed


def _balance_chain(
    session: Session, actor: Actor, case: CaseRead, chain: Sequence[AgreementRead], arrived: dict[UUID, int]
) -> bool:
    head = next(each for each in chain if not each.is_superseded)
    standing = [part for each in chain for part in each.instalments if part.ended is None]
    promised = sum(
        arrived.get(part.payment_id, part.amount_minor) if part.is_delivered and part.payment_id else part.amount_minor
        for part in standing
    )
    missing = head.amount_minor - promised
    if missing < 0:
        ended = []
        for part in sorted(
            (each for each in standing if not each.is_alive), key=lambda each: each.due_on, reverse=True
        ):
            if missing >= 0:
                break
            ended.append(part)
            missing += part.amount_minor
        if not ended:
            return False
        stopping.end_instalments(session, actor, ended, DueEnd.SUPERSEDED)
    if missing > 0:
        number = max((part.number for part in head.instalments), default=0) + 1
        stopping.add_instalments(session, actor, case, head, [(number, missing, clock.today())])
    return missing != 0 or promised > head.amount_minor


def shares_of(agreements: Iterable[AgreementRead]) -> list[AgreementRead]:
    """Return the shares for owners that count and have no instalment yet."""
    return [
        each
        for each in agreements
        if RULES[each.instrument].after_confirmation and not each.is_superseded and not each.instalments
    ]
