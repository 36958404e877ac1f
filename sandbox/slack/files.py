"""Files that the app gives to Slack: announced, uploaded once, completed, and usable in a block a moment later."""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sandbox.slack.faults import Faults
from sandbox.slack.wire import Json, SlackError

LARGEST: Final = 5 * 1_048_576
_MOST: Final = 200
# Slack looks at a picture for a moment; until then its information is thin, and no block may show it.
_PROCESSING_SECONDS: Final = 0.2
_KINDS: Final = ((b"\x89PNG", "image/png", "png"), (b"\xff\xd8", "image/jpeg", "jpg"), (b"GIF8", "image/gif", "gif"))


@dataclass(slots=True)
class File:
    """One file; `ready_at` is set once it is completed."""

    id: str
    name: str
    length: int
    alt: str
    key: str
    title: str = ""
    content: bytes = b""
    is_uploaded: bool = False
    ready_at: float | None = None

    @property
    def kind(self) -> tuple[str, str]:
        """The media type and Slack's own word for it, by what the file begins with."""
        for start, media, word in _KINDS:
            if self.content.startswith(start):
                return media, word
        return "text/plain", "text"


class Files:
    """The files of one run, the oldest forgotten when there are too many."""

    def __init__(self, now: Callable[[], float], faults: Faults) -> None:
        self._now = now
        self._faults = faults
        self._files: OrderedDict[str, File] = OrderedDict()

    def reset(self) -> None:
        """None any more."""
        self._files.clear()

    def announce(self, name: str, length: int, alt: str) -> File:
        """Make room for a file. Raises SlackError."""
        if not 0 < length <= LARGEST:
            raise SlackError("file_upload_size_restricted" if length > LARGEST else "invalid_arguments")
        file = File(f"F0{secrets.token_hex(5).upper()}", name, length, alt, secrets.token_urlsafe(24))
        self._files[file.id] = file
        while len(self._files) > _MOST:
            self._files.popitem(last=False)
        return file

    def receive(self, key: str, content: bytes) -> bool:
        """Take what was uploaded to an address; an address works once, and for the announced length."""
        file = next((each for each in self._files.values() if each.key == key), None)
        if file is None or file.is_uploaded or len(content) != file.length:
            return False
        file.content, file.is_uploaded = content, True
        return True

    def complete(self, id: str, title: str) -> File:
        """The upload is over. Raises SlackError."""
        file = self.find(id)
        if not file.is_uploaded:
            raise SlackError("file_not_found")
        if file.ready_at is None:
            slow = self._faults.take("slow_file")
            file.ready_at = self._now() + (float(slow["seconds"]) if slow else _PROCESSING_SECONDS)
        file.title = title or file.name
        return file

    def find(self, id: str) -> File:
        """Raises SlackError file_not_found."""
        file = self._files.get(id)
        if file is None:
            raise SlackError("file_not_found")
        return file

    def is_usable(self, id: str) -> bool:
        """Whether a block may show it now."""
        file = self._files.get(id)
        return file is not None and file.ready_at is not None and self._now() >= file.ready_at

    def as_slack(self, file: File, user: str) -> Json:
        """The file object, thin while Slack still works on it."""
        told: Json = {"id": file.id, "name": file.name, "title": file.title or file.name, "user": user, "mimetype": "",
                      "filetype": "", "size": len(file.content), "mode": "hosted", "is_external": False,
                      "is_public": False, "editable": False}  # fmt: skip
        if self.is_usable(file.id):
            media, word = file.kind
            told |= {"mimetype": media, "filetype": word, "pretty_type": word.upper(), "alt_txt": file.alt}
        return told
