"""JSON pointers: how a problem says where it is."""

from collections.abc import Sequence

Path = Sequence[str | int]


def pointer(path: Path) -> str:
    """The JSON pointer (RFC 6901) of a path; "/" stands for the whole payload."""
    return "/" + "/".join(str(step).replace("~", "~0").replace("/", "~1") for step in path)
