"""What the script needs to suggest a category without a connection."""

from ..suggest import _categories, _lists


def chips() -> list[dict]:
    """Each category that words speak for: its id, its name and the words."""
    known = _categories()
    return [
        {"id": known[code].pk, "name": known[code].name, "words": words}
        for code, words in _lists().items()
        if code in known
    ]
