"""Names and the patterns that people write for them, with `*` and `?`, compared without case."""


def matches_any(patterns: tuple[str, ...], *names: str) -> bool:
    """Whether any of the names that are not empty fits any of the patterns."""
    return any(name and matches(pattern, name) for pattern in patterns for name in names)


def matches(pattern: str, name: str) -> bool:
    """Whether a name fits `*` and `?`. Not a regular expression: many stars would make one take for ever."""
    pattern, name = pattern.casefold(), name.casefold()
    at = spot = 0
    star, retry = -1, 0
    while spot < len(name):
        if at < len(pattern) and pattern[at] == "*":
            star, retry = at, spot
            at += 1
        elif at < len(pattern) and pattern[at] in ("?", name[spot]):
            at += 1
            spot += 1
        elif star >= 0:  # let the last star take one more sign, and go on behind it
            retry += 1
            at, spot = star + 1, retry
        else:
            return False
    return not pattern[at:].strip("*")
