"""``python -m recruitment.credentials.verifier FILE --trust bundle.json``: check a certificate at one's own desk."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from .papers import PAPER_BYTES_MAX, verify
from .trust import Trust, TrustUnreadable
from .verdicts import CANNOT_TELL, NOT_VALID, VALID

_EXIT = {VALID: 0, NOT_VALID: 1, CANNOT_TELL: 2}
_SHOWN = ("kind", "reference", "result", "covered_until", "valid_until")


def main(arguments: list[str] | None = None) -> int:
    """Print the word, the sentence and the reason. Return 0 for VALID, 1 for NOT VALID, 2 for CANNOT TELL, 3 otherwise."""
    parsing = argparse.ArgumentParser(prog="verifier", description="Checks a debt-free recruitment certificate.")
    parsing.add_argument("file", type=Path, help="the credential (JSON) or the paper (PDF)")
    parsing.add_argument("--trust", type=Path, required=True, help="the bundle fetched from the issuer")
    told = parsing.parse_args(arguments)
    try:
        trust = Trust.read(told.trust.read_bytes())
        with told.file.open("rb") as file:
            # One byte more than is allowed is enough to know that it is too long.
            content = file.read(PAPER_BYTES_MAX + 1)
    except OSError as error:
        sys.stderr.write(f"{error.filename} cannot be read: {error.strerror}.\n")
        return 3
    except TrustUnreadable as unreadable:
        sys.stderr.write(f"{unreadable}\n")
        return 3
    found = verify(content, trust, datetime.now(UTC))
    lines = [found.word, found.sentence, f"reason: {found.reason}"]
    if found.statement is not None:
        lines += [f"{name}: {found.statement.get(name)}" for name in _SHOWN]
    lines.append(f"issuer: {trust.issuer}, bundle of {trust.fetched_at:%Y-%m-%d %H:%M} UTC")
    sys.stdout.write("\n".join(lines) + "\n")
    return _EXIT[found.word]


if __name__ == "__main__":
    sys.exit(main())
