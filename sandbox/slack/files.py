"""Files that the app gives to Slack: announced, uploaded once, completed once, and usable in a block a moment later."""

import secrets
import struct
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sandbox.slack.faults import Faults
from sandbox.slack.wire import Json, SlackError
from sandbox.slack.workspace import BOT_USER, TEAM_DOMAIN, TEAM_ID

LARGEST: Final = 5 * 1_048_576
_MOST: Final = 200
_MOST_BYTES: Final = 64 * 1_048_576
_LONGEST_ALT: Final = 1_000
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
    created: int
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

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height in pixels, of those kinds that begin with them."""
        head = self.content[:24]
        if head[12:16] == b"IHDR" and len(head) == 24:
            return struct.unpack(">II", head[16:24])
        return struct.unpack("<HH", head[6:10]) if head.startswith(b"GIF8") and len(head) > 9 else None

    def addresses(self) -> dict[str, str]:
        """Where Slack says that the file is: the app's own address and the people's."""
        return {
            "url_private": f"https://files.slack.com/files-pri/{TEAM_ID}-{self.id}/{self.name}",
            "permalink": f"https://{TEAM_DOMAIN}.slack.com/files/{BOT_USER}/{self.id}/{self.name}",
        }


class Files:
    """The files of one run, the oldest forgotten when there are too many or they are too large together."""

    def __init__(self, now: Callable[[], float], faults: Faults) -> None:
        self._now = now
        self._faults = faults
        self._files: OrderedDict[str, File] = OrderedDict()

    def reset(self) -> None:
        """None any more."""
        self._files.clear()

    def announce(self, name: str, length: int, alt: str) -> File:
        """Make room for a file of so many bytes. Raises SlackError."""
        if not length:
            raise SlackError("missing_argument")
        if length > LARGEST:
            raise SlackError("file_upload_size_restricted")
        if len(alt) > _LONGEST_ALT:
            raise SlackError("alt_txt_too_large")
        id, key = f"F0{secrets.token_hex(5).upper()}", secrets.token_urlsafe(24)
        file = self._files[id] = File(id, name, length, alt, key, int(self._now()))
        while len(self._files) > _MOST or sum(each.length for each in self._files.values()) > _MOST_BYTES:
            self._files.popitem(last=False)
        return file

    def receive(self, key: str, content: bytes) -> bool:
        """Take what was uploaded to an address; an address works once, and for the announced length."""
        file = next((each for each in self._files.values() if each.key == key), None)
        if file is None or file.is_uploaded or len(content) != file.length:
            return False
        file.content, file.is_uploaded = content, True
        return True

    def complete(self, titles: dict[str, str]) -> list[File]:
        """The upload of these is over, all or none: {id: title or nothing}. Raises SlackError."""
        files = [self.find(id) for id in titles]
        if not all(file.is_uploaded and file.ready_at is None for file in files):
            raise SlackError("file_not_found")
        slow = self._faults.take("slow_file")
        for file in files:
            file.ready_at = self._now() + (float(slow["seconds"]) if slow else _PROCESSING_SECONDS)
            file.title = titles[file.id] or file.name
        return files

    def find(self, id: str) -> File:
        """Raises SlackError file_not_found."""
        file = self._files.get(id)
        if file is None:
            raise SlackError("file_not_found")
        return file

    def is_ready(self, file: File) -> bool:
        """Whether Slack has looked at it."""
        return file.ready_at is not None and self._now() >= file.ready_at

    def is_picture(self, id: str, url: str = "") -> bool:
        """Whether a block may show it now, named by its id or by one of its addresses."""
        file = self._files.get(id)
        if file is None or not self.is_ready(file) or (url and url not in file.addresses().values()):
            return False
        return file.kind[0].startswith("image/")

    def as_slack(self, file: File) -> Json:
        """The file object, thin while Slack still works on it."""
        told: Json = {
            "id": file.id,
            "created": file.created,
            "timestamp": file.created,
            "name": file.name,
            "title": file.title or file.name,
            "mimetype": "",
            "filetype": "",
            "pretty_type": "",
            "user": BOT_USER,
            "user_team": TEAM_ID,
            "editable": False,
            "size": len(file.content),
            "mode": "hosted",
            "is_external": False,
            "external_type": "",
            "is_public": False,
            "public_url_shared": False,
            "display_as_bot": False,
            "username": "",
            "has_rich_preview": False,
            "media_display_type": "unknown",
            **file.addresses(),
        }
        return told | (_seen(file) if self.is_ready(file) else {})


def _seen(file: File) -> Json:
    """What Slack tells of a file once it has looked at it."""
    media, word = file.kind
    told: Json = {"mimetype": media, "filetype": word, "pretty_type": word.upper()}
    if file.alt:
        told["alt_txt"] = file.alt
    if file.size:
        told |= {"original_w": file.size[0], "original_h": file.size[1]}
    return told
