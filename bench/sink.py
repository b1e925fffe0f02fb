"""An SMTP server that keeps nothing: ``python -m bench.sink PORT``."""

import asyncio
import logging
import sys

from aiosmtpd.smtp import SMTP


class Sink:
    """Accepts everything."""

    async def handle_DATA(self, server, session, envelope) -> str:
        """Throw it away."""
        return "250 2.0.0 gone"


async def serve(port: int) -> None:
    """Listen until killed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Sink(), hostname="sink.local"), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    asyncio.run(serve(int(sys.argv[1])))
