"""HTML of a mail as plain text; quoted parts come out as lines that begin with ``> ``."""

import re
from html.parser import HTMLParser

BLOCKS = {"p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre", "section"}
SILENT = {"style", "script", "head", "title", "template", "noscript"}
VOID = {"br", "hr", "img", "meta", "link", "input", "col", "area", "base", "wbr"}
# What mail programs put around the mail that is being answered: Gmail, 163, QQ, Yahoo.
_QUOTED = re.compile(r"gmail_quote|isreplycontent|ntes_quote|yahoo_quoted|includetail|ntes-mail-quote", re.I)
_SPACES = re.compile(r"[ \t\r\n\f]+")


class _Reader(HTMLParser):
    """Collects text; keeps the open tags that quote or silence."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.lines, self.line, self.open = [], "", []
        self.quotes = self.silent = 0

    def handle_starttag(self, tag, attrs):
        """Break the line at blocks; note quotes and silent parts."""
        quoted = tag in {"blockquote", "includetail"} or any(
            name in {"class", "id"} and _QUOTED.search(value or "") for name, value in attrs
        )
        if quoted or tag in BLOCKS:
            self.break_line()
        if tag in VOID:
            return
        self.open.append((tag, quoted))
        self.quotes += quoted
        self.silent += tag in SILENT

    def handle_endtag(self, tag):
        """Close up to the matching tag, as browsers do; a stray end tag closes nothing."""
        if tag in BLOCKS or tag == "blockquote":
            self.break_line()
        if tag not in [name for name, _ in self.open[-200:]]:
            return
        while self.open:
            name, quoted = self.open.pop()
            self.quotes -= quoted
            self.silent -= name in SILENT
            if name == tag:
                return

    def handle_data(self, data):
        """Take text that shows."""
        if not self.silent:
            self.line += _SPACES.sub(" ", data)

    def break_line(self):
        """End the line."""
        self.lines.append(f"{'> ' if self.quotes else ''}{self.line.strip()}")
        self.line = ""


def html_to_text(html: str) -> str:
    """Return the text that a reader sees; whatever the markup, nothing is raised."""
    reader = _Reader()
    try:
        reader.feed(html)
        reader.close()
    except Exception:  # the standard parser gives up on some malformed declarations
        reader.line += _SPACES.sub(" ", re.sub(r"<[^>]{0,2000}>", "\n", reader.rawdata))
    reader.break_line()
    text = "\n".join(reader.lines).replace("\xa0", " ")
    return re.sub(r"\n(?:> ?)?(?:\s*\n){2,}", "\n\n", text).strip()
