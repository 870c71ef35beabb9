# SPDX-License-Identifier: Apache-2.0
"""What the tests' registry holds: blobs, manifests and tags of any number of repositories, in memory or in a directory."""
import hashlib, json, pathlib, re, threading, urllib.parse
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from typing import Any

INDEX = "application/vnd.oci.image.index.v1+json"
DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")


def digest_of(data: bytes, algorithm: str = "sha256") -> str:
    return f"{algorithm}:{hashlib.new(algorithm, data).hexdigest()}"


def digest_holds(digest: str, data: bytes) -> bool:
    return bool(DIGEST.fullmatch(digest)) and digest_of(data, digest.partition(":")[0]) == digest


class Folder(MutableMapping[str, bytes]):
    """Keys are files of one directory; no key can name anything outside of it."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)

    def file(self, key: str) -> pathlib.Path:
        return self.path / ("=" + urllib.parse.quote(key, safe=""))

    def __getitem__(self, key: str) -> bytes:
        try:
            return self.file(key).read_bytes()
        except FileNotFoundError:
            raise KeyError(key) from None

    def __setitem__(self, key: str, value: bytes) -> None:
        self.file(key).write_bytes(value)

    def __delitem__(self, key: str) -> None:
        self.file(key).unlink()

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(urllib.parse.unquote(file.name[1:]) for file in self.path.iterdir()))

    def __len__(self) -> int:
        return len(list(self.path.iterdir()))


@dataclass
class Manifest:
    kind: str
    data: bytes

    @property
    def digest(self) -> str:
        return digest_of(self.data)

    def subject(self) -> str | None:
        subject = json.loads(self.data).get("subject")
        return subject["digest"] if isinstance(subject, dict) else None


class Missing(Exception):
    """A manifest names what the repository does not have."""


class Content:
    """Keys are "REPOSITORY blobs DIGEST", "REPOSITORY manifests DIGEST" (media type, line feed, bytes) and "REPOSITORY tags TAG"."""

    def __init__(self, directory: pathlib.Path | None) -> None:
        self.held: MutableMapping[str, bytes] = Folder(directory) if directory else {}
        self.lock = threading.RLock()

    def names(self, repository: str, part: str) -> list[str]:
        start = f"{repository} {part} "
        with self.lock:
            return sorted(key[len(start):] for key in self.held if key.startswith(start))

    def repositories(self) -> list[str]:
        with self.lock:
            return sorted({key.split(" ")[0] for key in self.held})

    def blob(self, repository: str, digest: str) -> bytes | None:
        return self.held.get(f"{repository} blobs {digest}")

    def put_blob(self, repository: str, digest: str, data: bytes) -> None:
        with self.lock:
            self.held[f"{repository} blobs {digest}"] = data

    def manifest(self, repository: str, reference: str) -> Manifest | None:
        with self.lock:
            digest = reference if DIGEST.fullmatch(reference) else self.held.get(f"{repository} tags {reference}", b"").decode()
            found = self.held.get(f"{repository} manifests {digest}")
        if found is None:
            return None
        kind, _, data = found.partition(b"\n")
        return Manifest(kind.decode(), data)

    def require(self, repository: str, document: dict[str, Any]) -> None:
        """Layers with `urls` are had elsewhere.  A subject need not be there (distribution-spec 1.1, "Pushing Manifests with Subject")."""
        blobs = [entry for entry in [document.get("config"), *document.get("layers", [])] if entry and not entry.get("urls")]
        for entry in blobs:
            if self.blob(repository, entry["digest"]) is None:
                raise Missing(f"blob unknown to registry: {entry['digest']}")
        for entry in document.get("manifests", []):
            if self.manifest(repository, entry["digest"]) is None:
                raise Missing(f"manifest unknown to registry: {entry['digest']}")

    def put_manifest(self, repository: str, reference: str, manifest: Manifest) -> None:
        """Raises Missing, and ValueError where the manifest cannot be read."""
        document = json.loads(manifest.data)
        if not isinstance(document, dict):
            raise ValueError("a manifest is an object")
        with self.lock:
            self.require(repository, document)
            digest = reference if DIGEST.fullmatch(reference) else manifest.digest
            self.held[f"{repository} manifests {digest}"] = manifest.kind.encode() + b"\n" + manifest.data
            if digest != reference:
                self.held[f"{repository} tags {reference}"] = digest.encode()

    def delete(self, repository: str, part: str, name: str) -> bool:
        with self.lock:
            if f"{repository} {part} {name}" not in self.held:
                return False
            del self.held[f"{repository} {part} {name}"]
            for tag in self.names(repository, "tags") if part == "manifests" else []:
                if self.held[f"{repository} tags {tag}"].decode() == name:
                    del self.held[f"{repository} tags {tag}"]
            return True

    def referrers(self, repository: str, subject: str) -> list[dict[str, Any]]:
        found = []
        for digest in self.names(repository, "manifests"):
            manifest = self.manifest(repository, digest)
            document = json.loads(manifest.data) if manifest else {}
            if manifest and (document.get("subject") or {}).get("digest") == subject:
                entry = {"mediaType": manifest.kind, "digest": digest, "size": len(manifest.data),
                         "artifactType": document.get("artifactType") or document.get("config", {}).get("mediaType"),
                         "annotations": document.get("annotations")}
                found.append({key: value for key, value in entry.items() if value})
        return found

    def put_layout(self, layout: pathlib.Path, repository: str, tag: str) -> str:
        """All of an OCI layout; the tag is for its one manifest, else for its whole index.  Answers the digest that the tag has."""
        index = json.loads((layout / "index.json").read_bytes())
        for entry in index["manifests"]:
            self.put_tree(layout, repository, entry)
        if len(index["manifests"]) == 1:
            entry = index["manifests"][0]
            manifest = Manifest(entry["mediaType"], (layout / "blobs" / entry["digest"].replace(":", "/")).read_bytes())
        else:
            manifest = Manifest(INDEX, json.dumps({"mediaType": INDEX} | index).encode())
        self.put_manifest(repository, tag, manifest)
        return manifest.digest

    def put_tree(self, layout: pathlib.Path, repository: str, entry: dict[str, Any]) -> None:
        data = (layout / "blobs" / entry["digest"].replace(":", "/")).read_bytes()
        document = json.loads(data)
        for child in document.get("manifests", []):
            self.put_tree(layout, repository, child)
        for blob in filter(None, [document.get("config"), *document.get("layers", [])]):
            file = layout / "blobs" / blob["digest"].replace(":", "/")
            if file.exists():
                self.put_blob(repository, blob["digest"], file.read_bytes())
        self.put_manifest(repository, entry["digest"], Manifest(entry["mediaType"], data))
