"""The figures of `lotse evaluate` as one page to open in a browser: tables, reliability, confusion map."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from bot.understanding.evaluate import Figures, Report

_STYLE = """
body { font: 15px/1.45 system-ui, "Noto Sans", sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem;
  color-scheme: light dark; }
table { border-collapse: collapse; margin-block: .5rem 2rem; }
th, td { padding: .2rem .6rem; text-align: end; border-bottom: 1px solid #8885; }
th:first-child, td:first-child { text-align: start; }
thead th { position: sticky; top: 0; background: Canvas; }
.map { overflow: auto; max-height: 90vh; }
.map td, .map th { padding: 0 .25rem; font-size: 11px; border: 1px solid #8883; min-width: 1.1rem; }
.map thead th { writing-mode: vertical-rl; text-align: start; }
.map tbody th { position: sticky; inset-inline-start: 0; background: Canvas; text-align: start; white-space: nowrap; }
.right { background: rgb(0 120 80 / var(--share)); }
.wrong { background: rgb(200 40 20 / var(--share)); }
"""


def page_of(report: Report) -> str:
    """Return the page as HTML."""
    confusions = [[one.intent, one.taken_for, str(one.times)] for one in report.confusions]
    trust = [[_percent(one.confidence), _percent(one.right), str(one.texts)] for one in report.reliability]
    parts = [
        "<h2>By language</h2>",
        _table(report.columns, report.rows),
        "<h2>By intent</h2>",
        _table(["", "texts", "first", "of three"], [_intent(figures) for figures in report.by_intent]),
        "<h2>Reliability</h2><p>Of the texts answered with about this confidence, so many were right.</p>",
        _table(["confidence", "right", "texts"], trust),
        "<h2>What was taken for what</h2><p>A row for what was meant, a column for what was understood.</p>",
        _map(report),
        "<h2>All confusions</h2>",
        _table(["meant", "understood", "times"], confusions),
    ]
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>How well Lotse understands</title>'
        f"<style>{_STYLE}</style><h1>How well Lotse understands</h1>{''.join(parts)}</html>\n"
    )


def _intent(figures: Figures) -> list[str]:
    return [figures.name, str(figures.texts), _percent(figures.first), _percent(figures.offered)]


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _map(report: Report) -> str:
    texts = {figures.name: figures.texts for figures in report.by_intent}
    times = {(one.intent, one.taken_for): one.times for one in report.confusions}
    times |= {(f.name, f.name): round(f.first * f.texts) for f in report.by_intent}
    names = sorted(texts.keys() | {one.taken_for for one in report.confusions})
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    rows = []
    for meant in sorted(texts):
        cells = "".join(_cell(meant, name, times.get((meant, name), 0), texts[meant]) for name in names)
        rows.append(f"<tr><th>{escape(meant)}</th>{cells}</tr>")
    return (
        f'<div class="map"><table><thead><tr><th></th>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
    )


def _cell(meant: str, understood: str, times: int, texts: int) -> str:
    if not times:
        return "<td></td>"
    kind = "right" if meant == understood else "wrong"
    title = escape(f"{meant} → {understood}: {times} of {texts}", quote=True)
    return f'<td class="{kind}" style="--share: {0.15 + 0.85 * times / texts:.2f}" title="{title}">{times}</td>'
