"""Addresses are found by their first word, and the answer is Django's own."""

import re

import pytest
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from governance import urls
from governance.kernel.sitemap import _Sitemap

EXAMPLE = {"int": "7", "str": "word", "slug": "a-word", "uuid": "0b0f4f2e-6a0e-4b51-9d0a-0d1b0c2f3a4b", "path": "a/b"}


def routes(patterns, before=""):
    """Every route with an example in place of what it takes."""
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, route)
        elif isinstance(one, URLPattern) and isinstance(one.pattern, RoutePattern):
            yield re.sub(r"<(?:(\w+):)?\w+>", lambda found: EXAMPLE.get(found[1] or "str", "7"), route)


def answer(resolver, path):
    try:
        found = resolver.resolve(path)
    except Resolver404:
        return None
    return found.func, found.kwargs, found.view_name, found.route


SITEMAP = urls.urlpatterns[0]
ONE_BY_ONE = URLResolver(RoutePattern("", is_endpoint=False), SITEMAP.url_patterns)


def test_every_address_is_found_as_django_finds_it():
    seen = sorted(set(routes(SITEMAP.url_patterns)))
    assert len(seen) > 300 and isinstance(SITEMAP, _Sitemap)
    different = [path for path in seen if answer(SITEMAP, path) != answer(ONE_BY_ONE, path)]
    assert not different


@pytest.mark.parametrize(
    "path",
    ["", "nothing", "nothing/", "incidents", "incidents/x/y/z/", "/", "//", "../", "incidents//", "网格/", "api/v9/"],
)
def test_what_is_nowhere_is_nowhere(path):
    assert answer(SITEMAP, path) == answer(ONE_BY_ONE, path)


def test_few_patterns_are_tried():
    with pytest.raises(Resolver404) as missing:
        get_resolver().resolve("/incidents/no-such-page/")
    assert len(missing.value.args[0]["tried"]) < 40
