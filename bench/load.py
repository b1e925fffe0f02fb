"""People at their browsers: signed-in sessions over kept-alive connections, several at once."""

import http.client
import re
import threading
import time
import uuid
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

COOKIE = re.compile(r"(csrftoken|sessionid)=([^;]*)")
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
VERSION = re.compile(r'name="version" value="(\d+)"')


class Person:
    """One signed-in session; not to be shared between threads."""

    def __init__(self, url: str, username: str = "", *, session: str = ""):
        """Sign in as one of the demo's people, or go on with a session that exists."""
        parts = urlsplit(url)
        self.link = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
        self.cookies: dict[str, str] = {"sessionid": session} if session else {}
        self.token = TOKEN.search(self.get("/incidents/new/" if session else "/sign-in/")[1])[1]
        if session:
            return
        status, text, _ = self.post("/sign-in/demo/", {"username": username})
        if status != 302:
            raise RuntimeError(f"sign-in of {username}: {status} {text[:300]}")
        self.token = self.cookies["csrftoken"]

    def get(self, path: str) -> tuple[int, str]:
        """(status, text)."""
        status, text, _ = self._ask("GET", path, None, {})
        return status, text

    def post(self, path: str, fields: dict) -> tuple[int, str, str]:
        """(status, text, where it leads)."""
        body = urlencode({**fields, "csrfmiddlewaretoken": self.token}, doseq=True)
        return self._ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def _ask(self, method: str, path: str, body: str | None, headers: dict) -> tuple[int, str, str]:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            self.link.request(method, path, body, {**headers, "Cookie": cookie})
            answer = self.link.getresponse()
        except ConnectionError:  # a kept link that the server had ended: a browser asks again, and so does this
            self.link.close()
            self.link.request(method, path, body, {**headers, "Cookie": cookie})
            answer = self.link.getresponse()
        text = answer.read().decode(errors="replace")
        for line in answer.headers.get_all("Set-Cookie") or ():
            self.cookies.update(COOKIE.findall(line))
        return answer.status, text, answer.headers.get("Location", "")


def blow_fields(facts: dict) -> dict:
    """One whistle as the form sends it."""
    return {**facts, "form_key": str(uuid.uuid4()), "do": "anyway"}


def act(person: Person, path: str) -> None:
    """Press an action's button without further content."""
    text = person.get(path)[1]
    version = VERSION.search(text)
    status, text, _ = person.post(path, {"form_key": str(uuid.uuid4()), "version": version[1] if version else ""})
    if status != 302:
        raise RuntimeError(f"{path}: {status} {re.sub('<[^>]*>', ' ', text)[-800:]}")


def storm(people: list[Person], ask: Callable[[Person], int], wanted: int, seconds: float) -> tuple[float, list[float]]:
    """Let everybody ask at once for ``seconds``. Returns (answers per second, seconds of each). Raises at a wrong answer."""
    until = time.monotonic() + seconds
    times: list[float] = []
    errors: list[BaseException] = []

    def one(person: Person) -> None:
        try:
            while (began := time.monotonic()) < until:
                status = ask(person)
                times.append(time.monotonic() - began)
                if status != wanted:
                    raise RuntimeError(f"answer {status} instead of {wanted}")
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=one, args=(person,)) for person in people]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return len(times) / (time.monotonic() - began), sorted(times)


def at(times: list[float], part: float) -> float:
    """The value below which ``part`` of the sorted times lie."""
    return times[int((len(times) - 1) * part)]
