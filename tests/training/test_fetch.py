"""A download that goes wrong in every way there is ends in the right file or in one sentence, never in a wrong file."""

from __future__ import annotations

import hashlib
import os
import shlex
from dataclasses import replace

import pytest

from bot.cli import main
from tests.servers.files import FileServer
from tests.training.shop import environment, train
from training.fetch import CORPORA, Corpus, FetchError, fetch, folder_of

CONTENT = "".join(f"{1 + i % 5}\t{i}번째 리뷰입니다\n" for i in range(20_000)).encode()
GIT = hashlib.sha1(b"blob %d\0" % len(CONTENT) + CONTENT).hexdigest()
CORPUS = Corpus("toy", "toy.txt", "http://x.invalid/", hashlib.sha256(CONTENT).hexdigest(), GIT, "toy", "CC0")


def run(server, folder, *, tell=lambda what, done, of: None, rest=lambda seconds: None, **more):
    return fetch(CORPUS, folder, tell, url=server.url, rest=rest, **more)


def first(how):
    """Something goes wrong the first time."""
    return lambda number: how if number == 0 else ""


@pytest.mark.parametrize("how", ["", "cut", "reset", "redirect", "503", "no-length"])
def test_it_ends_in_the_right_file(tmp_path, how):
    with FileServer(CONTENT, first(how)) as server:
        path, _ = run(server, tmp_path)
        assert path.read_bytes() == CONTENT
        assert not list(tmp_path.glob("*.part"))
        asked = len(server.ranges)
        assert run(server, tmp_path)[0] == path
        assert len(server.ranges) == asked, "what is there is not fetched again"


def test_what_was_cut_is_gone_on_with(tmp_path):
    with FileServer(CONTENT, lambda n: "cut" if n < 6 else "") as server:
        run(server, tmp_path)
        starts = [int(asked.removeprefix("bytes=").removesuffix("-")) for asked in server.ranges[1:]]
    assert len(starts) == 6
    assert starts == sorted(set(starts))
    assert starts[0] == len(CONTENT) // 2


def test_a_stalled_connection_is_given_up(tmp_path):
    with FileServer(CONTENT, first("stall")) as server:
        assert run(server, tmp_path, patience=0.3)[0].read_bytes() == CONTENT
        assert server.ranges[1] == f"bytes={len(CONTENT) // 2}-"


def test_a_server_that_fails_is_given_time(tmp_path):
    rests = []
    with FileServer(CONTENT, lambda n: "503" if n < 3 else "") as server:
        run(server, tmp_path, rest=rests.append)
    assert rests == [1, 2, 4]
    with FileServer(CONTENT, lambda n: "cut" if n < 4 else "") as server:
        run(server, tmp_path / "again", rest=rests.append)
    assert rests == [1, 2, 4], "one that sends something is asked at once"


def test_progress_is_told_to_its_end(tmp_path):
    told = []
    with FileServer(CONTENT, first("cut")) as server:
        run(server, tmp_path, tell=lambda what, done, of: told.append((what, done, of)))
    assert {(what, of) for what, _, of in told} == {("toy", len(CONTENT))}
    done = [done for _, done, _ in told]
    assert done == sorted(done) and done[-1] == len(CONTENT)


def test_an_interrupted_run_goes_on(tmp_path):
    (tmp_path / "toy.txt.part").write_bytes(CONTENT[:1000])
    with FileServer(CONTENT, lambda n: "") as server:
        assert run(server, tmp_path)[0].read_bytes() == CONTENT
        assert server.ranges == ["bytes=1000-"]


@pytest.mark.parametrize("part", [CONTENT[:999] + b"?", CONTENT + b"more", b"?" * len(CONTENT)])
def test_a_wrong_beginning_is_thrown_away(tmp_path, part):
    (tmp_path / "toy.txt.part").write_bytes(part)
    with FileServer(CONTENT, lambda n: "") as server:
        assert run(server, tmp_path)[0].read_bytes() == CONTENT


def test_a_server_without_ranges_sends_it_all_again(tmp_path):
    (tmp_path / "toy.txt.part").write_bytes(b"?" * 500)
    with FileServer(CONTENT, lambda n: "no-range") as server:
        assert run(server, tmp_path)[0].read_bytes() == CONTENT


@pytest.mark.parametrize("how", ["corrupt", "404", "503", "reset"])
def test_what_cannot_be_had_is_one_sentence_and_no_file(tmp_path, how):
    with FileServer(CONTENT, lambda n: how) as server, pytest.raises(FetchError) as caught:
        run(server, tmp_path)
    message = str(caught.value)
    assert "\n" not in message
    assert str(tmp_path / "toy.txt") in message
    assert not list(tmp_path.iterdir())


def test_one_digest_is_not_enough(tmp_path):
    wrong = Corpus("toy", "toy.txt", "", CORPUS.sha256, "0" * 40, "", "")
    with FileServer(CONTENT, lambda n: "") as server, pytest.raises(FetchError, match="해시"):
        fetch(wrong, tmp_path, lambda what, done, of: None, url=server.url)
    assert not list(tmp_path.iterdir())


def test_offline_it_says_which_file_to_put_where(tmp_path):
    with FileServer(CONTENT, lambda n: "") as server:
        url = server.url  # nobody listens there any more
    done = train(tmp_path, "fetch", "--url", url, "--to", tmp_path / "corpora")
    assert done.returncode == 65
    assert "Traceback" not in done.stderr
    last = done.stderr.splitlines()[-1]
    assert str(tmp_path / "corpora" / "naver_shopping.txt") in last
    assert CORPORA["naver-shopping"].url in last


def test_what_was_fetched_is_learned_from_without_being_named(tmp_path, train_here, monkeypatch):
    from training.commands import full

    place = tmp_path / "corpora" / "naver_shopping.txt"
    assert "fetch" in train_here("fit").stderr
    place.parent.mkdir()
    place.write_bytes(b"5\tgood\n")
    wrong = train_here("fit")
    assert (wrong.returncode, wrong.stderr.count("\n")) == (65, 1)
    assert "지우고 다시 받아 주세요" in wrong.stderr
    content = "".join(f"{1 + i % 2 * 4}\t{i}번째 리뷰입니다\n" for i in range(8)).encode()
    place.write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    monkeypatch.setattr(full, "SHOPPING", replace(full.SHOPPING, sha256=sha256, blob=""))
    done = train_here("fit")
    assert "8행을 읽어 리뷰 8편" in done.stderr
    assert "8편: Naver shopping (bab2min/corpus) (이용 조건: public domain, " in done.stderr
    assert "너무 적습니다" in done.stderr


def test_the_movie_reviews_are_read_as_they_come(tmp_path, train_here):
    lines = [
        "id\tdocument\tlabel",
        *(f'{i}\t{i}번째 "영화{"" if i % 3 else chr(34)}\t{i % 2}' for i in range(9)),
        "9\t\t1",
    ]
    (tmp_path / CORPORA["nsmc-train"].file).write_text("\n".join(lines) + "\n", "utf-8")
    done = train_here("fit", "--data", CORPORA["nsmc-train"].file)
    assert "10행을 읽어 리뷰 9편을 씁니다. 뺀 것: 빈 글 1." in done.stderr, done.stderr


def test_a_wrong_file_in_its_place_is_not_used(tmp_path):
    (tmp_path / "toy.txt").write_bytes(b"wrong")
    with FileServer(CONTENT, lambda n: "") as server, pytest.raises(FetchError, match="지우고"):
        run(server, tmp_path)


def test_the_command_that_it_names_can_be_given_as_it_stands(tmp_path, train_here, monkeypatch):
    place = tmp_path / "내 폴더 $(말)" / CORPUS.file
    place.parent.mkdir()
    place.write_bytes(CONTENT)
    monkeypatch.setitem(CORPORA, "naver-shopping", CORPUS)
    done = train_here("fetch", "--to", place.parent)
    assert done.returncode == 0, done.stderr
    words = shlex.split(done.stderr.splitlines()[-1])
    assert words[words.index("--data") + 1] == str(place)
    assert words[words.index("--source") + 1] == CORPUS.source


@pytest.mark.parametrize("named", [False, True])
def test_where_other_corpora_are_named_the_command_names_the_file(tmp_path, monkeypatch, capsys, named):
    """Since fit looks there first."""
    monkeypatch.setitem(CORPORA, "naver-shopping", CORPUS)
    monkeypatch.setattr("training.fetch.SHOPPING", CORPUS)
    folder_of(tmp_path).mkdir()
    (folder_of(tmp_path) / CORPUS.file).write_bytes(CONTENT)
    monkeypatch.setattr(os, "environ", environment(tmp_path) | ({"NUNCHI_DATA": "x"} if named else {}))
    assert main(["train", "fetch"]) == 0
    assert ("--data" in capsys.readouterr().err.splitlines()[-1]) == named


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/x"])
def test_only_http(tmp_path, url):
    with pytest.raises(FetchError, match="http"):
        fetch(CORPUS, tmp_path, lambda what, done, of: None, url=url)
