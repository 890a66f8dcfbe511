"""``promote``, ``rollback``, ``models`` and ``curve`` where the store is not as it should be."""

from __future__ import annotations

import json

import pytest

from nlp import artifact
from nlp.analyze import BUNDLED
from nlp.modelstore import ModelStore


def make(folder, against=None, **more):
    """A good model that is no worse than that one; gives its id."""
    if against is not None:
        record = {"against": against, "rows": 300, "outcome": "same"}
        more["comparison.json"] = json.dumps(record).encode()
    return artifact.save(artifact.load(BUNDLED), folder, name=folder.name, more=more)


@pytest.fixture
def store(tmp_path):
    """One with two models in it, of which the second serves."""
    store = ModelStore(tmp_path)
    for name in ("first", "second"):
        make(tmp_path / name)
        store.promote(tmp_path / name)
    return store


def ended(done, status):
    """What it said, which is no traceback."""
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_lost_pointer_is_mended_by_promoting(tmp_path, train_here, store):
    first, second = store.state().kept[::-1]
    new = make(tmp_path / "new", artifact.load(BUNDLED).model_id)
    (store.folder / "current.json").write_text("{")
    for words in (("rollback",), ("models", "list")):
        assert "promote" in ended(train_here(*words), 78)
    assert "함께 설치된 모델과 견줍니다" in ended(train_here("promote", "new"), 0)
    assert store.state().current == new and set(store.state().kept) == {first, second, new}
    listed = train_here("models", "list").stdout
    assert all(model_id in listed for model_id in (first, second, new))
    ended(train_here("rollback"), 0)
    assert store.state().current in (first, second)
