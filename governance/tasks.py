"""Celery tasks: each fetches nothing and decides nothing, it calls a service and goes on while there is work.

Every sweep is safe to run twice at once; beat wakes them, hints wake them sooner.
"""

import logging
import time
from collections.abc import Callable

from celery import shared_task
from celery.signals import task_prerun

from governance.kernel.hints import heard

log = logging.getLogger(__name__)

BUDGET = 20  # seconds a sweep may go on; the task limit is 30


@task_prerun.connect
def _heard(task, **_more) -> None:
    if not task.request.called_directly:
        heard(task.name)


def drain(step: Callable[[], int], budget: float = BUDGET) -> int:
    """Call ``step`` until it finds nothing or the budget (seconds) is spent. Returns how much it did."""
    done, until = 0, time.monotonic() + budget
    while time.monotonic() < until and (count := step()):
        done += count
    return done


@shared_task(name="governance.outbox_send")
def outbox_send() -> int:
    from governance.kernel.outbox import outbox_send as send

    return drain(send, BUDGET / 2)  # a mail server that does not answer may take the other half


@shared_task(name="governance.deadlines_fire")
def deadlines_fire() -> int:
    from governance.kernel.deadlines import deadlines_fire as fire

    return drain(fire)


@shared_task(name="governance.audit_seal")
def audit_seal() -> int:
    from governance.kernel.audit import audit_seal as seal

    return drain(seal)


@shared_task(name="governance.audit_anchor")
def audit_anchor() -> None:
    from governance.kernel.audit import audit_anchor as anchor

    anchor()


@shared_task(name="governance.kept_forget")
def kept_forget() -> int:
    from governance.kernel.kept import kept_forget as forget

    return forget()


@shared_task(name="governance.rollup_fold")
def rollup_fold() -> int:
    from governance.kernel.rollup import rollup_fold as fold

    return drain(fold)


@shared_task(name="governance.digests_build")
def digests_build() -> int:
    from governance.kernel.outbox import digests_build as build

    return build()


@shared_task(name="governance.whistles_close_due")
def whistles_close_due() -> int:
    from governance.whistles.services import whistles_archive

    return drain(whistles_archive)


@shared_task(name="governance.scorecards_refresh")
def scorecards_refresh() -> int:
    from governance.whistles.services.scores import scorecards_sweep

    return scorecards_sweep()


@shared_task(name="governance.heartbeat")
def heartbeat() -> None:
    from governance.kernel.health import beat

    beat("worker")


@shared_task(name="governance.inbound_process")
def inbound_process() -> int:
    from governance.whistles.inbound.process import inbound_process as process

    return drain(process)


@shared_task(name="governance.inbound_poll")
def inbound_poll() -> int:
    from governance.whistles.inbound.imap import inbound_poll as poll

    try:
        return poll()
    except Exception:
        log.exception(
            "replies could not be fetched over IMAP"
        )  # the next poll tries again; the desk tells when none works
        return 0


@shared_task(name="governance.invariants_check")
def invariants_check() -> dict:
    from governance.invariants import broken

    found = broken()
    if found:
        log.error("invariants broken: %s", found)
    return found


@shared_task(name="governance.rollup_rebuild")
def rollup_rebuild() -> int:
    from governance.dashboards.rollups import rollup_rebuild as rebuild

    return rebuild()


@shared_task(name="grid.rollup_rebuild")
def incidents_rollup_rebuild() -> int:
    from grid.incidents.rollups import rollup_rebuild as rebuild

    return rebuild()


@shared_task(name="grid.words_index")
def incidents_words_index() -> int:
    from grid.incidents.searching import words_index

    return drain(words_index)


@shared_task(name="communities.signboard_samples")
def signboard_samples() -> int:
    from communities.signboards.services import samples_draw

    return samples_draw()


@shared_task(name="communities.emergencies_lapse")
def emergencies_lapse() -> int:
    from communities.admission.applications.decisions import emergencies_lapse as lapse

    return drain(lapse)


@shared_task(name="funding.disclosures_sweep")
def disclosures_sweep() -> int:
    from funding.disclosure.services import disclosures_lapse, disclosures_open

    return disclosures_open() + drain(disclosures_lapse)


@shared_task(name="grid.forms_sweep")
def forms_sweep() -> int:
    from grid.collection.services import forms_sweep as sweep

    return drain(sweep)
