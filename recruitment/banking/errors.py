"""What payment files and answers of banks refuse.

Unavailable    Iso20022Missing        the forms of ISO 20022 are not installed
RuleBroken     ContentsUnfit          something of a payment cannot stand in the file that was asked for
InvalidInput   AnswerTooLarge         the bank's file is longer than we read
               AnswerUnreadable       it is not XML, or cut off, or holds what no bank sends
               AnswerOfOtherKind      it is XML, and not a statement that we read
               AnswerUnfit            a value in it is missing or cannot be
               StatementUnbalanced    its lines do not lead from its opening to its closing balance
"""

from __future__ import annotations

from dataclasses import dataclass

from recruitment.core.errors import InvalidInput, RuleBroken, Unavailable

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class ItemProblem:
    """What is wrong with one field. ``reference`` is that of the payment, empty for the head of the file."""

    reference: str
    field: str
    sentence: str


class Iso20022Missing(Unavailable):
    """pain.001 was asked for, and the extra that has its forms is not installed."""

    code = "banking.iso20022_missing"


class ContentsUnfit(RuleBroken):
    """What should be paid cannot be written into the file without changing or cutting it.

    The sentence names payments by reference only: names and accounts are personal data, and sentences are logged.
    """

    code = "banking.contents_unfit"

    def __init__(self, problems: tuple[ItemProblem, ...]) -> None:
        shown = " ".join(
            f"{f'Payment {each.reference}' if each.reference else 'The file'}, {each.field}: {each.sentence}"
            for each in problems[:_SHOWN]
        )
        rest = len(problems) - _SHOWN
        more = f" And {rest} more of this kind." if rest > 0 else ""
        super().__init__(f"The payment file was not made. {shown}{more}", count=len(problems))
        self.problems = problems


class AnswerTooLarge(InvalidInput):
    """The bank's file is longer than we read."""

    code = "banking.answer_too_large"


class AnswerUnreadable(InvalidInput):
    """The bank's file is not whole and plain XML."""

    code = "banking.answer_unreadable"


class AnswerOfOtherKind(InvalidInput):
    """The bank's file is XML of another kind or version."""

    code = "banking.answer_of_other_kind"


class AnswerUnfit(InvalidInput):
    """A value of the statement is missing, or cannot be."""

    code = "banking.answer_unfit"


class StatementUnbalanced(InvalidInput):
    """Opening balance and booked entries do not come to the closing balance."""

    code = "banking.statement_unbalanced"
