#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""validate-sbom.py CYCLONEDX_SCHEMAS SPDX_SCHEMA FILE...: each file against the official schema of its format.
The first is the folder res/schema of the npm package @cyclonedx/cyclonedx-library, the second spdx-schema.json of SPDX 2.3; "-" where it is not at hand."""
import json, pathlib, sys, warnings
warnings.filterwarnings("ignore")
import jsonschema


def load(path):
    return json.loads(pathlib.Path(path).read_text())


def of_cyclonedx(folder):
    store = {}
    for path in pathlib.Path(folder).glob("*.schema.json"):
        schema = load(path)
        store[schema.get("$id", path.name)] = schema
        store["http://cyclonedx.org/schema/" + path.name] = schema
    schema = load(pathlib.Path(folder) / "bom-1.6.SNAPSHOT.schema.json")
    return jsonschema.Draft7Validator(schema, resolver=jsonschema.RefResolver(schema["$id"], schema, store=store))


def of_spdx(path):
    return jsonschema.Draft7Validator(load(path))


validators = {"bomFormat": sys.argv[1] != "-" and of_cyclonedx(sys.argv[1]), "spdxVersion": sys.argv[2] != "-" and of_spdx(sys.argv[2])}
for path in sys.argv[3:]:
    document = load(path)
    validator = next(v for key, v in validators.items() if key in document)
    for error in list(validator.iter_errors(document))[:5] if validator else []:
        print(f"{path}: {'/'.join(map(str, error.absolute_path))}: {error.message[:200]}")
