"""The model store: one step from one model to the next, and never half of one."""

from __future__ import annotations

import multiprocessing
import os
import shutil
from pathlib import Path

import pytest

import nlp
from nlp import artifact, sealed
from nlp.analyze import BUNDLED
from nlp.golden import GOLDEN, golden_right
from nlp.modelstore import KEPT, ModelStore, RolledBack, State
from nlp.sealed import ArtifactError


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "home")


@pytest.fixture
def folders(make_model, tmp_path: Path) -> list[Path]:
    """Five different models."""
    out = []
    for seed in range(5):
        out.append(tmp_path / f"model-{seed}")
        artifact.save(make_model(seed=seed), out[-1], name=f"m{seed}")
    return out


def ids(folders: list[Path]) -> list[str]:
    return [artifact.load(folder).model_id for folder in folders]


def test_an_empty_store_serves_the_bundled_model(store: ModelStore) -> None:
    assert store.current() is None
    assert store.state() == State()
    with pytest.raises(ArtifactError, match="bundled"):
        store.rollback()


def test_promote_and_roll_back(store: ModelStore, folders: list[Path]) -> None:
    first, second = ids(folders[:2])
    assert store.promote(folders[0]) == first
    shutil.rmtree(folders[0])  # the store has its own copy
    store.promote(folders[1])
    assert store.state() == State(second, (second, first), (first,))
    assert store.rollback() == RolledBack(first)
    current = store.current()
    assert current is not None
    assert nlp.load(current).model_id == first
    assert store.rollback() == RolledBack(None)
    assert store.current() is None
    store.promote(store.path(second))  # forward again, from the store itself
    assert store.state().current == second


@pytest.mark.parametrize(
    ("steps", "serving"),
    [
        ("0 1 < 2 <", 0),  # 1 was rolled back, so nobody goes back to it
        ("0 < 1 <", None),
        ("0 1 < 2 < <", None),
        ("0 1 2 < < 3 <", 0),
        ("0 1 0 <", 1),
        ("0 1 2 1 < <", 0),
        ("0 0 <", None),
        ("0 1 2 3 < <", 1),
        ("0 1 2 3 < < <", None),  # the first is no longer kept
    ],
)
def test_rolling_back_leads_to_what_served_before(
    store: ModelStore, folders: list[Path], steps: str, serving: int | None
) -> None:
    for step in steps.split():
        if step == "<":
            store.rollback()
        else:
            store.promote(folders[int(step)])
        state = store.state()
        assert len(state.kept) <= KEPT
        assert {p.name for p in store.folder.iterdir() if p.is_dir()} == set(state.kept)
        assert {*state.before, *([state.current] if state.current else [])} <= set(state.kept)
    assert store.state().current == (None if serving is None else ids(folders)[serving])


def test_a_pointer_from_before_there_was_a_history(store: ModelStore, folders: list[Path]) -> None:
    first, second = store.promote(folders[0]), store.promote(folders[1])
    (store.folder / "current.json").write_text(f'{{"current": "{second}", "kept": ["{second}", "{first}"]}}')
    assert store.rollback().model_id == first


def test_the_last_three_are_kept(store: ModelStore, folders: list[Path]) -> None:
    for folder in folders:
        store.promote(folder)
    kept = tuple(ids(folders)[::-1][:KEPT])
    assert store.state() == State(kept[0], kept, kept[1:])
    assert {p.name for p in store.folder.iterdir() if p.is_dir()} == set(kept)


def test_a_broken_model_is_not_taken_in(store: ModelStore, folders: list[Path]) -> None:
    store.promote(folders[0])
    with open(folders[1] / artifact.WEIGHTS, "r+b") as file:
        file.seek(100)
        file.write(b"x")
    before = store.state()
    with pytest.raises(ArtifactError):
        store.promote(folders[1])
    assert store.state() == before
    assert len([p for p in store.folder.iterdir() if p.is_dir()]) == 1


def test_a_damaged_copy_is_replaced_by_the_whole_one(store: ModelStore, folders: list[Path]) -> None:
    model_id = store.promote(folders[0])
    (store.path(model_id) / artifact.WEIGHTS).write_bytes(b"")
    store.promote(folders[0])
    assert nlp.load(store.current()).model_id == model_id


def test_rolling_back_passes_over_what_is_damaged_or_gone(store: ModelStore, folders: list[Path]) -> None:
    """Whoever goes back is in a hurry: the last model that is whole serves, and it is said which were not."""
    first, second, _ = [store.promote(folder) for folder in folders[:3]]
    (store.path(second) / artifact.WEIGHTS).write_bytes(b"")
    assert store.rollback() == RolledBack(first, (second,))
    store.promote(folders[3])
    shutil.rmtree(store.path(first))
    assert store.rollback() == RolledBack(None, (first,))
    assert store.current() is None


def test_what_to_go_back_to_is_known_before_anybody_does(store: ModelStore, folders: list[Path]) -> None:
    first, second, third = [store.promote(folder) for folder in folders[:3]]
    assert store.whole() == RolledBack(third)
    shutil.rmtree(store.path(third))
    (store.path(second) / artifact.WEIGHTS).write_bytes(b"")
    assert store.whole() == RolledBack(first, (third, second))
    assert store.state().current == third, "asking changes nothing"


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b'{"current": 3, "kept": []}', b'{"current": "../../x", "kept": []}',
     b'{"current": "a", "kept": {"a": 1}}', b'{"current": "a", "kept": "abc"}',
     b'{"current": null, "kept": ["a/b"]}', b'{"current": "a"}', b"\xff\xfe", b"[" * 5000],
)  # fmt: skip
def test_a_damaged_pointer_is_one_sentence_and_promoting_mends_it(
    store: ModelStore, folders: list[Path], content: bytes
) -> None:
    store.promote(folders[0])
    (store.folder / "current.json").write_bytes(content)
    with pytest.raises(ArtifactError, match="promote one again") as caught:
        store.current()
    assert len(str(caught.value).splitlines()) == 1
    assert store.promote(folders[1]) == store.state().current


def test_a_pointer_that_is_gone_loses_no_model(store: ModelStore, folders: list[Path]) -> None:
    first, second = [store.promote(folder) for folder in folders[:2]]
    for seconds, model_id in enumerate((first, second)):
        os.utime(store.path(model_id), (seconds, seconds))
    (store.folder / "current.json").unlink()
    assert store.lost()
    third = store.promote(folders[2])
    assert store.state() == State(third, (third, second, first), (second, first))
    assert not store.lost()


def test_the_first_model_that_was_killed_before_it_served_is_no_loss(
    store: ModelStore, folders: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(State, "promoted", lambda *_: 1 / 0)  # a kill between the copy and the pointer
    with pytest.raises(ZeroDivisionError):
        store.promote(folders[0])
    monkeypatch.undo()
    assert not store.lost()
    second = store.promote(folders[1])
    assert store.state() == State(second, (second,), ())


def test_a_lost_pointer_loses_no_model(store: ModelStore, folders: list[Path]) -> None:
    """The folders that are whole tell what was kept; in which order they came, and which of them do not count."""
    first, second, third = [store.promote(folder) for folder in folders[:3]]
    for seconds, model_id in enumerate((first, second, third)):
        os.utime(store.path(model_id), (seconds, seconds))
    (store.path(second) / artifact.WEIGHTS).write_bytes(b"")
    (store.folder / "current.json").write_text("{")
    fourth = store.promote(folders[3])
    assert store.state() == State(fourth, (fourth, third, first), (third, first))
    assert {p.name for p in store.folder.iterdir() if p.is_dir()} == {first, second, third, fourth}
    assert store.rollback() == RolledBack(third)


def test_what_others_put_into_the_folder_stays(store: ModelStore, folders: list[Path]) -> None:
    store.promote(folders[0])
    (store.folder / "backup").mkdir()
    (store.folder / "backup" / "keep.txt").write_text("내 것")
    shutil.copytree(folders[4], store.folder / "a copy of mine")
    shutil.copytree(folders[4], store.folder / ids(folders)[4])  # taken in, and killed before it served
    (store.folder / ".new-killed").mkdir()
    for folder in folders[1:4]:
        store.promote(folder)
    left = {p.name for p in store.folder.iterdir() if p.is_dir()}
    assert left == {"backup", "a copy of mine", *store.state().kept}
    assert (store.folder / "backup" / "keep.txt").read_text() == "내 것"


def test_a_full_disk_leaves_the_old_model(
    store: ModelStore, folders: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    store.promote(folders[0])
    before = store.state()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="space"):
        store.promote(folders[1])
    monkeypatch.undo()
    assert store.state() == before
    store.promote(folders[1])
    assert not [p for p in store.folder.iterdir() if p.name.startswith(".new")]


def _promote(home: Path, folder: Path) -> None:
    ModelStore(home).promote(folder)


def test_several_at_once(store: ModelStore, folders: list[Path]) -> None:
    context = multiprocessing.get_context("spawn")
    home = store.folder.parent
    workers = [context.Process(target=_promote, args=(home, folder)) for folder in folders[:3]]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert set(store.state().kept) == set(ids(folders[:3]))


def test_the_bundled_model_passes_the_smoke_test(bundled: nlp.Analyzer) -> None:
    assert len(GOLDEN) == 20
    assert golden_right(bundled) == 20
    assert (BUNDLED / sealed.MANIFEST).is_file()
