"""Fetching updates raw: whatever one of them holds, the others come through."""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import Any

import httpx

from bot.channels.telegram.api import UPDATES
from bot.channels.telegram.faults import token_refused
from bot.errors import TryLater

BATCH = 100
UNREADABLE, OTHER_POLLER, WEBHOOK_SET = "unreadable", "other_poller", "webhook_set"

_GRACE = 10.0
_ID = re.compile(rb'"update_id"\s*:\s*(\d{1,18})')


class Updates:
    """getUpdates of one bot, on a connection of its own."""

    def __init__(self, token: str, api_url: str, wait: int = 30) -> None:
        """Let the server hold a request for up to `wait` seconds."""
        self._url = f"{api_url}/bot{token}/getUpdates"
        self.wait = wait
        self._client = self._connect()

    async def fetch(self, offset: int | None, limit: int = BATCH) -> list[object]:
        """Return waiting updates from `offset` on, unparsed; an offset confirms all before it.

        Raises TryLater; its code is `unreadable` when the answer is no JSON. Of an unreadable answer to a request
        for a single update a stub with its id is returned, so that it can be passed over.
        """
        asked: dict[str, str] = {
            "timeout": str(self.wait), "limit": str(limit), "allowed_updates": json.dumps(UPDATES),
        }  # fmt: skip
        if offset is not None:
            asked["offset"] = str(offset)
        try:
            answer = await self._client.post(self._url, data=asked)
        except (httpx.HTTPError, httpx.InvalidURL):
            raise TryLater("no_connection") from None  # the text may hold the address with the token
        if not answer.is_success:
            raise _refusal(answer)
        return _result(answer.content, single=limit == 1)

    async def reconnect(self) -> None:
        """Drop the connection, which may have died unnoticed, and use a new one."""
        await self.close()
        self._client = self._connect()

    async def close(self) -> None:
        """Close the connection."""
        await self._client.aclose()

    def _connect(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(timeout=httpx.Timeout(5.0, read=self.wait + _GRACE))


def _result(body: bytes, *, single: bool) -> list[object]:
    try:
        result = json.loads(body)["result"]
    except (ValueError, RecursionError, KeyError, TypeError):
        if single and (found := _ID.search(body)):
            return [{"update_id": int(found[1]), "refused": UNREADABLE}]
        raise TryLater(UNREADABLE) from None
    if not isinstance(result, list):
        raise TryLater(UNREADABLE)
    return result


def _refusal(answer: httpx.Response) -> TryLater:
    if answer.status_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND):
        return token_refused(found=answer.status_code == HTTPStatus.UNAUTHORIZED)
    said = _said(answer)
    if answer.status_code == HTTPStatus.CONFLICT:
        return TryLater(WEBHOOK_SET if "webhook is active" in str(said.get("description")) else OTHER_POLLER)
    if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        parameters = said.get("parameters")
        wait = parameters.get("retry_after") if isinstance(parameters, dict) else None
        return TryLater("flood", float(wait) if isinstance(wait, int) else None)
    return TryLater(f"http_{answer.status_code}")


def _said(answer: httpx.Response) -> dict[str, Any]:
    try:
        said = answer.json()
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
