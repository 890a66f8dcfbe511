"""Whatever happens to ``nunchi score``: no file looks finished, and ``--resume`` ends in the very same bytes."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys

import pytest

from bot.core.errors import ExitStatus
from tests.bot.running import COMMAND, REVIEWS, ROOT, child_environment, names

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the signals are those of Unix")

DYING = ROOT / "tests" / "bot" / "dying.py"
ROWS = 1400
"""Three batches."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Inputs, and what they give without any interruption."""
    folder = tmp_path_factory.mktemp("whole")
    rows = [f'{i},"{REVIEWS[i % len(REVIEWS)]}"' if i % 7 else f"{i}," for i in range(ROWS)]
    (folder / "a.csv").write_text("번호,리뷰\n" + "\n".join(rows) + "\n", "utf-8")
    for kind in ("csv", "jsonl", "xlsx"):
        command = [*COMMAND, "score", folder / "a.csv", "-o", folder / f"whole.{kind}"]
        subprocess.run(command, env=child_environment(), check=True, capture_output=True)
    return folder


def dying(when, *words):
    command = [sys.executable, DYING, when, *map(str, words)]
    return subprocess.run(command, env=child_environment(), capture_output=True, text=True, check=False, timeout=120)


def nothing_looks_finished(tmp_path):
    return all(name.endswith(".part") for name in names(tmp_path))


def resume(nunchi, folder, out):
    ended = nunchi("score", folder / "a.csv", "-o", out, "--resume")
    assert ended.status == 0, ended
    assert f"{ROWS:,}행" in ended.out
    assert out.read_bytes() == (folder / f"whole{out.suffix}").read_bytes()
    assert names(out.parent) == [out.name]


def some(*default, crash):
    """Parameters: these by default, and those with ``-m crash``."""
    more = [(each,) if isinstance(each, str) else each for each in crash]
    return [*default, *(pytest.param(*each, marks=pytest.mark.crash) for each in more)]


# Calls of one run: fsync and replace belong to checkpoints (two and one each), write to batches; the header first.
@pytest.mark.parametrize(
    "when",
    some(
        "write:4:kill",
        "fsync:6:kill",
        crash=["write:1:kill", "write:2:kill", "fsync:1:kill", "fsync:5:kill", "replace:3:kill"],
    ),
)
def test_killed_at_any_point(nunchi, folder, tmp_path, when):
    out = tmp_path / "out.csv"
    assert dying(when, "score", folder / "a.csv", "-o", out).returncode == -signal.SIGKILL
    assert nothing_looks_finished(tmp_path)
    resume(nunchi, folder, out)


@pytest.mark.parametrize("when", some("fsync:13:kill", crash=["write:3:kill", "replace:7:kill"]))
def test_a_spreadsheet_killed_while_it_is_scored_or_built(nunchi, folder, tmp_path, when):
    out = tmp_path / "out.xlsx"
    assert dying(when, "score", folder / "a.csv", "-o", out).returncode == -signal.SIGKILL
    assert nothing_looks_finished(tmp_path)
    resume(nunchi, folder, out)


@pytest.mark.parametrize(("kind", "when"), some(("csv", "fsync:13:kill"), crash=[("xlsx", "fsync:14:kill")]))
def test_killed_when_it_was_finished(nunchi, folder, tmp_path, kind, when):
    """Right after the output got its name, before what is left was tidied up."""
    out = tmp_path / f"out.{kind}"
    assert dying(when, "score", folder / "a.csv", "-o", out).returncode == -signal.SIGKILL
    assert out.read_bytes() == (folder / f"whole.{kind}").read_bytes()
    assert nunchi("score", folder / "a.csv", "-o", out, "--force").status == 0
    assert names(tmp_path) == [out.name]


@pytest.mark.crash
def test_killed_again_and_again(nunchi, folder, tmp_path):
    out = tmp_path / "out.jsonl"
    for when in ("write:2:kill", "write:1:kill", "fsync:2:kill", "write:1:kill"):
        assert dying(when, "score", folder / "a.csv", "-o", out, "--resume").returncode == -signal.SIGKILL
        assert nothing_looks_finished(tmp_path)
    resume(nunchi, folder, out)


@pytest.mark.parametrize("how", some("int", crash=["term", "hup"]))
def test_stopped_by_a_signal(nunchi, folder, tmp_path, how):
    out = tmp_path / "out.csv"
    ended = dying(f"write:3:{how}", "score", folder / "a.csv", "-o", out)
    assert ended.returncode == ExitStatus.INTERRUPTED
    assert "512행까지" in ended.stderr
    assert "--resume" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert nothing_looks_finished(tmp_path)
    resume(nunchi, folder, out)


def test_stopped_before_anything_was_written(folder, tmp_path):
    ended = dying("fsync:1:term", "score", folder / "a.csv", "-o", tmp_path / "out.csv")
    assert ended.returncode == ExitStatus.INTERRUPTED
    assert "다시 실행" in ended.stderr
    assert names(tmp_path) == []


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_full_disk(nunchi, folder, tmp_path, kind):
    import resource

    out = tmp_path / f"out.{kind}"
    limit = 60_000
    command = [*COMMAND, "score", folder / "a.csv", "-o", out]
    ended = subprocess.run(
        command,
        env=child_environment(),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert ended.returncode == ExitStatus.IO_ERROR, ended
    assert "가득" in ended.stderr
    assert "--resume" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert nothing_looks_finished(tmp_path)
    resume(nunchi, folder, out)


def test_a_disk_that_was_full_from_the_start(folder, tmp_path):
    import resource

    ended = subprocess.run(
        [*COMMAND, "score", folder / "a.csv", "-o", tmp_path / "out.csv"],
        env=child_environment(),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)),
    )
    assert ended.returncode == ExitStatus.IO_ERROR
    assert len(ended.stderr.splitlines()) == 1
    assert nothing_looks_finished(tmp_path)


@pytest.fixture(scope="module")
def left_behind(folder, tmp_path_factory):
    """A copy of the input, and what a run that was killed after a batch has left."""
    left = tmp_path_factory.mktemp("begun")
    shutil.copy(folder / "a.csv", left)
    dying("write:3:kill", "score", left / "a.csv", "-o", left / "out.csv")
    assert json.loads((left / "out.csv.state.part").read_text("utf-8"))["rows"] == 512
    return left


@pytest.fixture
def begun(left_behind, tmp_path):
    return shutil.copytree(left_behind, tmp_path, dirs_exist_ok=True)


def test_begun_work_is_not_thrown_away(nunchi, begun):
    before = (begun / "out.csv.part").read_bytes()
    ended = nunchi("score", begun / "a.csv", "-o", begun / "out.csv")
    assert ended.status == ExitStatus.CANNOT_CREATE
    assert "--resume" in ended.err
    assert (begun / "out.csv.part").read_bytes() == before


def test_begun_work_is_thrown_away_if_wanted(nunchi, folder, begun):
    assert nunchi("score", begun / "a.csv", "-o", begun / "out.csv", "--force").status == 0
    assert (begun / "out.csv").read_bytes() == (folder / "whole.csv").read_bytes()
    assert names(begun) == ["a.csv", "out.csv"]


def test_what_was_written_after_the_last_checkpoint_is_cut_off(nunchi, folder, begun):
    with open(begun / "out.csv.part", "ab") as file:
        file.write(b"x" * 1_000_000)
    assert nunchi("score", begun / "a.csv", "-o", begun / "out.csv", "--resume").status == 0
    assert (begun / "out.csv").read_bytes() == (folder / "whole.csv").read_bytes()


def test_rows_that_are_done_are_not_done_again(nunchi, begun, monkeypatch):
    judged = []

    def count(self, texts):
        judged.extend(texts)
        return real(self, texts)

    import nlp

    real = nlp.Analyzer.analyze_batch
    monkeypatch.setattr(nlp.Analyzer, "analyze_batch", count)
    assert "512행 다음부터" in nunchi("score", begun / "a.csv", "-o", begun / "out.csv", "--resume").err
    assert len(judged) == ROWS - 512


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda p: (p / "a.csv").write_bytes((p / "a.csv").read_bytes() + b"9,\n"), "읽을 파일이 지난번과"),
        (lambda p: os.truncate(p / "out.csv.part", 100), "손상"),
        (lambda p: (p / "out.csv.state.part").write_text("{}"), "손상"),
        (lambda p: (p / "out.csv.state.part").write_text('{"rows": [], "bytes": 1, "counts": 1}'), "손상"),
        (lambda p: (p / "out.csv.state.part").unlink(), "손상"),
    ],
    ids=["another input", "rows lost", "no state", "nonsense", "state lost"],
)
def test_what_cannot_be_gone_on_with(nunchi, begun, change, words):
    change(begun)
    ended = nunchi("score", begun / "a.csv", "-o", begun / "out.csv", "--resume")
    assert ended.status == ExitStatus.BAD_DATA
    assert words in ended.err
    assert (begun / "out.csv.part").exists()
    assert not (begun / "out.csv").exists()


def test_other_options_are_not_mixed(nunchi, begun):
    ended = nunchi("score", begun / "a.csv", "-o", begun / "out.csv", "--resume", "--text-column", "1")
    assert ended.status == ExitStatus.BAD_DATA
    assert "옵션" in ended.err


def test_another_model_is_not_mixed(nunchi, begun):
    state = json.loads((begun / "out.csv.state.part").read_text("utf-8"))
    state["identity"]["model"] = "another"
    (begun / "out.csv.state.part").write_text(json.dumps(state), "utf-8")
    assert "모델이" in nunchi("score", begun / "a.csv", "-o", begun / "out.csv", "--resume").err


def test_nothing_to_go_on_with_is_no_error(nunchi, folder, tmp_path):
    resume(nunchi, folder, tmp_path / "out.csv")


def test_the_state_holds_no_text(begun):
    state = (begun / "out.csv.state.part").read_text("utf-8")
    assert not any(review in state or json.dumps(review)[1:-1] in state for review in REVIEWS)


@pytest.mark.crash
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(20))
def test_killed_at_random_moments(nunchi, folder, tmp_path, seed):
    """From outside, as often as it takes until a run gets through."""
    pick = random.Random(seed)
    kind = pick.choice(["csv", "jsonl", "xlsx"])
    out = tmp_path / f"out.{kind}"
    while True:
        child = subprocess.Popen(
            [sys.executable, DYING, "write:0:kill", "score", folder / "a.csv", "-o", out, "--resume"],  # never there
            env=child_environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert child.wait(timeout=pick.uniform(0.2, 2.5)) == 0
            break
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            if out.exists():  # it was finished, and being tidied up after
                break
            assert nothing_looks_finished(tmp_path)
    assert out.read_bytes() == (folder / f"whole.{kind}").read_bytes()
