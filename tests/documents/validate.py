"""Validates docs/openapi.json with openapi-spec-validator, and docs/asyncapi.json with the JSON Schema that AsyncAPI publishes."""

import json
import sys

from jsonschema import Draft7Validator
from openapi_spec_validator import OpenAPIV31SpecValidator


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


mistakes = [f"openapi: {error.message[:300]} at {list(error.absolute_path)}" for error in OpenAPIV31SpecValidator(read("docs/openapi.json")).iter_errors()]
schema = Draft7Validator(read(sys.argv[1]))
for error in schema.iter_errors(read("docs/asyncapi.json")):
    mistakes.append(f"asyncapi: {error.message[:300]} at {list(error.absolute_path)}")

# A validator that accepts anything has validated nothing.
broken = read("docs/openapi.json")
del broken["info"]["title"]
assert list(OpenAPIV31SpecValidator(broken).iter_errors()), "the validator of OpenAPI accepts what is wrong"
broken = read("docs/asyncapi.json")
broken["operations"]["takeIn"]["action"] = "shout"
assert list(schema.iter_errors(broken)), "the schema of AsyncAPI accepts what is wrong"

print("\n".join(mistakes))
sys.exit(1 if mistakes else 0)
