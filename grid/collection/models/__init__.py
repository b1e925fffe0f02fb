"""Tables of collection."""

from .elements import DataElement
from .facts import Fact
from .forms import Asking, Form, FormField
from .takings import DataTaking

__all__ = ["Asking", "DataElement", "DataTaking", "Fact", "Form", "FormField"]
