"""Every table, typed, each column classified."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, MetaData, String, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bot.storage import privacy
from bot.storage.types import Moment, SealedBytes, SealedJson, SealedText

_Id = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """All tables of Lotse."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
        }
    )


class PersonRow(Base):
    """A newcomer, known by nothing but what was chosen."""

    __tablename__ = "person"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, info=privacy.PROFILE)
    created_at: Mapped[datetime] = mapped_column(Moment, info=privacy.PROFILE)
    last_seen_at: Mapped[datetime] = mapped_column(Moment, index=True, info=privacy.PROFILE)
    language: Mapped[str | None] = mapped_column(String(16), info=privacy.PROFILE)
    place: Mapped[str | None] = mapped_column(String(64), info=privacy.PROFILE)


class ConsentRow(Base):
    """One acceptance of one version of what was asked, and its withdrawal.

    `purpose` is what was agreed to: `notice` (the privacy notice) or `learning` (keeping questions to learn from).
    """

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(_Id, primary_key=True, autoincrement=True, info=privacy.CONSENT)
    person_id: Mapped[str] = mapped_column(String(32), index=True, info=privacy.CONSENT)
    purpose: Mapped[str] = mapped_column(String(16), server_default="notice", info=privacy.CONSENT)
    version: Mapped[str] = mapped_column(String(32), info=privacy.CONSENT)
    language: Mapped[str] = mapped_column(String(16), info=privacy.CONSENT)
    accepted_at: Mapped[datetime] = mapped_column(Moment, info=privacy.CONSENT)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment, info=privacy.CONSENT)


class ChatRow(Base):
    """A conversation on one channel: the unit of order, of locking and of the tracker.

    `key` is a keyed hash of channel, bot and address, so that a stolen database names nobody's account. `due_at` is
    when its next message may be processed; without one, when it was last used. `erased_at` is set when the person
    was erased: the row waits for its last reply to arrive, and is then deleted (`purge_erased`).
    """

    __tablename__ = "chat"
    __table_args__ = (
        Index("ix_chat_pending", "due_at", sqlite_where=text("pending = 1"), postgresql_where=text("pending")),
        Index(
            "ix_chat_erased",
            "erased_at",
            sqlite_where=text("erased_at IS NOT NULL"),
            postgresql_where=text("erased_at IS NOT NULL"),
        ),
    )

    key: Mapped[str] = mapped_column(String(32), primary_key=True, info=privacy.CONTACT)
    channel: Mapped[str] = mapped_column(String(16), info=privacy.CONTACT)
    bot: Mapped[str] = mapped_column(String(64), info=privacy.TECHNICAL)
    address: Mapped[str] = mapped_column(SealedText("chat.address"), info=privacy.CONTACT)
    person_id: Mapped[str | None] = mapped_column(String(32), index=True, info=privacy.CONTACT)
    tracker: Mapped[Any | None] = mapped_column(SealedJson("chat.tracker"), info=privacy.SAID)
    pending: Mapped[bool] = mapped_column(default=False, info=privacy.CHAT_STATE)
    due_at: Mapped[datetime] = mapped_column(Moment, info=privacy.CHAT_STATE)
    lease: Mapped[str | None] = mapped_column(String(32), info=privacy.TECHNICAL)
    lease_until: Mapped[datetime | None] = mapped_column(Moment, info=privacy.TECHNICAL)
    last_position: Mapped[int] = mapped_column(default=0, info=privacy.CHAT_STATE)
    unreachable_at: Mapped[datetime | None] = mapped_column(Moment, info=privacy.CHAT_STATE)
    erased_at: Mapped[datetime | None] = mapped_column(Moment, info=privacy.CHAT_STATE)
    created_at: Mapped[datetime] = mapped_column(Moment, info=privacy.CHAT_STATE)


class WebSessionRow(Base):
    """A browser's key to its chat; only the hash of the token is kept."""

    __tablename__ = "web_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True, info=privacy.CONTACT)
    session: Mapped[str] = mapped_column(String(32), info=privacy.CONTACT)
    chat_key: Mapped[str] = mapped_column(String(32), index=True, info=privacy.CONTACT)
    created_at: Mapped[datetime] = mapped_column(Moment, info=privacy.CONTACT)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True, info=privacy.CONTACT)


class InboxRow(Base):
    """An accepted update. States: `pending`, `done`, `quarantined`.

    `raw` is what the channel sent and goes when the turn is done; `text` stays for the transcript.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("bot", "update_key"),
        Index(
            "ix_inbox_waiting",
            "chat_key",
            "id",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index("ix_inbox_chat", "chat_key", "id"),
        Index(
            "ix_inbox_quarantined",
            "id",
            sqlite_where=text("state = 'quarantined'"),
            postgresql_where=text("state = 'quarantined'"),
        ),
        privacy.ages("received_at", "done", "quarantined"),
    )

    id: Mapped[int] = mapped_column(_Id, primary_key=True, autoincrement=True, info=privacy.DELIVERY)
    bot: Mapped[str] = mapped_column(String(64), info=privacy.TECHNICAL)
    update_key: Mapped[str] = mapped_column(String(64), info=privacy.DELIVERY)
    chat_key: Mapped[str] = mapped_column(String(32), info=privacy.DELIVERY)
    received_at: Mapped[datetime] = mapped_column(Moment, index=True, info=privacy.DELIVERY)
    state: Mapped[str] = mapped_column(String(12), info=privacy.DELIVERY)
    attempts: Mapped[int] = mapped_column(default=0, info=privacy.DELIVERY)
    raw: Mapped[bytes | None] = mapped_column(SealedBytes("inbox.raw"), info=privacy.SAID)
    text: Mapped[str | None] = mapped_column(SealedText("inbox.text"), info=privacy.SAID)
    reason: Mapped[str | None] = mapped_column(String(64), info=privacy.DELIVERY)
    done_at: Mapped[datetime | None] = mapped_column(Moment, info=privacy.DELIVERY)


class OutboxRow(Base):
    """A reply on its way. States: `queued`, `sending`, `sent`, `uncertain`, `failed`, `cancelled`.

    `uncertain` means it was delivered at least once, perhaps twice. `position` numbers the delivered messages of
    a chat, so that a browser can ask for what it has missed. `doubtful` marks a row whose earlier attempt may
    have arrived. `retry_at` is when a sender may take the row: for one that is being sent, when its lease ends.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("dedup_key"),
        Index(
            "ix_outbox_waiting",
            "channel",
            "retry_at",
            sqlite_where=text("state IN ('queued', 'sending')"),
            postgresql_where=text("state IN ('queued', 'sending')"),
        ),
        # Not a partial index: SQLite would then rather read everything ever said in the chat.
        Index("ix_outbox_ahead", "chat_key", "state", "lane", "id"),
        Index(
            "ix_outbox_chat",
            "chat_key",
            "position",
            sqlite_where=text("position IS NOT NULL"),
            postgresql_where=text("position IS NOT NULL"),
        ),
        privacy.ages("created_at", "sent", "uncertain", "failed", "cancelled"),
    )

    id: Mapped[int] = mapped_column(_Id, primary_key=True, autoincrement=True, info=privacy.DELIVERY)
    chat_key: Mapped[str] = mapped_column(String(32), info=privacy.DELIVERY)
    channel: Mapped[str] = mapped_column(String(16), info=privacy.DELIVERY)
    lane: Mapped[int] = mapped_column(info=privacy.DELIVERY)
    state: Mapped[str] = mapped_column(String(12), info=privacy.DELIVERY)
    due_at: Mapped[datetime] = mapped_column(Moment, info=privacy.DELIVERY)
    retry_at: Mapped[datetime] = mapped_column(Moment, info=privacy.DELIVERY)
    attempts: Mapped[int] = mapped_column(default=0, info=privacy.DELIVERY)
    doubtful: Mapped[bool] = mapped_column(default=False, info=privacy.DELIVERY)
    dedup_key: Mapped[str | None] = mapped_column(String(96), info=privacy.DELIVERY)
    body: Mapped[Any] = mapped_column(SealedJson("outbox.body"), info=privacy.SAID)
    lease: Mapped[str | None] = mapped_column(String(32), info=privacy.TECHNICAL)
    position: Mapped[int | None] = mapped_column(info=privacy.DELIVERY)
    external_id: Mapped[str | None] = mapped_column(String(64), info=privacy.DELIVERY)
    error: Mapped[str | None] = mapped_column(String(64), info=privacy.DELIVERY)
    created_at: Mapped[datetime] = mapped_column(Moment, index=True, info=privacy.DELIVERY)
    done_at: Mapped[datetime | None] = mapped_column(Moment, info=privacy.DELIVERY)


class ButtonRow(Base):
    """The payload behind a button that is too long for its channel; it opens only in its own chat."""

    __tablename__ = "button"
    __table_args__ = (privacy.ages("created_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, info=privacy.CHAT_STATE)
    chat_key: Mapped[str] = mapped_column(String(32), index=True, info=privacy.CHAT_STATE)
    payload: Mapped[str] = mapped_column(SealedText("button.payload"), info=privacy.SAID)
    created_at: Mapped[datetime] = mapped_column(Moment, index=True, info=privacy.CHAT_STATE)


class QuestionRow(Base):
    """A question that was not understood, without names and numbers, kept with consent until an editor has seen it."""

    __tablename__ = "question"
    __table_args__ = (privacy.ages("asked_at"),)

    id: Mapped[int] = mapped_column(_Id, primary_key=True, autoincrement=True, info=privacy.LEARNING)
    person_id: Mapped[str] = mapped_column(String(32), index=True, info=privacy.LEARNING)
    text: Mapped[str] = mapped_column(SealedText("question.text"), info=privacy.LEARNING)
    language: Mapped[str] = mapped_column(String(16), info=privacy.LEARNING)
    guessed: Mapped[str] = mapped_column(String(64), info=privacy.LEARNING)
    meant: Mapped[str | None] = mapped_column(String(64), info=privacy.LEARNING)
    asked_at: Mapped[datetime] = mapped_column(Moment, index=True, info=privacy.LEARNING)


class FeedbackRow(Base):
    """Whether a page helped somebody; not tied to a person."""

    __tablename__ = "feedback"

    id: Mapped[int] = mapped_column(_Id, primary_key=True, autoincrement=True, info=privacy.FIGURE)
    page: Mapped[str] = mapped_column(String(64), info=privacy.FIGURE)
    language: Mapped[str] = mapped_column(String(16), info=privacy.FIGURE)
    helpful: Mapped[bool] = mapped_column(info=privacy.FIGURE)
    day: Mapped[str] = mapped_column(String(10), info=privacy.FIGURE)


class PageUseRow(Base):
    """How often a page was shown in a month; not tied to a person."""

    __tablename__ = "page_use"

    page: Mapped[str] = mapped_column(String(64), primary_key=True, info=privacy.FIGURE)
    language: Mapped[str] = mapped_column(String(16), primary_key=True, info=privacy.FIGURE)
    month: Mapped[str] = mapped_column(String(7), primary_key=True, info=privacy.FIGURE)
    shown: Mapped[int] = mapped_column(info=privacy.FIGURE)


class ErasureRow(Base):
    """Proof that someone was erased: a keyed hash, so that a restored backup can be cleaned again."""

    __tablename__ = "erasure"

    person_hash: Mapped[str] = mapped_column(String(32), primary_key=True, info=privacy.PROOF)
    erased_at: Mapped[datetime] = mapped_column(Moment, info=privacy.PROOF)


class KeyCheckRow(Base):
    """A known value under the present key, to refuse a wrong key file before anything is read."""

    __tablename__ = "key_check"

    id: Mapped[int] = mapped_column(primary_key=True, info=privacy.TECHNICAL)
    value: Mapped[str] = mapped_column(SealedText("key_check.value"), info=privacy.TECHNICAL)
