"""The one place of the house that opens a connection to an address that somebody else chose.

What makes it safe (server-side request forgery):

- https to port 443 of a host with a name, in one spelling (``rules.place_of``), that an operator approved for the partner;
- the name is resolved once, absolutely; *every* address of the answer must be public (``rules.checked_address``), and the
  connection goes to one of the very addresses that were checked, so a second answer of the resolver is never asked for;
- the certificate must be good for the name, by the authorities that the system trusts;
- no redirect is followed, no proxy of the environment is asked;
- everything together lasts 3 seconds at most, and at most 64 KB are read.

Written on sockets, because a library would resolve again, and limits each step and not the whole. What a test puts in
the place of resolver, connection and trust is given to ``Sender``; no setting leads here.
"""

from __future__ import annotations

import queue
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from recruitment.webhooks.rules import Failure, Outcome, checked_address, outcome_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recruitment.webhooks.rules import Place

Resolve: TypeAlias = Callable[[str], Sequence[str]]
"""From the name of a host to its addresses, as text. Raises ``OSError``."""

Connect: TypeAlias = Callable[[str, float], socket.socket]
"""From a checked address and at most so many seconds to a connection to its port 443. Raises ``OSError``."""

PORT = 443
_ADDRESSES_TRIED = 3
_CHUNK = 16 * 1024
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: [^\r\n]*)?\r?\n")
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,12})[ \t]*\r\n", re.IGNORECASE)
_HEAD_ENDS = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Limits:
    """How long an attempt may last in all, and how much of an answer is read."""

    seconds: float = 3.0
    bytes_read: int = 64 * 1024


class _AttemptFailed(Exception):
    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.value)
        self.failure = failure


def resolve_name(host: str) -> list[str]:
    """Return the addresses of a host. The full stop makes its name absolute: no search list of the machine is tried."""
    found = socket.getaddrinfo(f"{host}.", PORT, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def connect_to(address: str, seconds: float) -> socket.socket:
    """Return a connection to port 443 of an address, which is no name."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    connection = socket.socket(family, socket.SOCK_STREAM)
    try:
        connection.settimeout(seconds)
        connection.connect((address, PORT))
    except BaseException:
        connection.close()
        raise
    return connection


def system_trust() -> ssl.SSLContext:
    """Return what checks certificates by the authorities that the system trusts, and names. TLS 1.2 at least.

    Not ``create_default_context``: that writes the keys of connections into a file which the environment may name.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_default_certs()
    return context


class Sender:
    """Sends messages. Safe for several threads at once."""

    def __init__(
        self,
        *,
        resolve: Resolve = resolve_name,
        connect: Connect = connect_to,
        trust: Callable[[], ssl.SSLContext] = system_trust,
        limits: Limits | None = None,
    ) -> None:
        self._resolve, self._connect, self._make_trust = resolve, connect, trust
        self._limits = limits or Limits()

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        return self._make_trust()

    def send(self, place: Place, headers: Mapping[str, str], body: bytes) -> Outcome:
        """Post ``body`` to a place, once; return what became of it. Raises nothing that a receiver could cause."""
        ends = _Deadline(self._limits.seconds)
        try:
            addresses = self._checked_addresses(place.host, ends)
            with self._opened(addresses, place.host, ends) as connection:
                connection.settimeout(ends.left())
                connection.sendall(_request(place, headers, body))
                return outcome_of(self._status(connection, ends))
        except _AttemptFailed as failed:
            return Outcome(None, failed.failure)
        except TimeoutError:
            return Outcome(None, Failure.TIMED_OUT)
        except ssl.SSLError:
            return Outcome(None, Failure.TLS_REFUSED)
        except OSError:
            return Outcome(None, Failure.NOT_REACHED)

    def _checked_addresses(self, host: str, ends: _Deadline) -> list[str]:
        """Return the addresses of a host, asked for once. One that is refused refuses all of them."""
        found = self._resolved_in_time(host, ends)
        checked = [checked_address(text) for text in found]
        if not checked:
            raise _AttemptFailed(Failure.NO_ADDRESS)
        if any(address is None for address in checked):
            raise _AttemptFailed(Failure.ADDRESS_REFUSED)
        return [str(address) for address in checked]

    def _resolved_in_time(self, host: str, ends: _Deadline) -> Sequence[str]:
        """Return what the resolver answers. It takes no limit of time, so it runs beside, and is left behind when late."""
        answers: queue.SimpleQueue[Sequence[str]] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answers.put(self._resolve(host))
            except (OSError, UnicodeError):
                answers.put(())

        threading.Thread(target=ask, name="webhook-resolver", daemon=True).start()
        try:
            return answers.get(timeout=ends.left())
        except queue.Empty:
            raise _AttemptFailed(Failure.TIMED_OUT) from None

    def _opened(self, addresses: Sequence[str], host: str, ends: _Deadline) -> ssl.SSLSocket:
        tried = addresses[:_ADDRESSES_TRIED]
        for number, address in enumerate(tried):
            try:
                # One that swallows everything leaves the others their share of the time.
                plain = self._connect(address, ends.left() / (len(tried) - number))
            except OSError:
                continue
            with plain:  # harmless once the other has taken it over
                plain.settimeout(ends.left())
                return self._trust.wrap_socket(plain, server_hostname=host)
        ends.left()
        raise _AttemptFailed(Failure.NOT_REACHED)

    def _status(self, connection: ssl.SSLSocket, ends: _Deadline) -> int:
        """Return the status of the answer, and let the receiver finish it, within the limits."""
        received = bytearray()
        while (answer := _answer_in(received)) is None:
            if not self._read_on(connection, received, ends):
                raise _AttemptFailed(Failure.ANSWER_UNREADABLE)
        with suppress(OSError):
            while not _is_whole(received, answer.starts) and self._read_on(connection, received, ends):
                pass
        return answer.status

    def _read_on(self, connection: ssl.SSLSocket, received: bytearray, ends: _Deadline) -> bool:
        """Read a little more; False when there is no more, or enough was read."""
        room = self._limits.bytes_read - len(received)
        if room <= 0:
            return False
        connection.settimeout(ends.left())
        chunk = connection.recv(min(_CHUNK, room))
        received += chunk
        return bool(chunk)


class _Deadline:
    """The end of an attempt."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    def left(self) -> float:
        """Return how many seconds are left. Raises ``TimeoutError`` when none is."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def _request(place: Place, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = {
        "Host": place.host,
        "User-Agent": "First-Mile-Webhooks",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Connection": "close",
        **headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST {place.target} HTTP/1.1\r\n{head}\r\n".encode("ascii") + body


@dataclass(frozen=True, slots=True)
class _Answer:
    """The status of an answer, and where in what was read it starts."""

    status: int
    starts: int


def _answer_in(received: bytearray) -> _Answer | None:
    """Return the answer, None while it has not come. Interim ones (1xx) are passed over.

    Raises ``_AttemptFailed`` for what is none.
    """
    start = 0
    while (end := received.find(b"\n", start)) >= 0:
        line = _STATUS_LINE.fullmatch(received, start, end + 1)
        if line is None:
            raise _AttemptFailed(Failure.ANSWER_UNREADABLE)
        if int(line[1]) >= 200:
            return _Answer(int(line[1]), start)
        after = received.find(_HEAD_ENDS, start)
        if after < 0:
            break
        start = after + len(_HEAD_ENDS)
    return None


def _is_whole(received: bytearray, starts: int) -> bool:
    """Say whether an answer has come whole, where it says how long it is. One that does not ends with its connection."""
    head_ends = received.find(_HEAD_ENDS, starts)
    if head_ends < 0:
        return False
    length = _LENGTH.search(received, starts, head_ends + 2)
    return length is not None and len(received) - head_ends - len(_HEAD_ENDS) >= int(length[1])
