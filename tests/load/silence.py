"""A conversation with a real Lotse where there is no way out: run inside a network namespace of its own.

    unshare --net -- .venv/bin/python -m tests.load.silence FOLDER

brings loopback up, starts `lotse serve` (below strace, where that is installed), talks over the web chat and over
Telegram (the fake Bot API, on loopback), and writes what left the program to FOLDER/network.txt.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.fake_bot_api import TOKEN, FakeBotApi
from tests.journeys.server import ROOT, LotseProcess
from tests.journeys.talk import TelegramTalk, WebTalk

TRACED = "network.txt"
# Sockets of the same machine, and the kernel's own notices, are no way out.
_LOCAL = re.compile(r"AF_UNIX|AF_NETLINK|inet_addr\(\"127\.|inet_pton\(AF_INET6, \"::1\"")
_OUTWARDS = re.compile(r"(?:connect|sendto|sendmsg|sendmmsg)\(.*(?:sin6?_port|sin_addr|AF_INET)")


def way_out() -> bool:
    """Return whether anything but loopback is there."""
    devices = [path.name for path in Path("/sys/class/net").iterdir()]
    routes = Path("/proc/net/route").read_text("ascii").splitlines()[1:]
    return bool(routes) or any(name != "lo" and _is_up(name) for name in devices)


def _is_up(name: str) -> bool:
    state = subprocess.run(["ip", "-o", "link", "show", name, "up"], capture_output=True, text=True, check=False)
    return bool(state.stdout.strip())


def calls_home(trace: str) -> list[str]:
    """Return the traced calls that were meant for another machine, or for a name server."""
    return [
        line
        for line in trace.splitlines()
        if _OUTWARDS.search(line) and (not _LOCAL.search(line) or "htons(53)" in line)
    ]


def main() -> None:
    folder = Path(sys.argv[1])
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    if way_out():
        raise SystemExit("there is a way out of this namespace: use unshare --net")
    with FakeBotApi() as telegram:
        server = LotseProcess(folder, LOTSE_TELEGRAM_TOKEN=TOKEN, LOTSE_TELEGRAM_API_URL=telegram.url)
        process = _start(server, folder)
        try:
            heard = _talk(server, telegram)
        finally:
            _stop(process)
    print(json.dumps(heard, ensure_ascii=False))


def _talk(server: LotseProcess, telegram: FakeBotApi) -> list[str]:
    """Ask the same question over both channels; return the first answers."""
    deadline = time.monotonic() + 60
    while not server.is_ready():
        if time.monotonic() > deadline:
            raise SystemExit(server.log.read_text("utf-8")[-3_000:])
        time.sleep(0.1)
    web = WebTalk(server.url)
    web.begin(language="de", place="bw")
    web.press("/accept_notice")
    answers = web.say("Ich suche eine Wohnung")
    talk = TelegramTalk(telegram, 5)
    return [answers[0].text, talk.begin()[0].text]


def _start(server: LotseProcess, folder: Path) -> subprocess.Popen[bytes]:
    strace = ["strace", "--follow-forks", "--seccomp-bpf", "-qq", "-e", "trace=%network", "-o", str(folder / TRACED)]
    command = [*(strace if shutil.which("strace") else []), sys.executable, "-m", "bot", "serve"]
    with server.log.open("ab") as log:
        return subprocess.Popen(
            command, cwd=ROOT, env=server.environment, stdout=log, stderr=log, start_new_session=True
        )


def _stop(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGTERM)
    code = process.wait(60)
    if code:
        raise SystemExit(f"lotse left with {code}")


if __name__ == "__main__":
    main()
