"""``recruitment audit``: seal, verify, list."""

from __future__ import annotations

import re

from tests.audit.record import events, recorded
from tests.audit.tampered import EVENTS, TamperedRecord


class TestSeal:
    def test_says_what_was_sealed(self, field):
        recorded(field.database, 3)
        text = field.run("audit", "seal").stdout
        assert re.search(r"^seal 1: \d+ events, head 1:[0-9a-f]{64}$", text, re.MULTILINE)
        assert field.run("audit", "seal").stdout == "Everything is sealed already.\n"


class TestVerify:
    def test_says_that_nothing_is_wrong_and_what_waits_for_a_seal(self, field):
        recorded(field.database, 1)
        count = len(events(field.database))
        text = field.run("audit", "verify").stdout
        assert f"Not sealed yet: {count} events." in text
        assert "is what was recorded and sealed" in text
        head = re.findall(r"head (\S+)", field.run("audit", "seal").stdout)[-1]
        assert "Not sealed" not in field.run("audit", "verify", "--head", head).stdout

    def test_ends_with_1_when_something_is_wrong(self, field):
        recorded(field.database, 1)
        intruder = TamperedRecord(field.database)
        intruder.connection.execute(EVENTS.update().values(action="nothing.happened"))
        intruder.connection.commit()
        intruder.connection.close()
        found = field.run("audit", "verify", exit_code=1)
        assert "was changed: its leaf is not that of what it says" in found.stdout
        assert "faults." in found.stderr

    def test_ends_with_1_when_the_end_was_cut_off(self, field):
        found = field.run("audit", "verify", "--head", f"7:{'0' * 64}", exit_code=1)
        assert "The seal 7 is missing" in found.stdout

    def test_does_not_take_anything_for_a_head(self, field):
        for head in ("7", "x:00", f"0:{'0' * 64}", "1:zz"):
            assert "is not a head" in field.run("audit", "verify", "--head", head, exit_code=2).stderr


class TestList:
    def test_shows_the_newest_first_and_what_is_asked_for(self, field):
        recorded(field.database, 2, action="people.invited")
        one = events(field.database)[0]
        assert field.run("audit", "list").stdout.count("people.invited") == 2
        assert field.run("audit", "list", "--limit", "1").stdout.count("people.invited") == 1
        text = field.run("audit", "list", "--subject", "journey", one.subject_id).stdout
        assert text.count("people.invited") == 1
        assert "rows=2" in text
        assert str(one.actor_id) in field.run("audit", "list", "--actor", str(one.actor_id)).stdout
