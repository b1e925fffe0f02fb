"""Selects whose options stand in groups: categories under their 大类, grids under their community."""

from itertools import groupby

from django import forms
from django.forms.models import ModelChoiceIterator


class GroupedIterator(ModelChoiceIterator):
    """Options grouped by ``field.group_of(row)``; the queryset has to be in that order. One query."""

    def __iter__(self):
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        for group, rows in groupby(self.queryset, key=self.field.group_of):
            yield (str(group), [self.choice(row) for row in rows])


class KnownRows:
    """Mixin: an answer is looked up among ``known`` (rows by key) instead of by a query of its own; None: by query."""

    known = None

    def to_python(self, value):
        """The chosen row; ValidationError when it is none of the known."""
        if self.known is None or self.to_field_name or value in self.empty_values:
            return super().to_python(value)
        try:
            return self.known[int(getattr(value, "pk", value))]
        except (KeyError, ValueError, TypeError):
            raise self.refused(value) from None

    def refused(self, value) -> forms.ValidationError:
        """What is said of an answer that is none."""
        return forms.ValidationError(
            self.error_messages["invalid_choice"], code="invalid_choice", params={"value": value}
        )


class KnownChoiceField(KnownRows, forms.ModelChoiceField):
    """A plain select."""


class GroupedChoiceField(KnownRows, forms.ModelChoiceField):
    """A select with option groups; override ``group_of``."""

    iterator = GroupedIterator

    def group_of(self, row):
        """The heading that a row stands under."""
        raise NotImplementedError


class CategoryField(GroupedChoiceField):
    """A 小类 under its 大类; wants ``select_related("parent")``."""

    def group_of(self, row):
        return row.parent


class GridField(GroupedChoiceField):
    """A grid under its community; wants ``select_related("community")``."""

    def group_of(self, row):
        return row.community


class CategoryFilterIterator(ModelChoiceIterator):
    """Each 大类 as a group: the whole of it first, then its 小类. One query."""

    def __iter__(self):
        rows = list(self.queryset)
        children = {}
        for row in rows:
            children.setdefault(row.parent_id, []).append(row)
        yield ("", self.field.empty_label or "")
        for parent in children.get(None, []):
            whole = (self.field.prepare_value(parent), f"{parent.name}（全部）")
            yield (parent.name, [whole, *(self.choice(row) for row in children.get(parent.pk, []))])


class CategoryFilterField(forms.ModelChoiceField):
    """For filters."""

    iterator = CategoryFilterIterator

    def __init__(self, *args, **kwargs):
        for name in ("null_label", "null_value"):
            kwargs.pop(name, None)
        super().__init__(*args, **kwargs)
