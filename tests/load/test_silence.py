"""Nothing calls home: a conversation where there is no way out, with every connection and name look-up watched."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.load.silence import ROOT, TRACED, calls_home


def _no_namespace() -> str:
    """Return why a network namespace cannot be made here, empty if it can."""
    if not shutil.which("unshare") or not shutil.which("ip"):
        return "unshare or ip is not installed"
    tried = subprocess.run(["unshare", "--net", "true"], capture_output=True, text=True, check=False)
    return tried.stderr.strip()


def test_a_conversation_without_a_way_out(tmp_path: Path) -> None:
    if reason := _no_namespace():
        pytest.skip(reason)
    command = ["unshare", "--net", "--", sys.executable, "-m", "tests.load.silence", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    flat, welcome = json.loads(done.stdout.splitlines()[-1])
    assert "Wohnung" in flat
    assert welcome
    trace = tmp_path / TRACED
    if not trace.exists():
        pytest.skip("strace is not installed: the conversation went well, but look-ups were not watched")
    calls = trace.read_text("utf-8", "replace")
    assert "127.0.0.1" in calls  # it watched: the Bot API is on loopback
    print(f"network calls watched: {len(calls.splitlines())}, outwards: {len(calls_home(calls))}")
    assert calls_home(calls) == []


@pytest.mark.parametrize(
    ("line", "is_found"),
    [
        ('7 connect(5, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("10.0.0.1")}, 16) = -1', True),
        ('7 connect(5, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.53")}, 16) = 0', True),
        (
            '7 sendto(5, "x", 1, 0, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("10.1.1.1")}, 16) = 1',
            True,
        ),
        ('7 connect(5, {sa_family=AF_INET, sin_port=htons(9001), sin_addr=inet_addr("127.0.0.1")}, 16) = 0', False),
        ('7 connect(5, {sa_family=AF_UNIX, sun_path="/var/run/nscd/socket"}, 110) = -1', False),
        ('7 sendto(5, "GET / HTTP/1.1", 14, 0, NULL, 0) = 14', False),
    ],
)
def test_calls_home_are_found_in_a_trace(line: str, is_found: bool) -> None:
    assert bool(calls_home(line)) == is_found
