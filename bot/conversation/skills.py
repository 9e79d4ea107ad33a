"""Running rasa-sdk actions in this process, on the executor that `lotse actions` serves too."""

from __future__ import annotations

from rasa_sdk.executor import ActionExecutor

from bot.conversation.domain import Domain
from bot.conversation.state import State
from bot.conversation.wire import from_rasa
from bot.core.language import DEFAULT
from bot.core.message import Reply


class Skills:
    """The registered actions. About 0.1 ms a call."""

    def __init__(self, executor: ActionExecutor, domain: Domain) -> None:
        """Run the executor's actions over this domain."""
        self._executor = executor
        self._executor.domain = domain.raw
        self._executor.domain_digest = "embedded"  # the domain never changes while the process runs

    async def run(self, name: str, state: State) -> list[Reply]:
        """Run one action, take its events over into the state and return its replies."""
        call = {"next_action": name, "tracker": state.for_action(), "domain_digest": self._executor.domain_digest}
        result = await self._executor.run(call)
        if result is None:
            return []
        state.latest_action = name
        state.events.append({"event": "action", "name": name})
        state.apply(result.events)
        language = state.slots.get("language") or DEFAULT
        return [from_rasa(message, language) for message in result.responses]
