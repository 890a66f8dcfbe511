"""What the documents say is what the code does."""

import json
import re
import tomllib
from pathlib import Path

import pytest

import nlp
from training import recipe

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def _commands():
    """Lines of the shell blocks of the README."""
    return [line for block in re.findall(r"```sh\n(.*?)```", README, re.S) for line in block.splitlines() if line]


def test_ci_runs_exactly_the_test_command_of_the_readme():
    (command,) = [line for line in _commands() if line.endswith("-m pytest")]
    assert command in (ROOT / ".ci" / "run").read_text("utf-8").splitlines()


def test_the_first_command_ends_in_a_verdict():
    assert any('nunchi chat "배송은 빠른데 품질이 별로예요. 다시는 안 삽니다"' in line for line in _commands()[:1])


def test_version_stands_in_the_changelog():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert f"## [{version}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_every_recipe_is_described():
    text = (ROOT / "training" / "README.md").read_text("utf-8")
    assert [name for name in recipe.names() if f"`{name}`" not in text] == []


def test_the_bundled_model_fits_in_8_mb_and_has_a_card():
    folder = nlp.analyze.BUNDLED
    files = json.loads((folder / "manifest.json").read_text("utf-8"))["files"]
    assert sum(f["size"] for f in files.values()) < 8_000_000
    card = (folder / "README.md").read_text("utf-8")
    assert re.search("## (Data|데이터)", card), "it is in the language of who made it"
    for part in ("Not for", "licence", "95 % interval", "accuracy"):
        assert part in card


def _anchors(text):
    """What a link can lead to on a page: its headings as GitHub writes them into addresses."""
    headings = re.findall(r"^#{1,6} (.+)$", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


PAGES = [path for folder in ("bot", "nlp", "training") for path in sorted((ROOT / folder).rglob("*.md"))]


@pytest.mark.parametrize("document", [*PAGES, *ROOT.glob("*.md")], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_to_another_page_leads_there(document):
    for link in re.findall(r"\]\(([^)\s]+)\)", document.read_text("utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        there = (document.parent / path).resolve() if path else document
        assert there.exists(), link
        assert not anchor or anchor in _anchors(there.read_text("utf-8")), link
