"""``promote``, ``rollback``, ``models`` and ``curve`` where the store is not as it should be."""

from __future__ import annotations

import json
import shutil

import pytest

from nlp import artifact
from nlp.analyze import BUNDLED
from nlp.modelstore import ModelStore
from tests.training.shop import reviews, write_csv
from training.__main__ import main


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


@pytest.mark.parametrize("lose", [lambda path: path.write_text("{"), lambda path: path.unlink()], ids=["cut", "gone"])
def test_what_was_compared_with_a_model_in_the_store_may_serve_where_the_pointer_is_lost(
    tmp_path, train_here, store, lose
):
    first, second = store.state().kept[::-1]
    new = make(tmp_path / "new", second)
    make(tmp_path / "stranger", "other-0123abcd")
    lose(store.folder / "current.json")
    assert "--data" in ended(train_here("promote", "stranger"), 65)
    assert "함께 설치된 모델과 견줍니다" in ended(train_here("promote", "new"), 0)
    assert store.state().current == new and set(store.state().kept) == {first, second, new}
    lose(store.folder / "current.json")
    ended(train_here("promote", store.path(second)), 0)
    assert store.state().current == second and set(store.state().kept) == {first, second, new}


def test_where_the_pointer_is_lost_the_models_that_are_there_are_shown_and_can_be_named(tmp_path, train_here, store):
    first, second = store.state().kept[::-1]
    (store.folder / "current.json").write_text("{")
    listed = train_here("models", "list")
    assert "promote" in ended(listed, 78)
    assert all(model_id in listed.stdout for model_id in (first, second)) and "→" not in listed.stdout
    ended(train_here("models", "show", second), 0)
    ended(train_here("promote", second), 0)
    assert store.state().current == second
    (store.folder / "current.json").unlink()
    listed = train_here("models", "list")
    ended(listed, 0)
    assert all(model_id in listed.stdout for model_id in (first, second))
    assert next(line for line in listed.stdout.splitlines() if "→" in line).count("함께 설치된 모델")


def test_a_full_disk_is_the_one_that_is_written_to(tmp_path, monkeypatch, capsys):
    make(tmp_path / "new", artifact.load(BUNDLED).model_id)
    monkeypatch.setenv("NUNCHI_HOME", str(tmp_path / "home"))
    copied = []

    def full(source, target):
        copied.append(target)
        raise OSError(28, "No space left on device", str(source), None, str(target))

    monkeypatch.setattr(shutil, "copyfile", full)
    assert main(["promote", str(tmp_path / "new")]) == 74
    assert str(copied[0]) in capsys.readouterr().err.splitlines()[-1].replace("\n", "")
    assert not list((tmp_path / "home" / "models").glob(".new-*"))


def damage(folder):
    """One byte more at its end."""
    with open(folder / artifact.SETTINGS, "ab") as file:
        file.write(b" ")


@pytest.mark.parametrize("harm", [damage, shutil.rmtree])
def test_a_damaged_model_in_service_is_seen_and_gone_back_from(tmp_path, train_here, store, harm):
    first, second = store.state().kept[::-1]
    harm(store.path(second))
    assert f"{second}" in (listed := train_here("models", "list").stdout)
    assert next(line for line in listed.splitlines() if second in line).count("손상됨") == 1
    assert "손상됨" not in next(line for line in listed.splitlines() if first in line)
    for words in (("models", "verify"), ("models", "show")):
        assert "rollback" in ended(train_here(*words), 78)
    ended(train_here("models", "path"), 0)
    ended(train_here("rollback"), 0)
    assert store.state().current == first


@pytest.mark.parametrize("harm", [damage, shutil.rmtree])
def test_a_damaged_model_in_service_does_not_keep_a_good_one_out(tmp_path, train_here, store, harm):
    first, second = store.state().kept[::-1]
    harm(store.path(second))
    make(tmp_path / "unknown")
    said = ended(train_here("promote", "unknown"), 65)
    assert second in said and first in said.splitlines()[-1] and "--data" in said
    assert store.state().current == second
    for against in (first, second):  # the one to go back to, and the one that was still whole when this was made
        new = make(tmp_path / f"than-{against}", against)
        assert second in ended(train_here("promote", f"than-{against}"), 0)
        assert store.state().current == new
        ended(train_here("promote", "--force", "second"), 0)
        harm(store.path(second))
    ended(train_here("promote", "second"), 0)
    ended(train_here("models", "verify"), 0)


def test_fit_says_how_to_go_on_where_the_model_in_service_is_damaged(tmp_path, train_here, store):
    """So does whatever else begins with it."""
    damage(store.current())
    write_csv(tmp_path / "shop.csv", reviews(300))
    assert "rollback" in ended(train_here("evaluate", "--data", "shop.csv"), 78)
    pytest.importorskip("keras", reason="training needs the extra train")
    assert "rollback" in ended(train_here("fit", "--data", "shop.csv"), 78)


def test_curve_does_not_change_a_model_that_serves(tmp_path, train_here, store):
    write_csv(tmp_path / "shop.csv", reviews(60))
    before = store.state()
    (tmp_path / "link").symlink_to(store.current())
    for folder in (store.current(), "link", BUNDLED):
        assert "promote" in ended(train_here("curve", folder, "--data", "shop.csv"), 65)
    assert store.state() == before and artifact.load(store.current()).model_id == before.current
    done = train_here("curve", "first", "--data", "shop.csv", "--all-rows")
    ended(done, 0)
    assert artifact.load(tmp_path / "first").model_id in done.stdout


def test_a_folder_that_holds_another_model_than_it_says_is_seen(tmp_path, train_here, store):
    second = store.state().current
    artifact.renew(store.path(second), {"more.json": b"{}"})
    other = artifact.load(store.path(second)).model_id
    assert other in ended(train_here("models", "verify"), 78)
    assert "손상됨" in train_here("models", "list").stdout
    assert other in ended(train_here("models", "show"), 78), "what to do is said, and not only by verify"
    ended(train_here("promote", store.path(second), "--force"), 0)
    assert store.state().current == other and artifact.load(store.current()).model_id == other
    ended(train_here("promote", "second", "--force"), 0)
    ended(train_here("models", "verify"), 0)


@pytest.mark.parametrize("said", ["[/x]", "[new]"])
def test_whatever_a_record_says_it_does_not_stop_the_list(tmp_path, train_here, said):
    make(tmp_path / "odd", said)
    ended(train_here("promote", "odd", "--force"), 0)
    done = train_here("models", "list")
    ended(done, 0)
    assert said in done.stdout


def test_a_foreign_card_is_shown_without_what_a_terminal_would_obey(tmp_path, train_here):
    card = "# 모델\n\t[b]표[/b]\n".encode() + b"\x1b]0;title\x07\x1b[2J\xff\xfe\r\n" + "끝\u202e".encode()
    make(tmp_path / "foreign", **{artifact.CARD: card})
    done = train_here("models", "show", "foreign")
    ended(done, 0)
    assert done.stdout.startswith("# 모델\n\t[b]표[/b]\n]0;title[2J") and done.stdout.endswith("\n끝\n")


@pytest.mark.parametrize("against", ["[" * 2000 + "]" * 2000, "[" * 900 + "]" * 900, "null", "7"], ids=[*"abcd"])
def test_a_record_of_another_kind_is_none(tmp_path, train_here, against):
    record = f'{{"rows": 3, "outcome": "same", "against": {against}}}'.encode()
    model_id = make(tmp_path / "odd", **{"comparison.json": record})
    assert "--data" in ended(train_here("promote", "odd"), 65)
    ended(train_here("promote", "odd", "--force"), 0)
    done = train_here("models", "list")
    ended(done, 0)
    (line,) = (line for line in done.stdout.splitlines() if model_id in line)
    assert line.count("–") == 2
