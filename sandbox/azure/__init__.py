"""A loopback Azure: Resource Manager, backups, Compute, Resource Graph and token endpoints, over a scripted estate."""

from sandbox.azure.running import RunningAzure
from sandbox.azure.start import running
from sandbox.serving import PortTaken

__all__ = ["PortTaken", "RunningAzure", "running"]
