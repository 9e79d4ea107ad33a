"""Running the parts side by side: one that fails is started again, a stop signal lets everything end well."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import structlog
import uvicorn
from litestar import Litestar

from bot.bootstrap.lotse import Lotse
from bot.core.ids import new_token

_log = structlog.get_logger(__name__)

PARTS = frozenset({"web", "worker", "telegram"})
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0
_DRAIN_SECONDS = 20.0
_SWITCH_SECONDS = 0.0005


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers: one stop signal is for all parts."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


async def serve_parts(lotse: Lotse, parts: frozenset[str]) -> None:
    """Run the chosen parts until SIGTERM or SIGINT, then let turns and deliveries under way end."""
    # A turn goes back and forth between the loop and SQLite's threads: hand over quickly.
    sys.setswitchinterval(_SWITCH_SECONDS)
    gc.freeze()  # what was loaded stays: no collection has to walk through it while somebody waits
    stopping = _stop_signals()
    running: list[asyncio.Task[None]] = []
    for name, part in lotse.background(parts).items():
        running.append(asyncio.create_task(_supervised(name, part, stopping), name=name))
    server = _server(lotse) if "web" in parts else None
    if server:
        running.append(asyncio.create_task(_web(server, stopping), name="web"))
    lotse.announce(parts)
    try:
        await stopping.wait()
    finally:
        _log.info("stopping")
        if server:
            server.should_exit = True
        lotse.stop()
        _, late = await asyncio.wait(running, timeout=_DRAIN_SECONDS)
        for task in late:
            _log.warning("stop.too_slow", part=task.get_name())
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        _log.info("stopped")


async def serve_actions(lotse: Lotse) -> None:
    """Serve the actions to a Rasa server on loopback until told to stop."""
    stopping = _stop_signals()
    given = lotse.settings.action_token
    token = given.get_secret_value() if given else new_token()
    config = _config(lotse.action_app(token), "127.0.0.1", lotse.settings.action_port)
    server = _Server(config)
    task = asyncio.create_task(_web(server, stopping), name="actions")
    lotse.say(f"Actions for a Rasa server: http://127.0.0.1:{lotse.settings.action_port}/webhook")
    if not given:
        lotse.say(f"Token of this run (LOTSE_ACTION_TOKEN sets a lasting one): {token}")
    await stopping.wait()
    server.should_exit = True
    await task


def _stop_signals() -> asyncio.Event:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    return stopping


async def _supervised(name: str, part: Callable[[], Awaitable[None]], stopping: asyncio.Event) -> None:
    """Start a part again when it fails, at growing intervals; what it was doing is in the database."""
    pause = _FIRST_PAUSE
    while not stopping.is_set():
        began = asyncio.get_running_loop().time()
        try:
            await part()
        except Exception:
            _log.exception("part.failed", part=name, again_in=pause)
        else:
            return
        if asyncio.get_running_loop().time() - began > _LONGEST_PAUSE:
            pause = _FIRST_PAUSE
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await stopping.wait()
        pause = min(pause * 2, _LONGEST_PAUSE)


def _server(lotse: Lotse) -> _Server:
    return _Server(_config(lotse.web_app(), lotse.settings.host, lotse.settings.port))


def _config(app: Litestar, host: str, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        log_level="error",
        access_log=False,  # addresses of people
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=5,
        h11_max_incomplete_event_size=32 * 1024,
    )


async def _web(server: _Server, stopping: asyncio.Event) -> None:
    try:
        with socket.socket(_family(server.config.host)) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((server.config.host, server.config.port))
            await server.serve(sockets=[listener])
    except OSError as exc:
        _log.error(
            "web.cannot_listen", host=server.config.host, port=server.config.port, error=exc.strerror,
            advice="is another program using the port? set LOTSE_PORT",
        )  # fmt: skip
    finally:
        stopping.set()


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
