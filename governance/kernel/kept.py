"""The files of a form that was refused. A browser forgets what was picked; the portal keeps it for the next try.

``keep`` stores them under their owner and marks the form's fields; the page sends back signed tokens that name them, and
``joined`` puts the files where a browser would have sent them. Owner-bound, capped, forgotten after ``files.keep_hours``.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from django import forms
from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from . import clock
from .policy import policy

FOLDER, SALT, SUFFIX = "kept", "kernel.kept", "-kept"


@dataclass(frozen=True)
class Kept:
    """One file that waits: what the page shows and sends back."""

    name: str
    size: int
    token: str


def _folder(owner: str) -> str:
    return f"{FOLDER}/{hashlib.sha256(owner.encode()).hexdigest()[:32]}"


def joined(owner: str, data, files: MultiValueDict) -> MultiValueDict:
    """``files`` behind what ``owner`` left with an earlier try: the field's newly picked file comes last and counts."""
    found = MultiValueDict()
    for key in [key for key in data if key.endswith(SUFFIX)] if owner else ():
        name = key.removesuffix(SUFFIX)
        found.setlist(name, [file for token in data.getlist(key) if (file := _load(owner, name, token))])
    for name, sent in files.lists():
        found.setlist(name, [*found.getlist(name), *sent])
    return found


def _load(owner: str, field: str, token: str) -> SimpleUploadedFile | None:
    """The file of a token; None for a foreign, changed or old one: then it has to be picked again."""
    try:
        path, name, mine, until = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError):
        return None
    if mine != field or not path.startswith(f"{_folder(owner)}/") or until < clock.now().timestamp():
        return None
    try:
        with default_storage.open(path) as file:
            return SimpleUploadedFile(name, file.read())
    except OSError:
        return None


def keep(owner: str, form: forms.BaseForm) -> None:
    """Keep what came with a bound form that is shown again; say of each file field what is kept and what is to be picked again.

    A field that was refused itself (wrong type, too many) keeps nothing.
    """
    for name, field in form.fields.items():
        if not isinstance(field, forms.FileField):
            continue
        prefixed = form.add_prefix(name)
        sent = form.files.getlist(prefixed) if hasattr(form.files, "getlist") else []
        good = bool(owner) and name not in form.errors
        rows = [(file.name, _store(owner, prefixed, file) if good else None) for file in sent]
        field.widget.kept = [row for _, row in rows if row]
        field.widget.forgotten = [shown for shown, row in rows if not row]


def _store(owner: str, field: str, file) -> Kept | None:
    """Put one file away; None when it or all of the owner's are too large."""
    most, folder = policy("files.max_megabytes") * 1024 * 1024, _folder(owner)
    file.seek(0)
    content = file.read()
    path = f"{folder}/{hashlib.sha256(content).hexdigest()[:40]}"
    known = {other: default_storage.size(other) for other in _files(folder) if other != path}
    if len(content) > most or sum(known.values()) + len(content) > most * policy("files.max_count"):
        return None
    default_storage.delete(path)  # the same file anew: its days begin again
    default_storage.save(path, ContentFile(content))
    until = clock.now() + timedelta(hours=policy("files.keep_hours"))
    return Kept(file.name, len(content), signing.dumps([path, file.name, field, until.timestamp()], salt=SALT))


def _files(folder: str) -> list[str]:
    try:
        return [f"{folder}/{name}" for name in default_storage.listdir(folder)[1]]
    except FileNotFoundError:
        return []


def kept_forget() -> int:
    """Delete what nobody sent again in time. Returns how many files."""
    until, gone = clock.now() - timedelta(hours=policy("files.keep_hours")), 0
    try:
        owners = default_storage.listdir(FOLDER)[0]
    except FileNotFoundError:
        return 0
    for owner in owners:
        for path in _files(f"{FOLDER}/{owner}"):
            if default_storage.get_modified_time(path) < until:
                default_storage.delete(path)
                gone += 1
    return gone
