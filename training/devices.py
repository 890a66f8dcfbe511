"""On what a run computes: what the backend of Keras says that it has."""

from __future__ import annotations


def devices() -> list[str]:
    """Devices of the backend that is installed, such as ``cpu:0`` or ``gpu:0``; those with memory of their own first.

    Keras places a network on the first of them by itself; nothing here chooses.
    """
    import keras

    try:
        found = [str(name).lower() for name in keras.distribution.list_devices()]
    except (AttributeError, NotImplementedError):  # torch, which Keras does not ask for a list
        name = str(getattr(keras.ops.ones(1), "device", "unknown")).replace("cuda", "gpu")
        return [name if ":" in name else f"{name}:0"]
    return sorted(found, key=lambda name: name.startswith("cpu")) or ["cpu:0"]
