"""What a failed job's hints name: a catalog key, or the code that the catalog does not hold, honestly unknown."""

from typing import Final

from azure_ops.models import CodeHint, CodeSource, JobFailure
from intents.model import Match
from intents.resolve import Resolver

# The sources of symbolic codes, most believable first.
_SYMBOLIC: Final[tuple[CodeSource, ...]] = ("property-bag", "error-code", "dynamic-message", "link")
# A word in a sentence may be the name of somebody's server; as a code that we do not know it must look like one.
_FAMILIES: Final = ("UserError", "Extension")
# Kinds of backup, as they may follow the code at the end of an alert's id.
_KINDS: Final = ("log", "full", "copyonlyfull", "differential", "incremental")


def name_failure(failure: JobFailure | None, resolver: Resolver) -> Match | None:
    """The error that a job declares, its hints believed in their order; None when it says nothing at all.

    Symbolic codes and numbers count only as the catalog spells them, sentences only when they surely mean one entry.
    A symbolic code that the catalog does not hold is kept in `asked` with no key: no sentence may overrule it.
    Sentences that several entries share give those keys, unsure.
    """
    if failure is None:
        return None
    if named := _by_symbol(failure.hints, resolver) or _by_alert(failure.hints, resolver):
        return named
    numbers = [hint.value for hint in failure.hints if hint.source == "number"]
    for number in numbers:
        if found := resolver.numbered(number):
            return found
    texts = [hint.value for hint in failure.hints if hint.source == "text"]
    texts += [text for text in (failure.message, failure.title) if text and text not in texts]
    shared = None
    for text in texts:
        match = resolver.resolve(text)
        if match.is_sure:
            return match
        shared = shared or (match if match.how == "message" else None)
    if shared:
        return shared
    asked = next((number for number in numbers if number.strip("0")), "")
    return Match((), False, "none", asked) if asked or texts else None


def is_named(match: Match | None) -> bool:
    """Whether reading more of the job could tell nothing better: an entry for sure, or a symbolic code."""
    return match is not None and (match.is_sure or (bool(match.asked) and not match.asked.isdigit()))


def _by_symbol(hints: tuple[CodeHint, ...], resolver: Resolver) -> Match | None:
    """By the first source that holds a code: one that nobody knows is not overruled by a less believable source."""
    for source in _SYMBOLIC:
        codes = [hint.value for hint in hints if hint.source == source]
        for code in codes:
            if found := resolver.named(code):
                return found
        unknown = [code for code in codes if source != "dynamic-message" or code.startswith(_FAMILIES)]
        if unknown:
            return Match((), False, "none", unknown[0])
    return None


def _by_alert(hints: tuple[CodeHint, ...], resolver: Resolver) -> Match | None:
    """By the end of Azure's own alert id: a code in lower case, and maybe the kind of backup after it.

    What that spells is not a code that could be shown, so one that the catalog does not hold says nothing.
    """
    for hint in hints:
        if hint.source == "alert-id":
            spelled = (hint.value, *(hint.value.removesuffix(kind) for kind in _KINDS if hint.value.endswith(kind)))
            if found := next(filter(None, map(resolver.named, spelled)), None):
                return Match(found.codes, True, "code")
    return None
