"""The file of named statements keeps its own rules, and the database understands each of them."""

import re
from importlib.resources import files

import psycopg
import pytest

from gateway.repository.statements import statement
from tests.kit.database import driver_url

TEXT = files("gateway.repository").joinpath("queries.sql").read_text("utf-8")
NAMES = re.findall(r"^-- name: (\w+)$", TEXT, re.MULTILINE)


@pytest.fixture(scope="module")
def database(databases):
    with (
        databases.migrated() as url,
        psycopg.connect(driver_url(url), autocommit=True) as connection,
    ):
        yield connection


def test_names_are_unique():
    assert len(set(NAMES)) == len(NAMES)


def test_every_statement_says_its_reason():
    explained = re.findall(r"^-- name: (\w+)\n-- \S", TEXT, re.MULTILINE)
    assert [name for name in NAMES if name not in explained] == []


def test_every_statement_is_short_enough_for_the_drivers_cache():
    assert [name for name in NAMES if len(statement(name)) > 4096] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_statement_is_understood_whatever_its_values(name, database):
    """Types of parameters follow from where they stand: nothing is known but null."""
    text = statement(name)
    parameters = dict.fromkeys(re.findall(r"%\((\w+)\)s", text))
    if name in {"begin", "commit", "hear_deliveries"}:
        return
    database.execute(f"explain {text}", parameters)


def test_a_name_that_is_not_there_is_a_programming_error():
    with pytest.raises(KeyError):
        statement("nothing")
