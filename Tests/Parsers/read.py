"""Reads each file with a parser that is not ours; any objection is an error with exit 1.

usage: read.py KIND=PATH... ; for json, KIND is the path of a JSON Schema in front of a colon.
"""

import json
import os
import sys

import jsonschema
import junitparser
import sarif_pydantic
import xmlschema
from prometheus_client.openmetrics import parser as openmetrics


def junit(path):
    # What Jenkins' xUnit plugin holds a report against.
    xmlschema.validate(path, os.path.join(sys.prefix, "junit-10.xsd"))
    suites = list(junitparser.JUnitXml.fromfile(path))
    assert suites, "no suite"
    for suite in suites:
        cases = list(suite)
        results = [result for case in cases for result in case.result]
        assert suite.tests == len(cases), "tests"
        assert suite.failures == sum(isinstance(r, junitparser.Failure) for r in results), "failures"
        assert suite.errors == sum(isinstance(r, junitparser.Error) for r in results), "errors"


def sarif(path):
    document = sarif_pydantic.Sarif.model_validate_json(open(path, encoding="utf-8").read())
    for run in document.runs:
        rules = [rule.id for rule in run.tool.driver.rules or []]
        for result in run.results or []:
            assert rules[result.rule_index] == result.rule_id, "rule"


def metrics(path):
    families = list(openmetrics.text_string_to_metric_families(open(path, encoding="utf-8").read()))
    assert families, "no metric"


def document(path, schema):
    schema = json.load(open(schema, encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(json.load(open(path, encoding="utf-8")))


for argument in sys.argv[1:]:
    kind, path = argument.split("=", 1)
    try:
        if kind.startswith("json:"):
            document(path, kind[len("json:"):])
        else:
            {"junit": junit, "sarif": sarif, "openmetrics": metrics}[kind](path)
    except Exception as error:
        sys.exit(f"{kind} {path}: {type(error).__name__}: {error}")
