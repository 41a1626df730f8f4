"""Corridors: from which country to which, and in which currency two accounts of it are compared.

A corridor is written ``MM-TH``. We compare in the currency of the destination, because that is where wages are paid
and where a remedy is due. A destination without a row here cannot be compared yet, so files may not name it.
"""

from __future__ import annotations

from dataclasses import dataclass

from recruitment.core.errors import InvalidInput


class CorridorUnknown(InvalidInput):
    """Not a corridor that we can compare."""

    code = "corridors.unknown"


@dataclass(frozen=True, slots=True)
class ComparisonCurrency:
    """The currency of a destination and the difference, in minor units, below which two accounts agree."""

    code: str
    floor_minor: int


COMPARISON_CURRENCIES = {
    "TH": ComparisonCurrency("THB", 20_00),
    "MY": ComparisonCurrency("MYR", 3_00),
    "JP": ComparisonCurrency("JPY", 100),
}
"""By destination (ISO 3166-1). Source of the floors: the contract of the comparison, docs/verification.md."""


@dataclass(frozen=True, slots=True)
class Corridor:
    """A way of migration between two countries, ISO 3166-1 alpha-2 each."""

    origin: str
    destination: str

    @classmethod
    def parse(cls, text: str) -> Corridor:
        """Read ``MM-TH``. Raises ``CorridorUnknown`` when it is not one, or its destination cannot be compared."""
        origin, dash, destination = text.partition("-")
        if not (dash and len(origin) == len(destination) == 2 and origin.isalpha() and destination.isalpha()):
            raise CorridorUnknown(f"{text!r} is not a corridor. Write origin and destination like MM-TH.")
        if text != text.upper() or not text.isascii() or origin == destination:
            raise CorridorUnknown(f"{text!r} is not a corridor. Write two different countries in capitals, like MM-TH.")
        if destination not in COMPARISON_CURRENCIES:
            known = ", ".join(sorted(COMPARISON_CURRENCIES))
            raise CorridorUnknown(
                f"The destination {destination} has no comparison currency yet. Destinations that have one: {known}."
            )
        return cls(origin, destination)

    @property
    def comparison(self) -> ComparisonCurrency:
        """The currency in which accounts of this corridor are compared."""
        return COMPARISON_CURRENCIES[self.destination]

    def __str__(self) -> str:
        return f"{self.origin}-{self.destination}"
