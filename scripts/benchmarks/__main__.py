"""`scripts/bench NAME [--json]`: one benchmark, as a table or as one JSON object."""

import argparse
import json
import sys
from typing import Any

from scripts.benchmarks import azure, resolver, slash, start


def main() -> int:
    """Run one benchmark and print what it measured."""
    parser = argparse.ArgumentParser(prog="scripts/bench")
    parser.add_argument("name", choices=("slash", "resolver", "start", "azure"))
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each server and connection count")
    parser.add_argument("--seconds", type=float, default=1.5, help="length of one turn")
    options = parser.parse_args()
    result: dict[str, Any] = {}
    if options.name == "slash":
        result |= slash.measure(options.rounds, options.seconds)
    if options.name in ("slash", "resolver"):
        result |= {"resolver": resolver.measure()}
    if options.name in ("slash", "start"):
        result |= {"start": start.measure()}
    if options.name == "azure":
        result |= azure.measure(options.rounds)
    if options.json:
        print(json.dumps(result, indent=1))
        return 0
    if options.name == "slash":
        slash.show(result)
    if options.name == "azure":
        azure.show(result)
    if "resolver" in result:
        resolver.show(result["resolver"])
    if "start" in result:
        start.show(result["start"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
