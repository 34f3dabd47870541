"""The published schema, and a live report that keeps it."""

import json

from jsonschema import Draft202012Validator

from tests.cli.running import perfdiag


def test_a_live_report_keeps_the_printed_schema(look):
    ended = perfdiag("schema", "report")
    schema = json.loads(ended.out)
    Draft202012Validator.check_schema(schema)
    assert [] == list(Draft202012Validator(schema).iter_errors(json.loads(look.read("run.json"))))


def test_an_unknown_schema_names_those_that_exist():
    ended = perfdiag("schema", "rapport")
    assert (2, "one of: report, triage") == (ended.code, ended.told["fix"])
