"""Generates the models and the functions of the client from docs/openapi.json, with openapi-python-client and these templates.

Usage: python generate.py OPENAPI_JSON PACKAGE_FOLDER
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
GENERATED = ["api", "models", "types.py"]


def prepare(document: dict[str, Any]) -> None:
    """Leaves the generator only what its templates need: what `Frontrow` does for all operations is removed."""
    for path, operations in list(document["paths"].items()):
        for method, operation in list(operations.items()):
            operation["responses"] = {status: response for status, response in operation["responses"].items() if status.startswith("2")}
            if any("text/event-stream" in response.get("content", {}) for response in operation["responses"].values()):
                # `Frontrow.follow` reads the events.
                del operations[method]
                continue
            prepare_parameters(operation, document)


def prepare_parameters(operation: dict[str, Any], document: dict[str, Any]) -> None:
    parameters = []
    for parameter in operation.get("parameters", []):
        if "$ref" in parameter:
            parameter = dict(document["components"]["parameters"][parameter["$ref"].rsplit("/", 1)[1]])
        if parameter["name"] == "If-None-Match":
            # The functions return the whole resource.
            continue
        if parameter["name"] == "Idempotency-Key":
            # `Frontrow.request` creates one if the caller has none.
            parameter["required"] = False
        parameters.append(parameter)
    if any("queue_token" in scheme for scheme in operation.get("security", [])):
        schema = {"type": "string", "format": "uuid"}
        parameters.append({"name": "Queue-Token", "in": "header", "required": True, "schema": schema})
    operation["parameters"] = parameters


def main() -> None:
    source, package = Path(sys.argv[1]), Path(sys.argv[2])
    document = json.loads(source.read_text(encoding="utf-8"))
    prepare(document)
    with tempfile.TemporaryDirectory() as folder:
        prepared, output = Path(folder, "openapi.json"), Path(folder, "frontrow")
        prepared.write_text(json.dumps(document), encoding="utf-8")
        command = ["openapi-python-client", "generate", "--meta", "none", "--fail-on-warning", "--path", str(prepared)]
        command += ["--config", str(HERE / "config.yaml"), "--custom-template-path", str(HERE / "templates"), "--output-path", str(output)]
        result = subprocess.run(command, check=False, capture_output=True, text=True)
        if result.returncode != 0:
            sys.exit(result.stdout + result.stderr)
        for name in GENERATED:
            target = package / name
            if target.is_dir():
                shutil.rmtree(target)
            shutil.move(output / name, target)


if __name__ == "__main__":
    main()
