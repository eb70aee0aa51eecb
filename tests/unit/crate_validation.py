"""The validator of RO-Crates without a network."""

from importlib.resources import files

import requests
from rocrate_validator import services
from rocrate_validator.models import Severity
from rocrate_validator.utils.http import HttpRequester

CONTEXT = "https://w3id.org/ro/crate/1.1/context"


def _answer(requester, url, **options):
    """Answer as the network would, with the context that rocrate holds.

    That is of RO-Crate 1.3, which has another address for the terms of Bioschemas than 1.1.
    """
    assert url == CONTEXT
    response = requests.Response()
    response.status_code, response.url = 200, url
    response.headers["Content-Type"] = "application/ld+json"
    context = (files("rocrate") / "data/ro-crate.jsonld").read_text()
    response._content = context.replace("bioschemas.org/terms/", "bioschemas.org/").encode()
    return response


def issues_of(crate, monkeypatch):
    """What breaks a MUST of Workflow Run Crate 0.5 in the crate of a folder."""
    monkeypatch.setattr(HttpRequester, "get", _answer, raising=False)
    settings = services.ValidationSettings(
        rocrate_uri=str(crate),
        profile_identifier="workflow-run-crate",
        requirement_severity=Severity.REQUIRED,
    )
    return [issue.message for issue in services.validate(settings).get_issues()]
