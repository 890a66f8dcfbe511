"""``nunchi doctor`` tells what is there and what is not."""

import json
import os
import shutil
import sys

import pytest

import nlp
from bot.commands import checks
from bot.core.errors import ExitStatus
from nlp.modelstore import ModelStore
from tests.bot.running import ROOT

TOKENS = {
    "DISCORD_TOKEN": "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs",
    "SLACK_BOT_TOKEN": "xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOcHrzqqgy",
    "SLACK_APP_TOKEN": "xapp-1-A0000000000-0000000000000-0123456789abcdef",
}
"""Made up, in the shapes of real ones."""


@pytest.fixture
def report(nunchi):
    """``report()`` runs it with ``--json``: the status, and the checks by name."""

    def run(*words):
        ended = nunchi("doctor", "--json", *words)
        found = json.loads(ended.out)
        assert found["ok"] == (ended.status == 0)
        return ended.status, {check["name"]: check for check in found["checks"]}

    return run


@pytest.fixture
def model(tmp_path):
    """A copy of the bundled model."""
    return shutil.copytree(nlp.analyze.BUNDLED, tmp_path / "model")


def test_a_healthy_installation(report, analyzer):
    status, found = report()
    assert status == 0
    assert found["Python"]["status"] == found["기본 패키지"]["status"] == found["모델"]["status"] == "ok"
    assert analyzer.model_id in found["모델"]["detail"]
    for package in checks.base_packages():
        assert package in found["기본 패키지"]["detail"]


def test_the_golden_sentence_is_really_analysed(report, analyzer):
    _, found = report()
    label = analyzer.analyze(checks.GOLDEN).label
    assert ("긍정" if label == "positive" else "부정") in found["시험 문장"]["detail"].split("→")[1]
    assert found["시험 문장"]["status"] == ("ok" if label == "positive" else "warning")


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_table_says_the_same(nunchi, language):
    checks_found = json.loads(nunchi("doctor", "--json", "--lang", language).out)["checks"]
    table = nunchi("doctor", "--lang", language)
    assert table.status == 0
    for check in checks_found:
        assert check["name"] in table.out
        assert "\n→ " not in check["fix"]
    assert "\033" not in table.out


@pytest.mark.parametrize("damage", ["flip", "cut", "missing"])
def test_a_damaged_model(report, model, damage):
    weights = model / "weights.safetensors"
    data = weights.read_bytes()
    if damage == "missing":
        weights.unlink()
    else:
        weights.write_bytes(data[:-1] if damage == "cut" else bytes([data[0] ^ 1]) + data[1:])
    status, found = report("--model", model)
    assert status == ExitStatus.CONFIG
    assert found["모델"]["status"] == "error"
    assert found["모델"]["fix"]


@pytest.mark.parametrize(
    ("kind", "says"), [("kiwi", "nunchi[kiwi]"), ("okt", "그리고 JDK"), ("mecab", "MeCab과 한국어 사전")]
)
def test_a_model_whose_analyser_is_not_installed(nunchi, model, monkeypatch, kind, says):
    """All commands say so in a sentence before anything is judged, also one that runs a bot."""
    for name in ("kiwipiepy", "mecab", "konlpy", "konlpy.tag"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setattr("nlp.tokenizers.morphemes._analysers", {})
    tokens = json.dumps({"kind": kind, "vocabulary": ["좋", "아요"]})
    nlp.artifact.renew(model, {"tokenizer.json": tokens.encode()})
    ended = nunchi("chat", "--model", model, "좋아요")
    assert ended.status == ExitStatus.CONFIG
    assert "형태소 분석기" in ended.err and says in ended.err and ended.err.count("\n") == 1


def test_where_a_promoted_model_is_damaged_it_says_how_to_go_back(report, model, tmp_path, monkeypatch):
    monkeypatch.setenv("NUNCHI_HOME", str(tmp_path / "home"))
    store = ModelStore(tmp_path / "home")
    serving = store.path(store.promote(model))
    _, before = report()
    assert before["모델"]["status"] == "ok"
    (serving / "weights.safetensors").write_bytes(b"x")
    status, found = report()
    assert status == ExitStatus.CONFIG
    assert "rollback" in found["모델"]["fix"] and "reinstall" not in found["모델"]["fix"]


def test_no_model(report, tmp_path):
    status, found = report("--model", tmp_path / "없음")
    assert status == ExitStatus.CONFIG
    assert "없음" in found["모델"]["detail"]


@pytest.mark.parametrize(
    ("harm", "fix"), [("model", "rollback"), ("gone", "rollback"), ("pointer", "promote"), ("none", "")]
)
def test_what_mends_a_promoted_model_is_no_new_installation(report, model, monkeypatch, tmp_path, harm, fix):
    monkeypatch.setenv("NUNCHI_HOME", str(tmp_path / "home"))
    store = ModelStore(tmp_path / "home")
    folder = store.path(store.promote(model))
    if harm == "model":
        (folder / "weights.safetensors").write_bytes(b"")
    elif harm == "gone":
        shutil.rmtree(folder)
    elif harm == "pointer":
        (store.folder / "current.json").write_text("{")
    status, found = report()
    assert fix in found["모델"]["fix"] and "pip" not in found["모델"]["fix"]
    assert status == (ExitStatus.OK if harm == "none" else ExitStatus.CONFIG)


def test_a_damaged_bundled_model_is_installed_anew(report, model, monkeypatch):
    (model / "weights.safetensors").unlink()
    monkeypatch.setattr("nlp.analyze.BUNDLED", model)
    assert "pip install" in report()[1]["모델"]["fix"]


def test_secrets_are_seen_but_not_shown(nunchi, report, monkeypatch):
    _, before = report()
    assert (before["Discord"]["status"], before["Slack"]["status"]) == ("missing", "missing")
    for name, secret in TOKENS.items():
        monkeypatch.setenv(name, secret)
    _, after = report()
    assert (after["Discord"]["status"], after["Slack"]["status"]) == ("ok", "ok")
    for ended in (nunchi("doctor"), nunchi("doctor", "--json")):
        for name, secret in TOKENS.items():
            assert name in ended.out
            assert secret[:10] not in ended.out
            assert secret[-10:] not in ended.out


def test_one_of_two_secrets_is_not_enough(report, monkeypatch):
    monkeypatch.setenv("SLACK_BOT_TOKEN", TOKENS["SLACK_BOT_TOKEN"])
    _, found = report()
    assert "SLACK_APP_TOKEN" in found["Slack"]["detail"]
    assert "SLACK_BOT_TOKEN" not in found["Slack"]["detail"]


def test_many_workspaces_need_other_secrets(report, monkeypatch):
    monkeypatch.setenv("SLACK_CLIENT_ID", "111.222")
    _, found = report()
    assert "SLACK_CLIENT_SECRET, SLACK_SIGNING_SECRET" in found["Slack"]["detail"]
    assert "SLACK_BOT_TOKEN" not in found["Slack"]["detail"]
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "canary")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "canary")
    _, found = report()
    assert found["Slack"]["status"] == "ok"
    assert "canary" not in str(found)


def test_java_is_found(report, monkeypatch, tmp_path):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    _, before = report()
    assert "Java" in before["형태소 (konlpy)"]["detail"]
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").touch()
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    _, after = report()
    assert "없는 것: Java" not in after["형태소 (konlpy)"]["detail"]
    assert "Java" not in after["형태소 (konlpy)"]["fix"]


def test_the_base_is_what_the_program_requires(monkeypatch):
    lines = ["numpy>=1.26", "sqlalchemy[asyncio]>=2", "a.b-c ; python_version > '3'", 'keras>=3; extra == "train"']
    monkeypatch.setattr(checks.metadata, "requires", lambda name: lines)
    assert checks.base_packages() == ["numpy", "sqlalchemy", "a.b-c"]


def test_features_that_are_missing_come_with_a_way_to_get_them(report, monkeypatch):
    monkeypatch.setattr(checks, "version", lambda package: None if package in ("keras", "kiwipiepy") else "1.0")
    status, found = report()
    assert status == 0
    assert found["다시 학습"]["status"] == "missing"
    assert found["다시 학습"]["fix"] == 'pip install "nunchi[train]"'
    assert "keras" in found["다시 학습"]["detail"]
    assert found["형태소 (Kiwi)"]["fix"] == 'pip install "nunchi[kiwi]"'


def test_a_base_package_that_is_missing_is_an_error(report, monkeypatch):
    monkeypatch.setattr(checks, "version", lambda package: None if package == "openpyxl" else "1.0")
    status, found = report()
    assert status == ExitStatus.CONFIG
    assert "openpyxl" in found["기본 패키지"]["detail"]


def test_a_package_that_cannot_be_imported_is_no_traceback(process, tmp_path):
    """onnxruntime is there but its libraries are not: what a stranger's machine does."""
    (tmp_path / "onnxruntime.py").write_text("raise ImportError('libgomp.so.1', name='onnxruntime')", "utf-8")
    ended = process("doctor", "--json", env={"PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])})
    assert ended.status == ExitStatus.CONFIG
    assert "onnxruntime" in ended.out
    assert "Traceback" not in ended.err


def test_the_data_folder(report, monkeypatch, tmp_path):
    monkeypatch.setenv("NUNCHI_HOME", str(tmp_path / "새것"))
    _, found = report()
    assert str(tmp_path / "새것") in found["데이터 폴더"]["detail"]
    assert not (tmp_path / "새것").exists()  # nothing is changed
    (tmp_path / "파일").touch()
    monkeypatch.setenv("NUNCHI_HOME", str(tmp_path / "파일"))
    _, found = report()
    assert found["데이터 폴더"]["status"] == "warning"
