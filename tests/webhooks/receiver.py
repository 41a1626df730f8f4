"""A receiver of webhooks on this machine: TLS with a throw-away authority, and whatever answer a test wants.

It listens on 127.0.0.1, where no webhook may go. So a test gives ``Sender`` a resolver that answers a public address, and a
way to connect that leads here whichever address it is given: a connection that is seen is one that was let through.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from recruitment.webhooks.services import Limits, Sender

HOST = "hooks.brand.example"
PUBLIC = "93.184.215.14"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

Answer = Callable[[ssl.SSLSocket], None]


def says(raw: bytes) -> Answer:
    return lambda connection: connection.sendall(raw)


def status(code: int, **headers: str) -> Answer:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return says(f"HTTP/1.1 {code} So\r\n{lines}Content-Length: 0\r\n\r\n".encode())


class Authority:
    """A throw-away authority, and certificates by it."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._key = folder, ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "throw-away authority")])
        self._certificate = self._signed(self._name, self._key.public_key(), x509.BasicConstraints(True, None))

    def trust(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=self._certificate.public_bytes(serialization.Encoding.PEM).decode())
        return context

    def serving(self, host: str = HOST, *, days: int = 2) -> ssl.SSLContext:
        key, file = ec.generate_private_key(ec.SECP256R1()), self._folder / f"{host}{days}.pem"
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        made = self._signed(name, key.public_key(), x509.SubjectAlternativeName([x509.DNSName(host)]), days=days)
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _signed(self, name: x509.Name, key, extension: x509.ExtensionType, *, days: int = 2) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder(self._name, name, key, x509.random_serial_number())
            .not_valid_before(now - timedelta(days=3))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        if isinstance(extension, x509.BasicConstraints):
            usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
            builder = builder.add_extension(usage, critical=True)
        return builder.sign(self._key, hashes.SHA256())


@dataclass(frozen=True)
class Heard:
    """A request that came in."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """Listens until closed. ``answer`` is what it does with a request; ``connections`` counts what reached it."""

    authority: Authority
    serving: ssl.SSLContext
    answer: Answer = field(default=says(OK))
    connections: int = 0
    heard: list[Heard] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    reached: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open = True
        self.port = self._listening.getsockname()[1]
        self._threads = [threading.Thread(target=self._listen, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        self._open = False
        with suppress(OSError):  # wakes the thread that accepts
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        for thread in self._threads:
            thread.join(5)
        self._listening.close()

    def sender(self, addresses: Sequence[str] | Callable[[], Sequence[str]] = (PUBLIC,), **limits: float) -> Sender:
        """Return a sender whose resolver answers ``addresses`` and whose connections all end here."""

        def resolve(host: str) -> Sequence[str]:
            self.asked.append(host)
            return addresses() if callable(addresses) else addresses

        def connect(address: str, seconds: float) -> socket.socket:
            self.reached.append(address)
            return socket.create_connection(("127.0.0.1", self.port), seconds)

        return Sender(
            resolve=resolve,
            connect=connect,
            trust=self.authority.trust,
            limits=Limits(**limits),  # type: ignore[arg-type]
        )

    def settle(self) -> None:
        """Wait until every connection that was opened so far has been counted."""
        before = self.connections
        socket.create_connection(("127.0.0.1", self.port), 1).close()
        for _ in range(500):
            if self.connections > before:
                break
            threading.Event().wait(0.002)
        self.connections -= 1

    def _listen(self) -> None:
        while True:
            plain, _ = self._listening.accept()
            if not self._open:
                plain.close()
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(plain,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, plain: socket.socket) -> None:
        with suppress(OSError), plain:
            plain.settimeout(5)
            with self.serving.wrap_socket(plain, server_side=True) as connection:
                self.heard.append(_heard(connection))
                self.answer(connection)


def _heard(connection: ssl.SSLSocket) -> Heard:
    with connection.makefile("rb") as lines:
        line = lines.readline().decode().strip()
        headers = {}
        while text := lines.readline().decode().strip():
            name, _, value = text.partition(": ")
            headers[name.lower()] = value
        return Heard(line, headers, lines.read(int(headers["content-length"])))
