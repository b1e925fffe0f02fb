"""JSON and XML from the same data: the address's ending decides, whatever the client says it accepts."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

# What XML 1.0 cannot hold; a name from a table could.
NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ERRORS = ("errors", "error")


class SpecXML(BaseRenderer):
    """GeoReport v2's XML: no namespace, a list holds one element per row, null is an empty element.

    The view's ``xml`` names the root and, for a list, its rows: ("service_requests", "request").
    """

    media_type = "text/xml"
    format = "xml"
    charset = "utf-8"

    def render(self, data, accepted_media_type=None, renderer_context=None) -> bytes:
        """The document with its declaration."""
        response = renderer_context["response"]
        names = ERRORS if response.status_code >= 400 else renderer_context["view"].xml
        return ElementTree.tostring(_element(data, *names), encoding="utf-8", xml_declaration=True)


def _element(value, name: str, row: str = "") -> ElementTree.Element:
    """A value as an element; the rows of a list are named in the singular: attributes, attribute."""
    element = ElementTree.Element(name)
    if isinstance(value, dict):
        element.extend(_element(inner, key) for key, inner in value.items())
    elif isinstance(value, list):
        element.extend(_element(inner, row or name.removesuffix("s")) for inner in value)
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    elif value is not None:
        element.text = NO_XML.sub("", str(value))
    return element


class JSON(JSONRenderer):
    """The specification wants the charset said."""

    charset = "utf-8"


class ByEnding(DefaultContentNegotiation):
    """.xml is XML, everything else JSON. An Accept header never turns a call into 406."""

    def select_renderer(self, request: Request, renderers, format_suffix=None):
        """By the address."""
        ending = "xml" if request.path.endswith(".xml") else "json"
        chosen = next(renderer for renderer in renderers if renderer.format == ending)
        return chosen, chosen.media_type
