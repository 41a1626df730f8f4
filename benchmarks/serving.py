"""The service as it is served, in a process of its own, and a client that costs next to nothing."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recruitment.core.settings import Settings

HOST = "certificates.example"
_PATIENCE = 60.0


class Client:
    """One connection that is kept. Each request seems to come from another address, as from a proxy."""

    def __init__(self, port: int) -> None:
        self._connection = socket.create_connection(("127.0.0.1", port))
        self._asked = 0

    def get(self, path: str) -> int:
        """Ask for a page, read all of it, and return the status."""
        self._asked += 1
        place = f"203.{self._asked >> 16 & 255}.{self._asked >> 8 & 255}.{self._asked & 255}"
        self._connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-For: {place}\r\n\r\n".encode())
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._more()
        head, _, body = received.partition(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        while len(body) < length:
            body += self._more()
        return int(head[9:12])

    def _more(self) -> bytes:
        chunk = self._connection.recv(65536)
        if not chunk:
            raise RuntimeError("the service hung up")
        return chunk

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


@contextmanager
def served(settings: Settings) -> Iterator[Client]:
    """Serve a database as ``recruitment serve`` does, with one worker and one thread, for the time of the block."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    given = {
        "DATABASE_URL": settings.database_url,
        "RECRUITMENT_KEY": str(settings.key_path),
        "PORT": str(port),
        "PUBLIC_URL": f"https://{HOST}",
    }
    command = [Path(sys.executable).parent / "recruitment", "serve", "--workers", "1", "--threads", "1"]
    process = subprocess.Popen(command, env=os.environ | given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - our own
    try:
        client = _reached(port)
        yield client
        client.close()
    finally:
        process.terminate()
        process.wait(_PATIENCE)


def _reached(port: int) -> Client:
    ends = time.monotonic() + _PATIENCE
    while time.monotonic() < ends:
        try:
            client = Client(port)
            if client.get("/healthz") == 200:
                return client
        except (OSError, RuntimeError):
            time.sleep(0.1)
    raise RuntimeError("the service did not come up")
