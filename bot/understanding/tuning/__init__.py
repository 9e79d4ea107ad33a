"""Tuning the encoder's upper layers on the training examples. Needs PyTorch, which nothing else here does.

`lotse train --encoder` takes about an hour on two cores and writes intents/encoder.npz; `lotse train` after it fits the
heads. A tenth of the examples (`examples.is_held_out`) is kept from the encoder, so that the heads' numbers
can be tuned on texts of which nothing has learned anything.
"""
