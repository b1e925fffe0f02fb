"""``python -m bench.intake``: only the intake figures of the bench, in turns with the insert floor; a minute instead of ten."""

import argparse
import json
import os
import sys


def main() -> int:
    """Start a portal, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seconds", type=int, default=5, help="of each storm")
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "governance.settings"
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    from .portal import FOLDER, bench_portal

    with bench_portal(f"intake-{os.getpid()}") as portal:
        from . import figures as f
        from .floor import Floor
        from .load import Person

        people = [Person(portal.url, f.STAFF) for _ in range(f.CLIENTS)]
        f.intake(portal, Floor(portal, FOLDER), people, 1, 2)  # warm
        found = f.intake(portal, Floor(portal, FOLDER), people, options.rounds, options.seconds)
    print(json.dumps({**found, "load": os.getloadavg()[0]}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
