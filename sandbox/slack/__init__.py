"""A loopback Slack: Web API, signed deliveries, Socket Mode, and a workspace to act in."""

from sandbox.control_paths import Refused
from sandbox.serving import PortTaken
from sandbox.slack.manifest import ManifestError, read_manifest
from sandbox.slack.running import RunningSlack
from sandbox.slack.server import running

__all__ = ["ManifestError", "PortTaken", "Refused", "RunningSlack", "read_manifest", "running"]
