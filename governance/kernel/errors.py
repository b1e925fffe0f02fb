"""What a service may refuse, in words that a street official understands.

Views and the API map each class to its status: 400, 403, 409. A message is Chinese and says what to do.
"""


class DomainError(Exception):
    """A refusal. ``fields`` maps a form field to its message; the key "" is the whole form."""

    status_code = 400
    code = "invalid"

    def __init__(self, message: str = "", **fields: str):
        self.fields = {**({"": message} if message else {}), **fields}
        super().__init__("；".join(self.fields.values()))

    @property
    def message(self) -> str:
        return str(self)


class Invalid(DomainError):
    """Input that breaks a rule (400)."""


class Forbidden(DomainError):
    """Visible, but not this actor's to do (403)."""

    status_code = 403
    code = "forbidden"


class Conflict(DomainError):
    """The state does not allow it, or somebody was faster (409)."""

    status_code = 409
    code = "conflict"


class TooMany(DomainError):
    """More requests from one address than a person makes (429)."""

    status_code = 429
    code = "throttled"


class IllegalTransition(Conflict):
    """The workflow has no such step from the current state."""

    code = "illegal_transition"


class StaleVersion(Conflict):
    """The form was opened on an older version; ``changed`` lists what happened since."""

    code = "stale"

    def __init__(self, message: str, changed: list[str] | None = None):
        super().__init__(message)
        self.changed = changed or []


class Busy(Conflict):
    """Another person holds the row; nothing was changed, try again."""

    code = "busy"
