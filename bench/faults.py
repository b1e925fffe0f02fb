"""The long drill: ``python -m bench.faults --count 200 --seed 1``. Kills every part again and again while people work."""

import argparse
import os
import sys
import time


def main() -> int:
    """Play it and say what came of it; the exit code is 1 when anything was lost or happened twice."""
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--writers", type=int, default=2)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "governance.settings"
    from bench.portal import bench_portal
    from tests_support.faults import Drill, Hands

    with bench_portal("faults") as portal:
        from tests_support.stubborn import Writer, busy_office
        from tests_support.verdict import verdict

        print(f"seed {options.seed}, {options.count} faults", flush=True)
        busy_office()
        writers = [Writer(f"drill{options.seed}-{number}", portal) for number in range(options.writers)]
        drill = Drill(portal, options.seed, say=lambda line: print(line, flush=True))
        with Hands(*(writer.work for writer in writers)):
            drill.play(options.count)
        result = verdict(writers)
    print(result)
    return 1 if result.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
