"""The validators of PyPI over the descriptions of an unpacked package, without a network."""

import json
import os
import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path

import mlcroissant
import requests
import rocrate
from frictionless import validate
from requests.adapters import BaseAdapter, HTTPAdapter
from requests_cache import CachedSession
from urllib3 import HTTPResponse

os.chdir(sys.argv[1])

report = validate("datapackage.json")
assert report.valid, report.flatten(["message"])
assert {task.name for task in report.tasks} >= {"measurements", "cells", "runs"}

from cffconvert.cli.create_citation import create_citation

create_citation("CITATION.cff", None).validate()

zenodo = json.loads(Path(".zenodo.json").read_text())
assert zenodo["upload_type"] == "dataset" and zenodo["title"] and zenodo["creators"]

dataset = mlcroissant.Dataset("croissant.json")
assert not dataset.metadata.issues.errors, dataset.metadata.issues.report()
rows = sum(1 for _ in dataset.records("measurements"))
assert rows > 0


class Seed(BaseAdapter):
    """Answers everything with the context that rocrate carries."""

    def send(self, request, **_):
        body = BytesIO((Path(rocrate.__file__).parent / "data/ro-crate.jsonld").read_bytes())
        raw = HTTPResponse(body=body, status=200, headers={"Content-Type": "application/ld+json"}, preload_content=False,
                           request_method="GET", request_url=request.url)
        return HTTPAdapter().build_response(request, raw)

    def close(self):
        pass


with tempfile.TemporaryDirectory() as folder:
    cache = f"{folder}/cache"
    session = CachedSession(cache_name=cache, backend="sqlite", expire_after=-1, allowable_codes=(200, 302, 404))
    session.mount("https://", Seed())
    for version in ("1.1", "1.2", "1.3"):
        for accept in ("application/ld+json, application/json, */*;q=0.1", "application/ld+json, application/json",
                       "application/ld+json", None):
            session.get(f"https://w3id.org/ro/crate/{version}/context", headers={"Accept": accept} if accept else {})
    session.close()
    command = [str(Path(sys.executable).with_name("rocrate-validator")), "-y", "validate", "--offline", "--cache-path", cache,
               "--profile-identifier", "ro-crate-1.3", "--requirement-severity", "REQUIRED", "--no-paging", "--output-format",
               "json", "--output-file", f"{folder}/report.json", "."]
    done = subprocess.run(command, capture_output=True, text=True)
    found = json.loads(Path(f"{folder}/report.json").read_text()) if Path(f"{folder}/report.json").exists() else {}
    assert done.returncode == 0 and found.get("passed"), (done.stdout, done.stderr, found.get("issues"))
print("valid")
