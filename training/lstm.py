"""The LSTM of Keras by hand: one pass over a batch of sequences, and its gradients, in NumPy.

TensorFlow runs a recurrent layer on a processor as a loop of dozens of small operations a step. Here a step is one
multiplication of matrices and a few functions in place, and what need not wait for the step before is done at once.

Keras has the gates in the order input, forget, candidate, output; here it is output, input, forget, candidate
(:func:`from_keras`), so that those that are sigmoids are neighbours, and those through which the cell speaks.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def from_keras(weights: Floats) -> Floats:
    """Weights with the gates of Keras, ``[..., 4 * units]``, in the order that they have here."""
    return np.roll(weights, weights.shape[-1] // 4, axis=-1)


def to_keras(weights: Floats) -> Floats:
    """The reverse of :func:`from_keras`."""
    return np.roll(weights, -(weights.shape[-1] // 4), axis=-1)


def halves(units: int) -> Floats:
    """By what gates are multiplied beforehand, ``[4 * units]``: a sigmoid of z is a half and half the tanh of z / 2."""
    out = np.full(4 * units, 0.5, np.float32)
    out[3 * units :] = 1
    return out


class Pass:
    """One pass over sequences.

    Args:
        gates: ``[time, batch, 4 * units]``, what the inputs and the bias say to the gates, times :func:`halves`; it is
            written over.
        recurrent: ``[units, 4 * units]``.

    Attributes:
        states: ``[time + 1, batch, units]``, the state before the first step and after each.
    """

    def __init__(self, gates: Floats, recurrent: Floats) -> None:
        time, batch, width = gates.shape
        units = width // 4
        self._gates, self._recurrent = gates, recurrent
        self.states = np.zeros((time + 1, batch, units), np.float32)
        self._cells = np.zeros((time + 1, batch, units), np.float32)
        self._out = np.empty((time, batch, units), np.float32)  # tanh of the cells
        halved = recurrent * halves(units)
        room, some = np.empty((batch, width), np.float32), np.empty((batch, units), np.float32)
        for t in range(time):
            gate, cell = gates[t], self._cells[t + 1]
            if t:
                np.matmul(self.states[t], halved, out=room)
                gate += room
            np.tanh(gate, out=gate)
            sigmoids = gate[:, : 3 * units]
            sigmoids *= 0.5
            sigmoids += 0.5
            o, i, f, g = self._split(gate)
            np.multiply(f, self._cells[t], out=cell)
            np.multiply(i, g, out=some)
            cell += some
            np.tanh(cell, out=self._out[t])
            np.multiply(o, self._out[t], out=self.states[t + 1])

    def gradients(self, by_last: Floats, by_states: Floats | None = None) -> tuple[Floats, Floats]:
        """Gradients of a loss.

        Args:
            by_last: of it by the state after the last step, ``[batch, units]``.
            by_states: and by the states after each, ``[time, batch, units]``.

        Returns:
            Those by the gates before :func:`halves`, ``[time, batch, 4 * units]``, and by the recurrent weights.
        """
        time, batch, width = self._gates.shape
        units = width // 4
        slopes = np.empty_like(self._gates)
        back = np.ascontiguousarray(self._recurrent.T)
        state = np.array(by_last, np.float32)
        cell, some = np.zeros_like(state), np.empty_like(state)
        for t in range(time - 1, -1, -1):
            gate, slope, out = self._gates[t], slopes[t], self._out[t]
            o, i, f, g = self._split(gate)
            by_o, by_i, by_f, by_g = self._split(slope)
            if by_states is not None:
                state += by_states[t]
            np.multiply(out, out, out=some)
            np.subtract(1, some, out=some)
            some *= o
            some *= state
            cell += some
            sigmoids = slope[:, : 3 * units]
            np.subtract(1, gate[:, : 3 * units], out=sigmoids)
            sigmoids *= gate[:, : 3 * units]
            by_o *= out
            by_o *= state
            by_i *= g
            by_f *= self._cells[t]
            np.multiply(g, g, out=by_g)
            np.subtract(1, by_g, out=by_g)
            by_g *= i
            through = slope[:, units:].reshape(batch, 3, units)
            through *= cell[:, None]
            cell *= f
            if t:
                np.matmul(slope, back, out=state)
        by_recurrent = self.states[:-1].reshape(-1, units).T @ slopes.reshape(-1, width)
        return slopes, by_recurrent

    @staticmethod
    def _split(gates: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        units = gates.shape[-1] // 4
        o, i, f, g = (gates[:, n * units : (n + 1) * units] for n in range(4))
        return o, i, f, g
