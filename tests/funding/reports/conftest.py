"""The same story as for disclosure: a community with money and payments."""

from tests.funding.disclosure.conftest import money  # noqa: F401 - a fixture
