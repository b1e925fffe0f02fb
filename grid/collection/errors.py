"""What a form may be refused for, besides the portal's own refusals."""

from governance.kernel.errors import Conflict, Invalid


class Refusable(Invalid):
    """A form without one of its marks: a community could refuse it, so it is not dispatched (domain-rules 18.2)."""

    status_code = 422
    code = "FORM_REFUSABLE"


class MustJoin(Conflict):
    """Another form is collecting nearly the same; ``into`` is the one to join (domain-rules 5.4)."""

    code = "must_join"

    def __init__(self, message: str, into):
        super().__init__(message)
        self.into = into
