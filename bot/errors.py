"""Everything that Lotse raises on purpose.

    LotseError
      ConfigurationError      settings or files that keep Lotse from starting; holds every fault found
      KeyRefused              the key file is missing, unreadable or does not fit the database
      StorageError
        LeaseLost             another worker took this chat over; nothing of this turn may be committed
        BackupRefused         a backup that is damaged, foreign or newer
      MessageRefused          an update that cannot be processed and would not get better by trying again
      ChannelError            a channel could not deliver
        TryLater              worth trying again, after `retry_after` seconds
        DeliveryUnknown       the request may or may not have arrived
        Unreachable           the person blocked the bot, or the chat is gone
        ChatMoved             the chat lives on under `new_address`
        DeliveryRefused       this message will never be accepted

The text of an error is for the person who has to act on it: it names file, line, variable or command.
No error text holds message text, a name, a token or contact data.
"""

from __future__ import annotations

from dataclasses import dataclass


class LotseError(Exception):
    """Base of all errors that Lotse raises on purpose."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong in a file or setting that a person can correct.

    `where` is a path relative to the working directory or the name of a setting; `line` counts from 1,
    0 where no line can be named.
    """

    where: str
    line: int
    what: str

    def __str__(self) -> str:
        """Return `where:line: what`, as compilers write it and editors can jump to."""
        return f"{self.where}:{self.line}: {self.what}" if self.line else f"{self.where}: {self.what}"


class ConfigurationError(LotseError):
    """Lotse cannot start: every fault is listed, one a line."""

    def __init__(self, faults: list[Fault]) -> None:
        """Keep the faults sorted by place."""
        self.faults = sorted(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class KeyRefused(LotseError):
    """The encryption key does not fit. Nothing was read or written."""


class StorageError(LotseError):
    """The database could not do what was asked."""


class LeaseLost(StorageError):
    """Another worker owns this chat or message now; this one must forget its work."""


class BackupRefused(StorageError):
    """The backup file is damaged, from elsewhere or from a newer Lotse. Live data is untouched."""


class MessageRefused(LotseError):
    """An update that cannot be processed; `reason` is a short code for the quarantine, without content."""

    def __init__(self, reason: str) -> None:
        """Keep the reason code."""
        self.reason = reason
        super().__init__(reason)


class ChannelError(LotseError):
    """A channel could not deliver a reply; `code` is a short word for logs and the outbox row."""

    def __init__(self, code: str) -> None:
        """Keep the code."""
        self.code = code
        super().__init__(code)


class TryLater(ChannelError):
    """Delivery failed for a passing reason; `retry_after` is in seconds, None when the channel named no time.

    `whole_bot` says that every chat of the bot has to wait, not only this one.
    """

    def __init__(self, code: str, retry_after: float | None = None, *, whole_bot: bool = False) -> None:
        """Keep the code and how long to wait."""
        super().__init__(code)
        self.retry_after = retry_after
        self.whole_bot = whole_bot


class DeliveryUnknown(ChannelError):
    """The request was sent and no answer came: the message may have arrived."""


class Unreachable(ChannelError):
    """The person blocked the bot or deleted the chat; no further message can reach it."""


class ChatMoved(ChannelError):
    """The chat has a new address (a Telegram group became a supergroup)."""

    def __init__(self, new_address: str) -> None:
        """Keep the new address."""
        super().__init__("chat_moved")
        self.new_address = new_address


class DeliveryRefused(ChannelError):
    """The channel refuses this message for good (malformed, too long, forbidden)."""
