"""`azure-role`: prints the custom role that the bot's identity needs, for the scopes that are named."""

import argparse
import json
import sys

from azure_ops.roles import ScopeRefused, role


def add(parser: argparse.ArgumentParser) -> None:
    """The options."""
    kind = parser.add_mutually_exclusive_group(required=True)
    kind.add_argument("--read", dest="kind", action="store_const", const="read", help="to look up jobs and VMs")
    kind.add_argument(
        "--operate",
        dest="kind",
        action="store_const",
        const="operate",
        help="to retry, cancel and remove; beside --read",
    )
    parser.add_argument(
        "--scope",
        action="append",
        required=True,
        metavar="SCOPE",
        help="where the role may be assigned, such as /subscriptions/ID; may be given more than once",
    )


def run(options: argparse.Namespace) -> int:
    """0 printed, 2 for a scope that is none."""
    try:
        definition = role(options.kind, options.scope)
    except ScopeRefused as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps(definition, indent=2))
    name = definition["Name"]
    print("Saved as role.json: az role definition create --role-definition @role.json", file=sys.stderr)
    print(f'Then: az role assignment create --assignee OBJECT-ID --role "{name}" --scope SCOPE', file=sys.stderr)
    return 0
