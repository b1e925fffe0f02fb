"""One ticket, one rating: whoever clicks twice or at once, and nobody changes it afterwards."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, connections, transaction
from django.db.models import Max

from governance.kernel.errors import Conflict, DomainError
from governance.whistles import services
from governance.whistles.models import Rating
from tests_support import stories
from tests_support.cast import people
from tests_support.triggers import triggers_off

from .conftest import BAD, GOOD


@pytest.mark.django_db
def test_a_second_rating_is_refused(make_ticket, actors):
    ticket = make_ticket("pending_eval")
    services.ticket_rate(ticket=ticket, by=actors.staff, thoroughly="yes", **GOOD)
    with pytest.raises(Conflict):
        services.ticket_rate(ticket=ticket, by=actors.leader, thoroughly="no", **BAD)
    assert Rating.objects.get(ticket=ticket).speed == 5


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE governance_rating SET speed = 1 WHERE id = %s",
        "UPDATE governance_rating SET comment = 'x' WHERE id = %s",
        "DELETE FROM governance_rating WHERE id = %s",
        "TRUNCATE governance_rating CASCADE",
    ],
)
def test_the_database_refuses_to_change_a_rating(make_ticket, statement):
    rating = Rating.objects.get(ticket=make_ticket("closed"))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [rating.pk] if "%s" in statement else None)
    assert Rating.objects.get(pk=rating.pk).speed == 5


@pytest.mark.django_db
def test_it_refuses_even_a_replication_session(make_ticket):
    """ENABLE ALWAYS: the usual way around triggers does not help."""
    rating = Rating.objects.get(ticket=make_ticket("closed"))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE governance_rating SET speed = 1 WHERE id = %s", [rating.pk])


@contextmanager
def committed():
    """Real commits, taken back at the end row by row (a flush would have to truncate what cannot be)."""
    models = [model for model in apps.get_app_config("governance").get_models() if model._meta.managed]
    before = {model: model._base_manager.aggregate(last=Max("pk"))["last"] for model in models}
    try:
        yield
    finally:
        with transaction.atomic(), triggers_off(*(model._meta.label for model in models)):
            for model, last in before.items():
                rows = model._base_manager.all() if last is None else model._base_manager.filter(pk__gt=last)
                rows._raw_delete(using="default")


def test_eight_ratings_at_once_are_one(django_db_setup, django_db_blocker):
    from governance.accounts.selectors import actor_of

    def rate(number):
        try:
            stars = {"speed": 5, "attitude": 1 + number % 5, "quality": 5, "lawfulness": 5, "low_reason": "late"}
            return services.ticket_rate(ticket=ticket, by=actors.staff, thoroughly="yes", **stars).pk
        except DomainError as error:
            return error.status_code
        finally:
            connections.close_all()

    with django_db_blocker.unblock(), committed():
        actors = SimpleNamespace(**{name: actor_of(user) for name, user in vars(people()).items()})
        ticket = stories.ticket(actors, "pending_eval")
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(rate, range(8)))
        assert Rating.objects.filter(ticket=ticket).count() == 1
        assert answers.count(409) == 7
    with django_db_blocker.unblock():
        assert not Rating.objects.exists()
