"""Paths to operations: a tree of segments, compared without case as Azure does."""

from collections.abc import Iterable
from urllib.parse import unquote

from sandbox.azure.wire import Request, Route


class _Node:
    def __init__(self) -> None:
        self.fixed: dict[str, _Node] = {}
        self.variable: dict[str, _Node] = {}
        self.routes: dict[str, Route] = {}


class Router:
    """Fixed segments go before variable ones."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Node()
        for route in routes:
            self._add(route)

    def _add(self, route: Route) -> None:
        node = self._root
        for segment in route.pattern.strip("/").split("/"):
            if segment.startswith("{"):
                node = node.variable.setdefault(segment[1:-1], _Node())
            else:
                node = node.fixed.setdefault(segment.casefold(), _Node())
        if route.method in node.routes:
            raise ValueError(f"two routes for {route.method} {route.pattern}")
        node.routes[route.method] = route

    def find(self, request: Request) -> tuple[Route | None, list[str]]:
        """The route, with `request.names` set; without one, the methods that this path has ([]: no such path)."""
        segments = [unquote(one) for one in request.raw_path.strip("/").split("/")]
        methods: list[str] = []
        for node, names in _ends(self._root, segments, {}):
            route = node.routes.get(request.method)
            if route is not None:
                request.names = names
                return route, []
            methods.extend(node.routes)
        return None, sorted(set(methods))


def _ends(node: _Node, segments: list[str], names: dict[str, str]) -> Iterable[tuple[_Node, dict[str, str]]]:
    """Every node with routes that these segments lead to, the most fixed first."""
    if not segments:
        if node.routes:
            yield node, names
        return
    first, rest = segments[0], segments[1:]
    fixed = node.fixed.get(first.casefold())
    if fixed is not None:
        yield from _ends(fixed, rest, names)
    if first:
        for name, child in node.variable.items():
            yield from _ends(child, rest, {**names, name: first})
