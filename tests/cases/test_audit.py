"""What the audit record keeps of a worker's answer: that somebody was asked, and nothing of what they said."""

from __future__ import annotations


def test_the_record_does_not_say_what_the_worker_said(sqlite_bench):
    bench = sqlite_bench
    reference = bench.raised()
    bench.waiting(reference)
    bench.answer(reference, effective=False)
    (event,) = bench.caseload.events("cases.validated")
    assert "yes" not in str(event)
    assert "J-1" not in str(event)
