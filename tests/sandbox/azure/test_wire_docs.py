"""docs/sandbox.md names every operation, fault, control path, limit and habit of the Azure side."""

import re
from dataclasses import fields
from pathlib import Path

from starlette.routing import Route as ControlRoute

from sandbox.azure import RunningAzure
from sandbox.azure.arm_routes import VaultRoutes
from sandbox.azure.compute_routes import ComputeRoutes
from sandbox.azure.control import control_app
from sandbox.azure.faults import BESIDES, INSTEAD
from sandbox.azure.item_routes import ItemRoutes
from sandbox.azure.odd_answers import KINDS
from sandbox.azure.pages import Habits

DOCS = (Path(__file__).resolve().parents[3] / "docs/sandbox.md").read_text("utf-8").partition("## Azure's side")[2]
WORDS = set(re.findall(r"[A-Za-z0-9_/-]+", DOCS))


def test_operations(azure: RunningAzure) -> None:
    groups = (VaultRoutes, ItemRoutes, ComputeRoutes)
    routes = [route for group in groups for route in group(azure.estate, azure.habits).routes()]
    assert {route.operation for route in [*routes, *azure.identity.routes()]} <= WORDS
    assert all(route.action.count("/") >= 2 for route in routes)


def test_faults_and_odd_types() -> None:
    named = {key for how in {**INSTEAD, **BESIDES}.values() for key in how}
    assert {*INSTEAD, *BESIDES, *named, *KINDS} <= WORDS


def test_control_paths_limits_and_habits(azure: RunningAzure) -> None:
    paths = {
        route.path.removeprefix("/_sandbox/") for route in control_app(azure).routes if isinstance(route, ControlRoute)
    }
    assert paths <= WORDS
    assert {*azure.limits.as_json(), *(one.name for one in fields(Habits))} <= WORDS
