"""Where something is in Azure's portal: a link for each page, named by what it opens."""

from collections.abc import Iterator, Sequence
from typing import Literal

from responses.cards.labels import Labels
from responses.cards.text import Mrkdwn, link

# One job, item, VM or vault; or, where one has no page that is known, the vault's list of them.
LinkKind = Literal["job", "jobs", "item", "items", "vm", "vault"]
Links = Sequence[tuple[LinkKind, str]]


def portal_links(links: Links, say: Labels) -> Iterator[Mrkdwn]:
    """Each of them, in the order given."""
    for kind, url in links:
        yield link(url, say.text(f"portal_link.{kind}"))
