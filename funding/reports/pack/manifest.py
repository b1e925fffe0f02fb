"""The manifest of a pack: every file with its size, SHA-256 and SM3, and the head of the audit chain. ``check`` needs no database."""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

NAME = "manifest.json"
FORMAT = "audit-pack/1"
CHUNK = 1 << 20
MANIFEST_MOST = 64 * 1024 * 1024


@dataclass(frozen=True)
class FileHash:
    """One file of the pack."""

    path: str
    size: int
    sha256: str
    sm3: str

    def as_dict(self) -> dict:
        """Ready for JSON."""
        return {"path": self.path, "size": self.size, "sha256": self.sha256, "sm3": self.sm3}


def hashed(path: str, chunks: Iterator[bytes]) -> FileHash:
    """Size and both hashes of what ``chunks`` yields."""
    size, sha256, sm3 = 0, hashlib.sha256(), hashlib.new("sm3")
    for chunk in chunks:
        size += len(chunk)
        sha256.update(chunk)
        sm3.update(chunk)
    return FileHash(path, size, sha256.hexdigest(), sm3.hexdigest())


def chunks_of(file: BinaryIO) -> Iterator[bytes]:
    """A file's content, a megabyte at a time."""
    while chunk := file.read(CHUNK):
        yield chunk


def written(manifest: dict) -> bytes:
    """The manifest as it stands in the pack: sorted, so that the same content has the same bytes."""
    return json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=1).encode()


def sm3(content: bytes) -> str:
    """SM3 in hexadecimal."""
    return hashlib.new("sm3", content).hexdigest()


@dataclass(frozen=True)
class Verdict:
    """What ``check`` found; whole when ``problems`` is empty."""

    manifest: dict
    digest: str
    files: int
    problems: tuple[str, ...]


def check(file: BinaryIO) -> Verdict:
    """Compare every file of a pack with its manifest: what is missing, added, changed. Raises ValueError for no pack at all."""
    try:
        with zipfile.ZipFile(file) as pack:
            manifest, digest = _read(pack)
            known = {row["path"]: row for row in manifest["files"]}
            names = [info.filename for info in pack.infolist() if info.filename != NAME]
            problems = [f"缺少文件：{path}" for path in known if path not in names]
            problems += [f"清单外的文件：{name}" for name in names if name not in known]
            problems += [f"重复的文件：{name}" for name in sorted({name for name in names if names.count(name) > 1})]
            for name in names:
                if name in known and (found := _differs(pack, known[name])):
                    problems.append(f"{found}：{name}")
            return Verdict(manifest, digest, len(names), tuple(problems))
    except (
        zipfile.BadZipFile,
        KeyError,
        TypeError,
        NotImplementedError,
        json.JSONDecodeError,
        UnicodeDecodeError,
    ) as error:
        raise ValueError("不是审计底稿，或清单已损坏。") from error


def _read(pack: zipfile.ZipFile) -> tuple[dict, str]:
    if pack.getinfo(NAME).file_size > MANIFEST_MOST:
        raise KeyError(NAME)
    raw = pack.read(NAME)
    manifest = json.loads(raw)
    if manifest.get("format") != FORMAT:
        raise KeyError("format")
    return manifest, sm3(raw)


def _differs(pack: zipfile.ZipFile, row: dict) -> str:
    """What is wrong with one file; never unpacks more than the manifest says plus one piece."""
    try:
        with pack.open(row["path"]) as file:
            if pack.getinfo(row["path"]).file_size != row["size"]:
                return "大小不符"
            found = hashed(row["path"], chunks_of(file))
    except (zipfile.BadZipFile, OSError, EOFError):
        return "文件损坏"
    return "" if found.as_dict() == row else "内容被改动"
