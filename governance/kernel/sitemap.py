"""Addresses found by their first word instead of one after the other: of some four hundred a request tries a handful."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver
from django.urls.exceptions import Resolver404
from django.urls.resolvers import RoutePattern
from django.utils.functional import cached_property


class _Sitemap(URLResolver):
    """All patterns below ""; the order among those that could match stays as it is written."""

    @cached_property
    def _by_word(self) -> dict[str | None, list]:
        """Patterns by the first word of the address they take; under None those that take several."""
        flat = list(_flat(self.url_patterns))
        words = {_word(one) for one in flat} | {None}
        return {word: [one for one in flat if _word(one) in (word, None)] for word in words}

    def resolve(self, path):
        """Django's own answer, from fewer patterns."""
        tried = []
        word = str(path).partition("/")[0]
        for one in self._by_word.get(word, self._by_word[None]):
            try:
                if found := one.resolve(path):
                    if isinstance(one, URLResolver):
                        found.route = self._join_route(str(one.pattern), found.route)
                    return found
            except Resolver404 as missing:
                tried += [[one, *rest] for rest in missing.args[0].get("tried", [])]
            else:
                tried.append([one])
        raise Resolver404({"tried": tried, "path": path})


def sitemap(*included) -> list[URLResolver]:
    """``urlpatterns`` of what ``include()`` gave, all at ""."""
    return [_Sitemap(RoutePattern("", is_endpoint=False), [_at_root(one) for one in included])]


def _at_root(included) -> URLResolver:
    module, app_name, namespace = included
    return URLResolver(RoutePattern("", is_endpoint=False), module, app_name=app_name, namespace=namespace)


def _flat(patterns) -> Iterator[URLPattern | URLResolver]:
    """The patterns, those of nameless includes at "" in their place."""
    for one in patterns:
        if isinstance(one, URLResolver) and str(one.pattern) == "" and not (one.namespace or one.app_name):
            yield from _flat(one.url_patterns)
        else:
            yield one


def _word(one: URLPattern | URLResolver) -> str | None:
    """The first word of every address that it takes; None where they have several."""
    word, slash, _ = str(one.pattern).partition("/")
    if not isinstance(one.pattern, RoutePattern) or "<" in word or (not slash and isinstance(one, URLResolver)):
        return None
    return word
