"""What the tests share: the binary to compare with, and where the cases are.

``ATTEST_BINARY`` names the binary (by default the one in the workspace's target folder), ``ATTEST_CASES`` a folder of gold cases (by
default ``tests/cases``), of which ``ATTEST_CASES_LIMIT`` are looked at (12; 0 is all); ``ATTEST_GENERATED`` is how many generated
articles are compared (120).
"""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(pathlib.Path(__file__).parent))


@pytest.fixture(scope="session")
def binary() -> str:
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    tried = [os.environ.get("ATTEST_BINARY"), *(str(target / profile / "attest") for profile in ("release", "debug"))]
    for path in tried:
        if path and os.access(path, os.X_OK):
            return path
    pytest.skip("there is no attest to compare with: build it, or name it in ATTEST_BINARY")


@pytest.fixture(scope="session")
def cases() -> list[pathlib.Path]:
    folder = pathlib.Path(os.environ.get("ATTEST_CASES", ROOT / "tests/cases"))
    found = sorted(folder.glob("*.json"))
    limit = int(os.environ.get("ATTEST_CASES_LIMIT", "12"))
    assert found, f"{folder} holds no case"
    # Spread over the folder: names go by language and country.
    return found[:: max(1, len(found) // limit)][:limit] if limit else found


@pytest.fixture(scope="session")
def generated() -> list[dict[str, str]]:
    from generate import articles

    return list(articles(int(os.environ.get("ATTEST_GENERATED", "120"))))


@pytest.fixture(scope="session")
def corpus(cases, generated, tmp_path_factory) -> pathlib.Path:
    """Articles of the cases and generated ones, as JSON Lines."""
    path = tmp_path_factory.mktemp("corpus") / "articles.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for case in cases:
            for report in json.loads(case.read_text(encoding="utf-8"))["reports"]:
                article = {key: report[key] for key in ("title", "text", "published", "outlet", "kind", "language")}
                file.write(json.dumps(article, ensure_ascii=False) + "\n")
        for article in generated:
            file.write(json.dumps(article, ensure_ascii=False) + "\n")
    return path


class Made:
    """What the binary makes of the corpus, in a ledger of its own."""

    def __init__(self, binary: str, folder: pathlib.Path) -> None:
        self.binary, self.folder, self.db = binary, folder, folder / "ledger.attest"

    def run(self, *words: object) -> str:
        env = {key: value for key, value in os.environ.items() if not key.startswith("ATTEST_")} | {"HOME": str(self.folder)}
        done = subprocess.run([self.binary, "--db", str(self.db), *map(str, words)], capture_output=True, text=True, env=env, cwd=self.folder)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def rows(self, what: str, *more: str) -> list[dict]:
        return [json.loads(line) for line in self.run("export", what, "--format", "ndjson", *more).splitlines()]


@pytest.fixture(scope="session")
def made(binary, corpus, tmp_path_factory) -> Made:
    made = Made(binary, tmp_path_factory.mktemp("binary"))
    made.run("add", corpus)
    return made
