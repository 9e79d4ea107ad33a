"""Findings about imported pages, each kind once: hundreds of the same slip are one thing to do, and elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePath

from bot.errors import Fault
from bot.library.integreat.tie import PREFIX

_SAME = re.compile(r"[a-z;,.'()-]+")


def by_kind(findings: Iterable[Fault]) -> list[Fault]:
    """Return the findings with those about imported pages put together: the first of each kind, and how many more.

    >>> by_kind([Fault(f"places/x/integreat-{n}/de.md", n, f"{n}00 cannot be dialled; correct it") for n in (1, 2, 3)])
    [Fault(where='places/x/integreat-1/de.md', line=1, what='100 cannot be dialled; correct it (2 more of this kind)')]
    """
    own, kinds = [], dict[str, list[Fault]]()
    for finding in findings:
        if any(part.startswith(PREFIX) for part in PurePath(finding.where).parts):
            kinds.setdefault(_kind(finding.what), []).append(finding)
        else:
            own.append(finding)
    return sorted([*own, *(_together(same) for same in kinds.values())])


def _kind(what: str) -> str:
    """Return a message without what differs from case to case: names, numbers, quoted words."""
    return " ".join(word for word in what.split() if _SAME.fullmatch(word))


def _together(same: list[Fault]) -> Fault:
    first = same[0]
    more = f"{first.what} ({len(same) - 1} more of this kind)" if len(same) > 1 else first.what
    return Fault(first.where, first.line, more)
