"""Tuning: the upper layers learn to put texts of one intent together, whatever their language.

The lower layers stay as they are, so what they make of each example is computed once. Every epoch reads all examples
in an order of its own; now and then a piece of a text is left out, as people do. Layers that were tuned before are
tuned on: new examples need a fraction of the time. The same data and layers give the same layers on the same machine
and version of PyTorch.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from bot.understanding import e5_file, examples
from bot.understanding.normalise import tidy
from bot.understanding.own_letters import in_own_letters
from bot.understanding.pieces import Pieces
from bot.understanding.tuned import save_layers, with_tuned_layers
from bot.understanding.tuning.network import Beginning, Layer, mean_of_pieces

Progress = Callable[[str, int], None]

LONGEST = 96
_READ_AT_ONCE = 128
_SORTED_TOGETHER = 40
_LEFT_OUT = 0.1
_KEPT_IN_FRONT = 3  # the mark for the beginning and "query:"
_FEWEST_TO_LEAVE_OUT = 7
_WARM_UP = 150
_SLOWEST = 0.02


@dataclass(frozen=True, slots=True)
class Plan:
    """How to tune: layers left as they are, rounds over the data, steps of weights and of the head.

    For the first steps only the head learns, so that what it says at random changes no layer. From `rounded_from` on, a
    share of all steps, the weights are used as they will be stored.
    """

    frozen: int = 3
    epochs: float = 1.0
    rate: float = 1.5e-4
    head_rate: float = 2e-3
    batch: int = 48
    drop: float = 0.1
    smoothing: float = 0.05
    rounded_from: float = 0.6
    head_alone: int = 300
    seed: int = 7


ANEW = Plan(frozen=6, epochs=5.0, rate=2e-4, head_alone=0)
"""How to begin with the encoder as it comes."""


def tune(intents_dir: Path, target: Path, cache_dir: Path, progress: Progress, plan: Plan | None = None) -> int:
    """Tune on the examples of intents/nlu and write the layers; return of how many examples was learned.

    Layers that the target holds already are tuned on.
    """
    base = e5_file.read(e5_file.base_file())
    known = target.exists()
    file = with_tuned_layers(base, target.read_bytes()) if known else base
    plan = plan or (Plan() if known else ANEW)
    torch.manual_seed(plan.seed)
    learned = [example for example in examples.load(intents_dir).examples if not examples.is_held_out(example.text)]
    progress("texts read", 0)
    read, _ = in_own_letters([tidy(example.text) for example in learned], [example.language for example in learned])
    pieces = Pieces(file, cache_dir)
    states = _states(file, plan, [pieces.of(text, LONGEST) for text in read], progress)
    names = sorted({example.intent for example in learned})
    wanted = torch.tensor([names.index(example.intent) for example in learned])
    layers = nn.ModuleList([Layer(file, number) for number in range(plan.frozen, file.layers)])
    _learn(layers, nn.Linear(file.width, len(names)), states, wanted, plan, progress)
    packed = {name: data for layer in layers for name, data in layer.tensors().items()}
    save_layers(target, _below(plan.frozen, file, base) | packed, file.layers)
    return len(learned)


def _below(number: int, file: e5_file.E5File, base: e5_file.E5File) -> dict[str, e5_file.Bytes]:
    """Return the tensors of the layers below a number, if they have been tuned at some time."""
    names = [name for layer in range(number) for name in e5_file.layer_tensors(layer)]
    changed = (name for name in names if not np.array_equal(file.tensors[name].data, base.tensors[name].data))
    return {name: file.tensors[name].data for name in changed}


def _states(file: e5_file.E5File, plan: Plan, read: Sequence[list[int]], progress: Progress) -> list[Any]:
    """Return what the frozen layers make of each text, given as pieces."""
    beginning = Beginning(file, plan.frozen)
    order = sorted(range(len(read)), key=lambda place: len(read[place]))
    found: list[Any] = [None] * len(read)
    for start in range(0, len(order), _READ_AT_ONCE):
        some = order[start : start + _READ_AT_ONCE]
        for place, state in zip(some, beginning.states([read[place] for place in some]), strict=True):
            found[place] = state
        progress("texts read", start + len(some))
    return found


def _learn(
    layers: nn.ModuleList, head: nn.Linear, states: list[Any], wanted: Tensor, plan: Plan, progress: Progress
) -> None:
    scale = nn.Parameter(torch.tensor(12.0))
    nn.init.normal_(head.weight, std=0.05)
    nn.init.zeros_(head.bias)
    weights = list(layers.parameters())
    optimiser = torch.optim.AdamW(
        [
            {"params": [one for one in weights if one.ndim > 1], "weight_decay": 0.01},
            {"params": [one for one in weights if one.ndim < 2], "weight_decay": 0.0},
            {"params": [*head.parameters(), scale], "weight_decay": 0.0, "lr": plan.head_rate},
        ],
        lr=plan.rate,
    )
    rates = [group["lr"] for group in optimiser.param_groups]
    steps = int(plan.epochs * len(states) / plan.batch)
    dice = random.Random(plan.seed)
    layers.train()
    for step, places in zip(range(steps), _batches(states, plan.batch, dice), strict=False):
        done = step / steps
        for layer in layers:
            layer.rounded = done >= plan.rounded_from
        for group, rate in zip(optimiser.param_groups, rates, strict=True):
            group["lr"] = rate * min(1.0, (step + 1) / _WARM_UP) * max(_SLOWEST, 1 - done)
        x, mask = _together([states[place] for place in places], dice)
        with torch.set_grad_enabled(step >= plan.head_alone):
            for layer in layers:
                x = layer(x, mask, plan.drop)
        scores = scale * functional.linear(mean_of_pieces(x, mask), head.weight) + head.bias
        loss = functional.cross_entropy(scores, wanted[places], label_smoothing=plan.smoothing)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        progress("examples learned from", (step + 1) * plan.batch)


def _batches(states: list[Any], size: int, dice: random.Random) -> Iterator[list[int]]:
    """Yield places of texts of about the same length, for ever, each text once a round."""
    while True:
        order = list(range(len(states)))
        dice.shuffle(order)
        for start in range(0, len(order), size * _SORTED_TOGETHER):
            some = sorted(order[start : start + size * _SORTED_TOGETHER], key=lambda place: len(states[place]))
            batches = [some[begin : begin + size] for begin in range(0, len(some), size)]
            dice.shuffle(batches)
            yield from batches


def _together(states: list[Any], dice: random.Random) -> tuple[Tensor, Tensor]:
    """Return texts as one block with a mask; in half of them a piece in ten is left out."""
    length = max(map(len, states))
    x = np.zeros((len(states), length, states[0].shape[1]), np.float32)
    mask = np.zeros((len(states), length), dtype=bool)
    for row, state in enumerate(states):
        x[row, : len(state)] = state
        mask[row, : len(state)] = True
        if len(state) > _FEWEST_TO_LEAVE_OUT and dice.random() < 0.5:
            for place in range(_KEPT_IN_FRONT, len(state) - 1):
                mask[row, place] = dice.random() >= _LEFT_OUT
    return torch.from_numpy(x), torch.from_numpy(mask)
