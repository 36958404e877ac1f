"""`scripts/bench NAME [--json]`: one benchmark, as a table or as one JSON object."""

import argparse
import json
import sys
from typing import Any

from scripts.benchmarks import azure, resolver, slash, start

_ROUNDS = 5
_NAMES = ("slash", "resolver", "start", "azure", "kill", "clicks", "storm", "intake", "events")


def main() -> int:
    """Run one benchmark and print what it measured; 1 for one of those that must not fail and did."""
    options = _parser().parse_args()
    if options.name == "kill":
        return _kill(options)
    if options.name == "clicks":
        return _clicks(options)
    if options.name in ("storm", "intake", "events"):
        return _watched(options)
    result = _measured(options.name, options.rounds or _ROUNDS, options.seconds)
    if options.json:
        print(json.dumps(result, indent=1))
    else:
        _show(options.name, result)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/bench")
    parser.add_argument("name", choices=_NAMES)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--rounds", type=int, help="rounds of each server and connection count (5); of kill (300)")
    parser.add_argument(
        "--operations",
        type=int,
        help="how many: operations of clicks (1,000), failures of storm (10,000), events (200,000)",
    )
    parser.add_argument("--seconds", type=float, default=1.5, help="length of one turn")
    return parser


def _measured(name: str, rounds: int, seconds: float) -> dict[str, Any]:
    result: dict[str, Any] = {}
    if name == "slash":
        result |= slash.measure(rounds, seconds)
    if name in ("slash", "resolver"):
        result |= {"resolver": resolver.measure()}
    if name in ("slash", "start"):
        result |= {"start": start.measure()}
    if name == "azure":
        result |= azure.measure(rounds)
    return result


def _show(name: str, result: dict[str, Any]) -> None:
    if name == "slash":
        slash.show(result)
    if name == "azure":
        azure.show(result)
    if "resolver" in result:
        resolver.show(result["resolver"])
    if "start" in result:
        start.show(result["start"])


# What these two load (the database, the whole sandbox) is not to weigh on what the others measure.


def _kill(options: argparse.Namespace) -> int:
    from scripts.benchmarks import kill

    return _judged(kill, kill.measure(options.rounds or kill.ROUNDS), options)


def _clicks(options: argparse.Namespace) -> int:
    from scripts.benchmarks import clicks

    return _judged(clicks, clicks.measure(options.operations or clicks.OPERATIONS), options)


def _watched(options: argparse.Namespace) -> int:
    from scripts.benchmarks import events, intake, storm

    if options.name == "storm":
        return _judged(storm, storm.measure(options.operations or storm.FAILURES), options)
    if options.name == "events":
        return _judged(events, events.measure(options.operations or events.EVENTS), options)
    return _judged(intake, intake.measure(), options)


def _judged(harness: Any, told: dict[str, Any], options: argparse.Namespace) -> int:
    """0 when nothing was found wrong."""
    if options.json:
        print(json.dumps(told, indent=1))
    else:
        harness.show(told)
    return 0 if harness.is_good(told) else 1


if __name__ == "__main__":
    sys.exit(main())
