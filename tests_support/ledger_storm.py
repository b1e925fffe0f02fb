"""Writers that are killed in the middle of posting. ``python -m tests_support.ledger_storm SECONDS SEED FILE`` as the portal's own role.

Eight processes post random movements; one after another dies by SIGKILL and is replaced. What a writer was told to be done
(its commit returned) it appends to FILE, one key a line. A slow machine storms on until LEAST keys are told, for two minutes at most.
"""

import os
import random
import signal
import sys
import time

WRITERS, LEAST = 8, 200


def write(seed: int, path: str) -> None:
    """Post until killed."""
    from django.db import connections

    from funding.ledger.models import Account
    from funding.ledger.services import journal_post, journal_reverse, move
    from funding.ledger.states import MOVES, JournalKind
    from governance.kernel.actor import SYSTEM
    from governance.kernel.errors import DomainError

    connections.close_all()
    rng, told = random.Random(seed), os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    places = list(Account.objects.select_related("unit", "community").order_by("pk"))
    kinds = [kind for kind in MOVES if kind != JournalKind.CARRY]
    number, last = 0, None
    while True:
        number += 1
        kind = rng.choice(kinds)
        leaves, enters = MOVES[kind]
        frm = rng.choice([row for row in places if row.kind in leaves])
        to = rng.choice([row for row in places if row.kind in enters and row.pk != frm.pk] or places)
        key = f"storm:{seed}:{number}"
        try:
            if last and rng.random() < 0.1:
                journal_reverse(by=SYSTEM, journal=last, reason="演练", key=key)
                last = None
            else:
                last = journal_post(by=SYSTEM, kind=kind, memo="演练", legs=move(frm, to, rng.randint(1, 500)), key=key)
        except DomainError:
            continue
        os.write(told, f"{key}\n".encode())


def start(seed: int, path: str) -> int:
    """Fork one writer; its number."""
    child = os.fork()
    if child == 0:
        try:
            write(seed, path)
        finally:
            os._exit(1)
    return child


def told(path: str) -> int:
    """Keys in the file so far."""
    try:
        with open(path) as file:
            return sum(1 for _ in file)
    except FileNotFoundError:
        return 0


def main() -> int:
    """Run the storm."""
    import django

    django.setup()
    seconds, seed, path = float(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    rng, kills, until = random.Random(seed), 0, time.monotonic() + seconds
    at_most = until + 120
    living = [start(seed * 1000 + number, path) for number in range(WRITERS)]
    while time.monotonic() < until or (told(path) < LEAST and time.monotonic() < at_most):
        time.sleep(rng.uniform(0.01, 0.12))
        victim = living.pop(rng.randrange(len(living)))
        os.kill(victim, signal.SIGKILL)
        _, status = os.waitpid(victim, 0)
        if not os.WIFSIGNALED(status):
            print("a writer had died by itself", file=sys.stderr)
            return 1
        kills += 1
        living.append(start(seed * 1000 + WRITERS + kills, path))
    for child in living:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    print(kills)
    return 0


if __name__ == "__main__":
    sys.exit(main())
