"""What the tests share: the binary to compare with, and where the cases are.

``ATTEST_BINARY`` names the binary (by default the one in the workspace's target folder), ``ATTEST_CASES`` a folder of gold cases (by
default ``tests/cases``), of which ``ATTEST_CASES_LIMIT`` are looked at (12; 0 is all); ``ATTEST_GENERATED`` is how many generated
articles are compared (120).
"""

from __future__ import annotations

import os
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(pathlib.Path(__file__).parent))

from compare import Made, articles_of, write_lines  # noqa: E402
from generate import articles  # noqa: E402


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
    return list(articles(int(os.environ.get("ATTEST_GENERATED", "120"))))


@pytest.fixture(scope="session")
def corpus(cases, generated, tmp_path_factory) -> pathlib.Path:
    """Articles of the cases and generated ones, as JSON Lines."""
    path = tmp_path_factory.mktemp("corpus") / "articles.jsonl"
    write_lines(path, [*articles_of(cases), *generated])
    return path


@pytest.fixture(scope="session")
def made(binary, corpus, tmp_path_factory) -> Made:
    made = Made(binary, tmp_path_factory.mktemp("binary"))
    made.run("add", corpus)
    return made
