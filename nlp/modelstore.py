"""The model store: models that were put into service on this machine, and which of them serves now.

A folder ``models`` in the program's data folder holds a folder for each model and one small file, ``current.json``,
that says which serves. Only that file is ever replaced, in one step, so that whoever reads it, or is killed while
writing it, sees the old state or the new one and nothing between.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from nlp import artifact, sealed
from nlp.sealed import ArtifactError

KEPT = 3
"""How many of the models that were put into service stay, the one that serves included."""

_POINTER = "current.json"
_LOCK = ".lock"
_SCRATCH = ".new-"
_LONGEST_POINTER = 16384


@dataclass(frozen=True)
class State:
    """What ``current.json`` says.

    Attributes:
        current: id of the model that serves; None for the bundled one.
        kept: ids of the models that were put into service, newest first.
        before: ids of those of them that served before it, the last first. One that was rolled back is not among them;
            after the last comes the bundled one.
    """

    current: str | None = None
    kept: tuple[str, ...] = ()
    before: tuple[str, ...] = ()

    def promoted(self, model_id: str) -> State:
        """The state when that model serves next, with the others that are worth keeping."""
        last = () if self.current is None else (self.current,)
        before = tuple(i for i in (*last, *self.before) if i != model_id)[: KEPT - 1]
        rest = tuple(i for i in self.kept if i not in (model_id, *before))
        stay = {*before, *rest[: KEPT - 1 - len(before)]}
        return State(model_id, (model_id, *(i for i in dict.fromkeys((*self.kept, *before)) if i in stay)), before)

    def rolled_back(self) -> State:
        """The state when the model serves that served before."""
        return State(self.before[0] if self.before else None, self.kept, self.before[1:])

    def without(self, gone: Collection[str]) -> State:
        """The same, if some of the models are no longer there."""
        kept, before = (tuple(i for i in ids if i not in gone) for ids in (self.kept, self.before))
        return State(None if self.current in gone else self.current, kept, before)


@dataclass(frozen=True)
class RolledBack:
    """What going back came to, or would.

    Attributes:
        model_id: of the model to which it leads; None for the bundled one.
        skipped: models that served later than it, but are gone or damaged.
    """

    model_id: str | None
    skipped: tuple[str, ...] = ()


class ModelStore:
    """The models of a data folder. Reading needs no lock; every change takes one.

    Args:
        home: the data folder; need not exist.
    """

    def __init__(self, home: Path) -> None:
        self.folder = home / "models"

    def state(self) -> State:
        """Which models there are and which serves.

        Raises:
            ArtifactError: if the file that says so was damaged.
        """
        path = self.folder / _POINTER
        try:
            with open(path, "rb") as file:
                data = json.loads(file.read(_LONGEST_POINTER))
            current, kept = data["current"], data["kept"]
            if not isinstance(kept, list) or not isinstance(data.get("before", []), list):
                raise ValueError
            older = kept[kept.index(current) + 1 :] if current in kept else ()  # files had no "before" at first
            state = State(current, tuple(kept), tuple(data.get("before", older)))
            ids = [*state.kept, *state.before, *([state.current] if state.current is not None else [])]
            if not all(isinstance(i, str) and sealed.is_id(i) for i in ids):
                raise ValueError
        except FileNotFoundError:
            return State()
        except (ValueError, KeyError, TypeError, RecursionError):
            raise ArtifactError(
                f"{path} was changed or cut off, so nobody knows which model serves; promote one again",
                "pointer",
                path=str(path),
            ) from None
        except OSError as error:
            raise ArtifactError(
                f"{path} cannot be read: {error.strerror}", "unreadable", path=str(path), reason=error.strerror or ""
            ) from None
        return state

    def lost(self) -> bool:
        """Whether nobody knows which model served last: what says so was damaged, or is gone and the models are not.

        Raises:
            ArtifactError: if it cannot be read.
        """
        try:
            self.state()
        except ArtifactError as error:
            if error.kind != "pointer":
                raise
            return True
        return bool(self.ids()) and not (self.folder / _POINTER).exists()

    def ids(self) -> tuple[str, ...]:
        """Ids of the models whose folders are there, whole or not, the last that came first."""
        try:
            came = {e.name: e.stat().st_mtime for e in self.folder.iterdir() if e.is_dir() and sealed.is_id(e.name)}
        except OSError:
            return ()
        return tuple(sorted((i for i in came if self._is_ours(i)), key=lambda i: -came[i]))

    def _is_ours(self, model_id: str) -> bool:
        """Whether a folder is a model under its own id, as only the store puts them there."""
        try:
            return artifact.id_of(self.folder / model_id) == model_id
        except ArtifactError:
            return False

    def path(self, model_id: str) -> Path:
        """The folder of a model; it need not exist."""
        if not sealed.is_id(model_id):
            raise ArtifactError("that is not the id of a model", "id")
        return self.folder / model_id

    def check(self, model_id: str) -> None:
        """Look at every byte of a model.

        Raises:
            ArtifactError: if it is damaged, or another one than its folder says.
        """
        folder = self.path(model_id)
        found = artifact.load(folder).model_id
        if found != model_id:
            raise ArtifactError(
                f"{folder} holds model {found}; promote that folder again", "other", path=str(folder), model=found
            )

    def current(self) -> Path | None:
        """The folder of the model that serves; None if it is the bundled one.

        Raises:
            ArtifactError: if nobody knows which it is.
        """
        state = self.state()
        return None if state.current is None else self.path(state.current)

    def promote(self, source: Path) -> str:
        """Copy a model into the store and put it into service.

        Args:
            source: its folder, in the store or elsewhere.

        Returns:
            Its id.

        Raises:
            ArtifactError: if it is damaged.
            OSError: if it cannot be written; what served before serves on.
        """
        with self._locked():
            try:
                known = not self.lost()
            except ArtifactError:  # it cannot be read, but can be replaced
                known = False
            old = self.state() if known else self._found()
            if old == State():  # so that a kill from here on does not look like a loss
                self._point(old)
            model_id = self._take_in(source)
            gone = {i for i in (*old.kept, *old.before) if not (self.folder / i).is_dir()}
            state = old.without(gone).promoted(model_id)
            self._point(state)
            if known:  # else nobody can tell which are no longer wanted
                self._tidy(state, {*old.kept, *old.before})
        return model_id

    def rollback(self) -> RolledBack:
        """Put the model into service that served before, or the last before that which is still whole.

        Raises:
            ArtifactError: if there is nothing to go back to.
        """
        with self._locked():
            state = self.state()
            if state.current is None:
                raise ArtifactError(
                    "the bundled model serves already; there is nothing to go back to", "nothing_before"
                )
            state, skipped = self._past_damaged(state.rolled_back())
            self._point(state)
        return RolledBack(state.current, skipped)

    def whole(self) -> RolledBack:
        """The model that serves; where it is gone or damaged that to which :meth:`rollback` would lead.

        Raises:
            ArtifactError: if nobody knows which serves.
        """
        state, skipped = self._past_damaged(self.state())
        return RolledBack(state.current, skipped)

    def _past_damaged(self, state: State) -> tuple[State, tuple[str, ...]]:
        skipped = []
        while state.current is not None and not self._whole(state.current):
            skipped.append(state.current)
            state = state.rolled_back()
        return state, tuple(skipped)

    def _whole(self, model_id: str) -> bool:
        try:
            self.check(model_id)
        except ArtifactError:
            return False
        return True

    def _found(self) -> State:
        """What the folders tell where nothing else does: that whole ones served in the order in which they came."""
        ids = tuple(i for i in self.ids() if self._whole(i))
        return State(None, ids, ids)

    def _take_in(self, source: Path) -> str:
        model_id = artifact.load(source).model_id
        target = self.path(model_id)
        if target.exists():
            if self._whole(model_id):
                return model_id
            shutil.rmtree(target)  # damaged: the whole one takes its place
        with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=self.folder) as scratch:
            new = Path(scratch) / "model"
            new.mkdir()
            for file in artifact.files(source):
                shutil.copyfile(source / file, new / file)
                with open(new / file, "rb+") as written:
                    os.fsync(written.fileno())
            if artifact.load(new).model_id != model_id:  # the very bytes that will serve
                raise ArtifactError(f"model folder {source} was changed while it was copied; try again")
            new.rename(target)
        sealed.sync_folder(self.folder)
        return model_id

    def _point(self, state: State) -> None:
        new = self.folder / f"{_POINTER}.part"
        with open(new, "w", encoding="utf-8") as file:
            json.dump(asdict(state), file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.folder / _POINTER)
        sealed.sync_folder(self.folder)

    def _tidy(self, state: State, once: Collection[str]) -> None:
        """Remove models that are no longer kept, and what a killed run left behind, but nothing that is not ours."""
        for entry in self.folder.iterdir():
            if not entry.is_dir() or entry.name in state.kept:
                continue
            if entry.name in once or entry.name.startswith(_SCRATCH) or self._is_ours(entry.name):
                shutil.rmtree(entry, ignore_errors=True)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """One change at a time; the system drops the lock when its holder dies."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / _LOCK, "a+b") as file:
            _lock(file.fileno())
            yield


def _lock(handle: int) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        fcntl.flock(handle, fcntl.LOCK_EX)
