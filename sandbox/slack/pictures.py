"""Pictures in blocks: which of them are Slack's own files, whether those can be shown, and where the page gets them."""

import re
from collections.abc import Iterator
from typing import Any, Final

from sandbox.slack.files import Files
from sandbox.slack.rules import Findings, told
from sandbox.slack.wire import Json

_ID: Final = re.compile(r"(?<![A-Z0-9])F[A-Z0-9]{8,}(?![A-Z0-9])")


def problems(files: Files, blocks: Any, at: str) -> Findings:
    """What Slack says of pictures that are not its files, not finished, or no pictures."""
    for picture, where in _pictures(blocks, at):
        file = picture["slack_file"]
        key = "url" if "url" in file else "id"
        if not files.is_picture(_id_of(file), file.get("url", "")):
            yield told("invalid slack file", f"{where}/slack_file" + ("/url" if key == "url" else ""))


def shown(value: Any) -> Any:
    """A copy for the page, in which each picture has an address of its own, and shared pictures are blocks."""
    if isinstance(value, list):
        return [shown(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    copy = {key: shown(inner) for key, inner in value.items()}
    if _is_picture(value):
        copy["image_url"] = f"/files/{_id_of(value['slack_file'])}"
    if value.get("type") == "message" and value.get("files"):
        copy["blocks"] = [*(copy.get("blocks") or _text(copy)), *(_block(file) for file in value["files"])]
    return copy


def _text(message: Json) -> list[Json]:
    text = message.get("text")
    return [{"type": "section", "block_id": "text", "text": {"type": "mrkdwn", "text": text}}] if text else []


def _block(file: Json) -> Json:
    """A shared file as the page draws it; one that is no picture is named."""
    title = {"type": "plain_text", "text": file["title"], "emoji": True}
    if not file["name"].lower().endswith((".png", ".jpg", ".jpeg", ".gif")):
        return {"type": "context", "block_id": file["id"], "elements": [title]}
    alt = file.get("alt_txt") or file["title"]
    return {
        "type": "image",
        "block_id": file["id"],
        "image_url": f"/files/{file['id']}",
        "alt_text": alt,
        "title": title,
    }


def _is_picture(value: Json) -> bool:
    return value.get("type") == "image" and isinstance(value.get("slack_file"), dict)


def _pictures(value: Any, at: str) -> Iterator[tuple[Json, str]]:
    if isinstance(value, dict):
        if _is_picture(value):
            yield value, at
        for key, inner in value.items():
            yield from _pictures(inner, f"{at}/{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _pictures(inner, f"{at}/{number}")


def _id_of(file: Json) -> str:
    """By id, or by an address of the file, which holds its id."""
    found = _ID.search(str(file.get("id") or file.get("url") or ""))
    return found[0] if found else ""
