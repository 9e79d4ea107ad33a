"""All parts of a running Lotse, joined."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import structlog
from litestar import Litestar, Router
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig
from rasa_sdk.executor import ActionExecutor

from bot import __version__, catalogues
from bot.actions import NAMES, executor
from bot.actions.kit import Kit
from bot.bootstrap.knowledge import Knowledge
from bot.bootstrap.links import PageLinks
from bot.bootstrap.messengers import Telegram, open_telegram
from bot.bootstrap.stores import Stores, open_stores
from bot.channels.delivery import Publisher, Sender
from bot.channels.webchat.app import SECURITY
from bot.channels.webchat.app import routes as webchat_routes
from bot.channels.webchat.channel import WebChatChannel
from bot.console import action_server, health
from bot.console.metrics import Metrics
from bot.conversation import domain, rules
from bot.conversation.house import House
from bot.conversation.skills import Skills
from bot.conversation.worker import Pace, Worker
from bot.core.clock import utc_now
from bot.core.i18n import Catalogues
from bot.core.language import DEFAULT
from bot.core.message import Button, Reply
from bot.core.ports import Channel, Claim, Queued
from bot.core.usage import Tally
from bot.errors import StorageError
from bot.library.load import load as load_library
from bot.people.consent import NOTICE_VERSION
from bot.people.learning import Learning
from bot.settings import Settings
from bot.storage import backlog
from bot.storage.purge import RetentionRules, purge
from bot.storage.signals import PostgresSignals

_log = structlog.get_logger(__name__)
_DAY = 24 * 60 * 60.0
_MINUTE = 60.0


@dataclass
class Lotse:
    """Everything joined, ready to run."""

    settings: Settings
    stores: Stores
    words: Catalogues
    knowledge: Knowledge
    house: House
    metrics: Metrics
    telegram: Telegram | None
    tally: Tally
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _stops: list[Callable[[], None]] = field(default_factory=list)

    def background(self, parts: frozenset[str]) -> dict[str, Callable[[], Awaitable[None]]]:
        """Return what has to run besides the web server, by name."""
        running: dict[str, Callable[[], Awaitable[None]]] = {"content": self.knowledge.follow}
        if isinstance(self.stores.signals, PostgresSignals):
            running["signals"] = partial(_until, self.stopping, self.stores.signals.run)
        if "worker" in parts:
            worker = Worker(self.house, self.stores.signals, self._pace(), self.apology, self.metrics)
            publisher = Publisher(self.stores.outbox)
            running |= {
                "worker": worker.run,
                "publisher": publisher.run,
                "purge": self._purge_daily,
                "usage": self._count,
            }
            self._stops += [worker.stop, publisher.stop]
            if self.telegram:
                sender = Sender(self.telegram.channel, self.stores.outbox, self.stores.signals, self.telegram.limits)
                running["sender"] = sender.run
                self._stops.append(sender.stop)
        if "telegram" in parts and self.telegram:
            running |= self.telegram.background(self.stores.inbox, self.stores.signals, self._stops)
        self._stops.append(self.knowledge.stop)
        return running

    def stop(self) -> None:
        """Let everything end well."""
        self.stopping.set()
        for stop in self._stops:
            stop()

    def web_app(self) -> Litestar:
        """Return the ASGI app: web chat, webhook, health."""
        handlers: list[Router | HTTPRouteHandler] = [
            *webchat_routes(
                inbox=self.stores.inbox,
                sessions=self.stores.sessions,
                signals=self.stores.signals,
                words=self.words,
                stopping=self.stopping,
                embed_origins=self.settings.embed_origins,
                trusted_proxies=self.settings.trusted_proxies,
            ),
            *health.routes(self.metrics, partial(backlog.backlog, self.stores.database)),
        ]
        if self.telegram and self.settings.public_url:
            handlers.append(self.telegram.webhook(self.stores.inbox, self.stores.signals))
        api = OpenAPIConfig(title="Lotse", version=__version__, path="/api", render_plugins=[], components=SECURITY)
        return Litestar(handlers, openapi_config=api, logging_config=None)

    def action_app(self, token: str) -> Litestar:
        """Return the ASGI app of `lotse actions`."""
        return action_server.app(self._executor(), self.stores.database.unit_of_work, token)

    def announce(self, parts: frozenset[str]) -> None:
        """Print where everything is."""
        if "web" in parts:
            self.say(f"Lotse: http://{self.settings.host}:{self.settings.port}/  (web chat)")
        self.say("Telegram: " + ("connected" if self.telegram else "no token set (LOTSE_TELEGRAM_TOKEN)"))
        _log.info("ready", parts=sorted(parts), pages=len(self.knowledge.library.pages))

    @staticmethod
    def say(line: str) -> None:
        """Print a line for whoever has started this."""
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    def _executor(self) -> ActionExecutor:
        return executor(_kit(self.settings, self.stores, self.words, self.knowledge, self.telegram, self.tally))

    def _pace(self) -> Pace:
        return Pace(self.settings.workers, self.settings.turn_seconds, self.settings.turn_attempts)

    def apology(self, claim: Claim) -> Queued:
        """Return what a person reads when a message had to be set aside."""
        return apology(claim, self.words)

    async def _count(self) -> None:
        """Store now and then, and at the end, how often pages were shown."""
        while not self.stopping.is_set():
            await _pause(self.stopping, _MINUTE)
            counts = self.tally.take()
            try:
                await self.stores.usage.add(counts)
            except StorageError as exc:
                self.tally.give_back(counts)
                _log.warning("usage.not_stored", error=type(exc).__name__)

    async def _purge_daily(self) -> None:
        while not self.stopping.is_set():
            for one in await purge(
                self.stores.database, retention(self.settings), ledger=self.stores.ledger, dry_run=False
            ):
                _log.info("purged", table=one.table, rows=one.rows)
            await _pause(self.stopping, _DAY)


@asynccontextmanager
async def open_lotse(settings: Settings, extra: dict[str, Channel] | None = None) -> AsyncIterator[Lotse]:
    """Join everything; nothing runs yet. Raises ConfigurationError with every fault of every file."""
    words = catalogues.load(settings.locales_dir)
    subject = domain.load(settings.intents_dir / "domain.yml", NAMES)
    answers = rules.load(settings.intents_dir / "rules.yml", subject)
    knowledge = await Knowledge.open(settings, load_library)
    tally = Tally()
    async with open_stores(settings) as stores:
        telegram = open_telegram(settings, stores.buttons, words, stores.database.ring)
        channels: dict[str, Channel] = {"webchat": WebChatChannel(), **(extra or {})}
        if telegram:
            channels["telegram"] = telegram.channel
        house = House(
            domain=subject,
            rules=answers,
            skills=Skills(executor(_kit(settings, stores, words, knowledge, telegram, tally)), subject),
            channels=channels,
            understands=knowledge.pipeline,
            inbox=stores.inbox,
            people=stores.people,
            unit_of_work=stores.database.unit_of_work,
            clock=utc_now,
            notice_version=NOTICE_VERSION,
        )
        try:
            yield Lotse(settings, stores, words, knowledge, house, Metrics(), telegram, tally)
        finally:
            if telegram:
                await telegram.close()


def retention(settings: Settings) -> RetentionRules:
    """Return how long what is kept."""
    return RetentionRules(settings.retention_days, settings.inactive_days)


def apology(claim: Claim, words: Catalogues) -> Queued:
    """Return what a person reads when a message had to be set aside."""
    language = ((claim.tracker or {}).get("slots") or {}).get("language") or DEFAULT
    spoken = words[language]
    text = spoken(
        "Something went wrong here. Your message is not lost and we will look at it. "
        "Please try again later, or talk to a person."
    )
    return Queued(Reply(text, language, buttons=((Button(spoken("Talk to a person"), payload="/talk_to_human"),),)))


def _kit(
    settings: Settings,
    stores: Stores,
    words: Catalogues,
    knowledge: Knowledge,
    telegram: Telegram | None,
    tally: Tally,
) -> Kit:
    return Kit(
        words=words,
        library=lambda: knowledge.library,
        people=stores.people,
        learning=Learning(stores.questions, stores.people, knowledge.scrub),
        searches=knowledge.pipeline,
        tally=tally,
        reminders=stores.outbox,
        links=PageLinks(settings, telegram),
        clock=utc_now,
        responsible=settings.responsible,
        responsible_contact=settings.responsible_contact,
        retention_days=settings.retention_days,
    )


async def _until(stopping: asyncio.Event, work: Callable[[], Awaitable[None]]) -> None:
    task = asyncio.ensure_future(work())
    stop = asyncio.create_task(stopping.wait())
    await asyncio.wait([task, stop], return_when=asyncio.FIRST_COMPLETED)
    for one in (task, stop):
        one.cancel()
    await asyncio.gather(task, stop, return_exceptions=True)


async def _pause(stopping: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stopping.wait()
    except TimeoutError:
        pass
