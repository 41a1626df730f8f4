"""One attempt: what leads to no connection at all, what is not followed, what is cut off."""

from __future__ import annotations

import socket
import ssl
import threading
import time

import pytest

from recruitment.webhooks.errors import AddressInvalid
from recruitment.webhooks.rules import Failure, Outcome, Place, place_of
from recruitment.webhooks.rules import addresses as address_rules
from recruitment.webhooks.services import Limits, Sender, sending
from tests.webhooks.receiver import HOST, OK, PUBLIC, Receiver, says, status
from tests.webhooks.table import LET_THROUGH, REFUSED, WRITTEN

PLACE = Place(HOST, "/first-mile")


def send(sender: Sender, place: Place = PLACE) -> Outcome:
    return sender.send(place, {"webhook-id": "msg_1"}, b"{}")


class TestAddresses:
    def test_none_of_the_table_leads_to_a_connection(self, receiver):
        for name, text in REFUSED.items():
            assert send(receiver.sender([text])) == Outcome(None, Failure.ADDRESS_REFUSED), name
        for url in WRITTEN.values():
            with pytest.raises(AddressInvalid):
                send(receiver.sender(["127.0.0.1"]), place_of(url))
        receiver.settle()
        assert (receiver.connections, receiver.reached) == (0, [])
        assert len(REFUSED) + len(WRITTEN) > 120

    def test_one_that_is_refused_refuses_all_of_an_answer(self, receiver):
        for answer in ([PUBLIC, "127.0.0.1"], ["10.0.0.1", PUBLIC], [*LET_THROUGH, "::1"]):
            assert send(receiver.sender(answer)).failure is Failure.ADDRESS_REFUSED
        receiver.settle()
        assert receiver.connections == 0

    def test_without_the_check_they_would_be_reached(self, receiver, monkeypatch):
        """The negative control: what holds the table back is the rule, and nothing by chance."""
        monkeypatch.setattr(address_rules, "is_public", lambda _address: True)
        for text in ("127.0.0.1", "169.254.169.254", "::1", "64:ff9b::7f00:1"):
            assert send(receiver.sender([text])) == Outcome(200, None)
        assert receiver.connections == 4

    def test_the_one_that_was_checked_is_the_one_that_is_reached(self, receiver):
        """A resolver that changes its mind (DNS rebinding) is asked once an attempt."""
        answers = iter([[PUBLIC], ["127.0.0.1"], ["127.0.0.1"]])
        sender = receiver.sender(lambda: next(answers))
        assert send(sender) == Outcome(200, None)
        assert (receiver.asked, receiver.reached) == ([HOST], [PUBLIC])
        assert send(sender).failure is Failure.ADDRESS_REFUSED
        assert (receiver.connections, receiver.reached) == (1, [PUBLIC])

    def test_no_answer_of_the_resolver_is_no_address(self, receiver):
        def fail():
            raise socket.gaierror

        for answer in ([], fail):
            assert send(receiver.sender(answer)).failure is Failure.NO_ADDRESS

    def test_a_resolver_that_does_not_answer_is_left_behind(self, receiver):
        waiting = threading.Event()
        began = time.monotonic()
        outcome = send(receiver.sender(lambda: [PUBLIC] if waiting.wait(5) else [], seconds=0.2))
        waiting.set()
        assert outcome.failure is Failure.TIMED_OUT
        assert time.monotonic() - began < 1

    def test_the_next_address_is_tried_when_one_is_not_reached(self, receiver):
        tried: list[str] = []

        def connect(address: str, seconds: float) -> socket.socket:
            tried.append(address)
            if len(tried) < 3:
                assert seconds <= 3 / (4 - len(tried)), "the others keep their share"
                raise ConnectionRefusedError if len(tried) == 1 else TimeoutError
            return socket.create_connection(("127.0.0.1", receiver.port), seconds)

        three = LET_THROUGH[:3]
        sender = Sender(resolve=lambda _host: three, connect=connect, trust=receiver.authority.trust)
        assert send(sender) == Outcome(200, None)
        assert tried == three

    def test_the_real_resolver_is_asked_for_an_absolute_name_and_port_443(self, monkeypatch):
        asked = []

        def answer(*arguments, **named):
            asked.append((arguments, named))
            return [
                (2, 1, 6, "", (PUBLIC, 443)),
                (2, 1, 6, "", (PUBLIC, 443)),
                (10, 1, 6, "", ("2400:cb00::1", 443, 0, 0)),
            ]

        monkeypatch.setattr(socket, "getaddrinfo", answer)
        assert sending.resolve_name(HOST) == [PUBLIC, "2400:cb00::1"]
        assert asked[0][0] == (f"{HOST}.", 443)

    def test_the_real_connection_goes_to_port_443_of_the_address(self, monkeypatch):
        reached = []

        class Plug(socket.socket):
            def connect(self, address):
                reached.append((self.family, address, self.gettimeout()))
                raise ConnectionRefusedError

        monkeypatch.setattr(sending.socket, "socket", Plug)
        sender = Sender(resolve=lambda _host: ["2400:cb00::1", PUBLIC])
        assert send(sender) == Outcome(None, Failure.NOT_REACHED)
        assert [each[:2] for each in reached] == [
            (socket.AF_INET6, ("2400:cb00::1", 443)),
            (socket.AF_INET, (PUBLIC, 443)),
        ]
        assert all(0 < each[2] <= 3 for each in reached)


class TestRequests:
    def test_are_a_post_to_the_name(self, receiver):
        assert send(receiver.sender(), place_of(f"https://{HOST}/in?x=1")) == Outcome(200, None)
        (heard,) = receiver.heard
        assert heard.line == "POST /in?x=1 HTTP/1.1"
        assert heard.headers["host"] == HOST
        assert heard.headers["content-type"] == "application/json"
        assert heard.headers["webhook-id"] == "msg_1"
        assert heard.body == b"{}"

    def test_ask_no_proxy_of_the_environment(self, receiver, monkeypatch):
        with socket.create_server(("127.0.0.1", 0)) as proxy:
            proxy.settimeout(0.05)
            address = f"http://127.0.0.1:{proxy.getsockname()[1]}"
            for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
                monkeypatch.setenv(name, address)
            assert send(receiver.sender()) == Outcome(200, None)
            with pytest.raises(TimeoutError):
                proxy.accept()

    def test_write_no_keys_where_the_environment_says(self, monkeypatch, tmp_path):
        monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
        context = sending.system_trust()
        assert context.keylog_filename is None
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.check_hostname

    def test_last_three_seconds_and_64_kilobytes_at_most(self):
        assert Limits() == Limits(3.0, 65_536)
        assert Sender()._limits == Limits()


class TestCertificates:
    def test_of_another_name_are_refused(self, authority):
        self.refused(authority, authority.serving("other.example"))

    def test_are_those_of_the_name_that_is_asked_for(self, authority):
        receiver = Receiver(authority, authority.serving("other.example"))
        assert send(receiver.sender(), Place("other.example", "/")) == Outcome(200, None)
        assert receiver.heard[0].headers["host"] == "other.example"
        receiver.close()

    def test_that_have_ended_are_refused(self, authority):
        self.refused(authority, authority.serving(days=-1))

    def test_of_an_unknown_authority_are_refused(self, authority, tmp_path):
        stranger = type(authority)(tmp_path)
        self.refused(authority, stranger.serving())

    @staticmethod
    def refused(authority, serving) -> None:
        receiver = Receiver(authority, serving)
        try:
            assert send(receiver.sender()) == Outcome(None, Failure.TLS_REFUSED)
            assert receiver.heard == []
        finally:
            receiver.close()


class TestAnswers:
    @pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
    def test_that_lead_elsewhere_are_not_followed(self, receiver, code):
        receiver.answer = status(code, Location="https://169.254.169.254/latest/meta-data/")
        assert send(receiver.sender()) == Outcome(code, Failure.NOT_ACCEPTED)
        receiver.settle()
        assert (receiver.connections, receiver.asked) == (1, [HOST])

    def test_that_come_after_an_interim_one_count(self, receiver):
        receiver.answer = says(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + OK)
        assert send(receiver.sender()) == Outcome(200, None)

    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"hello\r\n\r\n",
            b"HTTP/2 200\r\n\r\n",
            b"HTTP/1.1 999 x\r\n\r\n",
            b"HTTP/1.1 200",
            b"HTTP/1.1 103 x\r\n",
        ],
    )
    def test_that_are_none_are_refused(self, receiver, raw):
        receiver.answer = says(raw)
        assert send(receiver.sender()).failure in {Failure.ANSWER_UNREADABLE, Failure.NOT_REACHED}

    def test_that_do_not_come_are_cut_off(self, receiver):
        waiting = threading.Event()
        receiver.answer = lambda _connection: waiting.wait(5) and None
        self.cut_off(receiver)
        waiting.set()

    def test_that_trickle_are_cut_off_as_a_whole(self, receiver):
        def trickle(connection):
            for byte in b"HTTP/1.1 200 OK" * 100:
                connection.sendall(bytes([byte]))
                time.sleep(0.03)

        receiver.answer = trickle
        self.cut_off(receiver)

    @staticmethod
    def cut_off(receiver) -> None:
        began = time.monotonic()
        assert send(receiver.sender(seconds=0.3)) == Outcome(None, Failure.TIMED_OUT)
        assert 0.25 < time.monotonic() - began < 1.5

    def test_with_a_body_that_trickles_count_by_their_status(self, receiver):
        waiting = threading.Event()

        def hold(connection):
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nx")
            waiting.wait(5)

        receiver.answer = hold
        began = time.monotonic()
        assert send(receiver.sender(seconds=0.3)) == Outcome(200, None)
        assert time.monotonic() - began < 1.5
        waiting.set()

    @pytest.mark.parametrize(
        ("head", "failure"), [(b"HTTP/1.1 200 OK\r\n\r\n", None), (b"", Failure.ANSWER_UNREADABLE)]
    )
    def test_that_are_large_are_cut_at_64_kilobytes(self, receiver, monkeypatch, head, failure):
        read, original = [], ssl.SSLSocket.recv

        def recv(connection, size=1024, flags=0):
            chunk = original(connection, size, flags)
            read.append(len(chunk))
            return chunk

        monkeypatch.setattr(ssl.SSLSocket, "recv", recv)
        receiver.answer = says(head + b"x" * 4_000_000)
        assert send(receiver.sender()).failure is failure
        assert sum(read) == 64 * 1024
