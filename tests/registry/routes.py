# SPDX-License-Identifier: Apache-2.0
"""The distribution specification 1.1 over the content: which request means what, and its true reply."""
import hashlib, hmac, re, secrets, threading, urllib.parse
from collections.abc import Callable
from dataclasses import dataclass

from access import Access
from content import DIGEST, INDEX, Content, Manifest, Missing, digest_holds
from wire import Reply, Request, error_reply, json_reply

NAME = r"(?P<name>[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*)"
REFERENCE = r"(?P<reference>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}|sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})"
BLOB = r"(?P<digest>[a-z0-9]+:[0-9a-fA-F]+)"
UPLOAD = r"(?P<upload>[0-9a-f]{32})"
OCTETS = "application/octet-stream"


@dataclass
class Features:
    referrers: bool = True
    mount: bool = True
    delete: bool = True
    redirect: bool = False
    location: str = "absolute"  # of uploads: "absolute", "relative" or "query"
    page: int | None = None  # most names in one answer of a list


@dataclass
class Upload:
    repository: str
    data: bytearray
    state: str = ""


@dataclass
class Action:
    """What a request asks: its kind, as the log and the misbehaviours call it, the right it needs, and how it is answered."""
    kind: str
    right: str
    repository: str
    behave: Callable[[], Reply]


class Registry:
    def __init__(self, content: Content, access: Access, features: Features) -> None:
        self.content, self.access, self.features = content, access, features
        self.uploads: dict[str, Upload] = {}
        self.lock = threading.Lock()
        self.storage_origin = self.plain_origin = ""  # of other hosts; the second never speaks TLS
        self.storage_key = secrets.token_bytes(16)
        data = ("GET", "HEAD")
        self.routes: list[tuple[tuple[str, ...], str, str, str, Callable[..., Reply]]] = [  # methods, path, kind, right, what answers
            (data, r"/v2/?", "ping", "pull", self.ping),
            (data, r"/v2/_catalog", "catalog", "pull", self.catalog),
            (data, rf"/v2/{NAME}/tags/list", "tags", "pull", self.tags),
            (data, rf"/v2/{NAME}/manifests/{REFERENCE}", "manifest", "pull", self.get_manifest),
            (("PUT",), rf"/v2/{NAME}/manifests/{REFERENCE}", "manifest-put", "push", self.put_manifest),
            (("DELETE",), rf"/v2/{NAME}/manifests/{REFERENCE}", "delete", "delete", self.delete_manifest),
            (data, rf"/v2/{NAME}/blobs/{BLOB}", "blob", "pull", self.get_blob),
            (("DELETE",), rf"/v2/{NAME}/blobs/{BLOB}", "delete", "delete", self.delete_blob),
            (data, rf"/v2/{NAME}/referrers/{BLOB}", "referrers", "pull", self.referrers),
            (("POST",), rf"/v2/{NAME}/blobs/uploads/?", "upload", "push", self.start_upload),
            (("GET", "PATCH", "PUT", "DELETE"), rf"/v2/{NAME}/blobs/uploads/{UPLOAD}", "upload", "push", self.go_on_upload),
        ]

    def action(self, request: Request) -> Action | None:
        for methods, pattern, kind, right, answer in self.routes:
            match = re.fullmatch(pattern, urllib.parse.unquote(request.path))
            if match and request.method in methods:
                if kind == "blob" and self.features.redirect:
                    kind = "redirect"
                return Action(kind, right, match.groupdict().get("name", ""), lambda: answer(request, **match.groupdict()))
        return None

    def ping(self, _request: Request) -> Reply:
        return json_reply(200, {}, ("Docker-Distribution-Api-Version", "registry/2.0"))

    def listed(self, request: Request, names: list[str], member: str, rest: dict[str, str]) -> Reply:
        """One page of a list, after `last` and of at most `n` names, with a Link to the next."""
        last, limit = request.first("last"), min(int(request.first("n") or 1 << 30), self.features.page or 1 << 30)
        names = [name for name in names if last is None or name > last]
        reply = json_reply(200, rest | {member: names[:limit]})
        if 0 < limit < len(names):
            query = urllib.parse.urlencode({"n": limit, "last": names[limit - 1]})
            reply.set("Link", f'<{request.path}?{query}>; rel="next"')
        return reply

    def catalog(self, request: Request) -> Reply:
        return self.listed(request, self.content.repositories(), "repositories", {})

    def tags(self, request: Request, name: str) -> Reply:
        if name not in self.content.repositories():
            return error_reply(404, "NAME_UNKNOWN", "repository name not known to registry")
        return self.listed(request, self.content.names(name, "tags"), "tags", {"name": name})

    def get_manifest(self, _request: Request, name: str, reference: str) -> Reply:
        manifest = self.content.manifest(name, reference)
        if manifest is None:
            return error_reply(404, "MANIFEST_UNKNOWN", "manifest unknown")
        digest = reference if DIGEST.fullmatch(reference) else manifest.digest
        return Reply(200, [("Content-Type", manifest.kind), ("Docker-Content-Digest", digest)], manifest.data)

    def put_manifest(self, request: Request, name: str, reference: str) -> Reply:
        manifest = Manifest(request.header("Content-Type"), request.body)
        if DIGEST.fullmatch(reference) and not digest_holds(reference, request.body):
            return error_reply(400, "DIGEST_INVALID", "provided digest did not match the content")
        try:
            self.content.put_manifest(name, reference, manifest)
        except Missing as missing:
            return error_reply(400, "MANIFEST_BLOB_UNKNOWN", str(missing))
        except (ValueError, KeyError, TypeError, AttributeError):
            return error_reply(400, "MANIFEST_INVALID", "manifest invalid")
        digest = reference if DIGEST.fullmatch(reference) else manifest.digest
        reply = Reply(201, [("Location", f"{request.origin}/v2/{name}/manifests/{digest}"), ("Docker-Content-Digest", digest)])
        if self.features.referrers and (subject := manifest.subject()):
            reply.set("OCI-Subject", subject)
        return reply

    def delete_manifest(self, _request: Request, name: str, reference: str) -> Reply:
        return self.delete(name, "manifests" if DIGEST.fullmatch(reference) else "tags", reference, "MANIFEST_UNKNOWN")

    def delete_blob(self, _request: Request, name: str, digest: str) -> Reply:
        return self.delete(name, "blobs", digest, "BLOB_UNKNOWN")

    def delete(self, name: str, part: str, key: str, code: str) -> Reply:
        if not self.features.delete:
            return error_reply(405, "UNSUPPORTED", "The operation is unsupported.")
        return Reply(202) if self.content.delete(name, part, key) else error_reply(404, code, "unknown to registry")

    def get_blob(self, request: Request, name: str, digest: str) -> Reply:
        data = self.content.blob(name, digest)
        if data is None:
            return error_reply(404, "BLOB_UNKNOWN", "blob unknown to registry")
        if self.features.redirect:
            return Reply(307, [("Location", self.storage_origin + self.storage_target(name, digest))])
        return blob_reply(request, data, digest)

    def signature(self, path: str) -> str:
        return hmac.new(self.storage_key, path.encode(), hashlib.sha256).hexdigest()

    def storage_target(self, name: str, digest: str) -> str:
        path = f"/storage/{name}/{digest}"
        return f"{path}?signature={self.signature(path)}&expires=300"

    def storage(self, request: Request) -> Action:
        """What comes to this host without a signed blob in mind is a stray: led here by what misbehaves."""
        if request.path.startswith("/storage/"):
            return Action("blob", "", "", lambda: self.storage_reply(request))
        demand = Reply(401, [("WWW-Authenticate", 'Basic realm="storage"')])
        return Action("stray", "", "", lambda: demand if request.path.startswith("/demands/") else Reply(404))

    def storage_reply(self, request: Request) -> Reply:
        """As object stores answer: a signed query and an Authorization header in one request are an error."""
        if "Authorization" in request.headers:
            return Reply(400, [("Content-Type", "application/xml")], b"<Error><Code>InvalidArgument</Code></Error>")
        if not hmac.compare_digest(request.first("signature") or "", self.signature(request.path)):
            return Reply(403, [("Content-Type", "application/xml")], b"<Error><Code>SignatureDoesNotMatch</Code></Error>")
        name, _, digest = request.path.removeprefix("/storage/").rpartition("/")
        data = self.content.blob(name, digest)
        return Reply(404) if data is None else blob_reply(request, data, None)

    def referrers(self, request: Request, name: str, digest: str) -> Reply:
        if not self.features.referrers:  # not an answer of the API: the route is not there
            return Reply(404, [("Content-Type", "text/plain; charset=utf-8")], b"404 page not found\n")
        if not DIGEST.fullmatch(digest):
            return error_reply(400, "DIGEST_INVALID", "invalid digest")
        found, kind = self.content.referrers(name, digest), request.first("artifactType")
        if kind:
            found = [entry for entry in found if entry.get("artifactType") == kind]
        start, limit = int(request.first("from") or 0), self.features.page or len(found) + 1
        reply = json_reply(200, {"schemaVersion": 2, "mediaType": INDEX, "manifests": found[start:start + limit]}, kind=INDEX)
        if kind:
            reply.set("OCI-Filters-Applied", "artifactType")
        if start + limit < len(found):
            query = urllib.parse.urlencode({"from": start + limit} | ({"artifactType": kind} if kind else {}))
            reply.set("Link", f'<{request.path}?{query}>; rel="next"')
        return reply

    def start_upload(self, request: Request, name: str) -> Reply:
        digest, mount, source = request.first("digest"), request.first("mount"), request.first("from")
        if mount and source and self.features.mount and self.access.refusal(request, source, "pull") is None:
            data = self.content.blob(source, mount)
            if data is not None:
                return self.keep_blob(request, name, mount, data)
        if digest:
            return self.keep_blob(request, name, digest, request.body)
        number = secrets.token_hex(16)
        self.uploads[number] = Upload(name, bytearray())
        return self.upload_reply(request, 202, number)

    def keep_blob(self, request: Request, name: str, digest: str, data: bytes) -> Reply:
        if not digest_holds(digest, data):
            return error_reply(400, "DIGEST_INVALID", "provided digest did not match uploaded content")
        self.content.put_blob(name, digest, data)
        return Reply(201, [("Location", f"{request.origin}/v2/{name}/blobs/{digest}"), ("Docker-Content-Digest", digest)])

    def upload_reply(self, request: Request, status: int, number: str) -> Reply:
        """With "query" every answer has another state, which the next request must bring back."""
        upload = self.uploads[number]
        location = f"/v2/{upload.repository}/blobs/uploads/{number}"
        if self.features.location == "query":
            upload.state = secrets.token_hex(8)
            location += f"?_state={upload.state}&part=a%2Fb"
        if self.features.location != "relative":
            location = request.origin + location
        return Reply(status, [("Location", location), ("Range", f"0-{max(len(upload.data) - 1, 0)}"), ("Docker-Upload-UUID", number)])

    def go_on_upload(self, request: Request, name: str, upload: str) -> Reply:
        with self.lock:
            known = self.uploads.get(upload)
            if known is None or known.repository != name or known.state != (request.first("_state") or ""):
                return error_reply(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry")
            steps = {"GET": self.tell_upload, "PATCH": self.add_to_upload, "PUT": self.end_upload, "DELETE": self.drop_upload}
            return steps[request.method](request, upload)

    def tell_upload(self, request: Request, number: str) -> Reply:
        return self.upload_reply(request, 204, number)

    def add_to_upload(self, request: Request, number: str) -> Reply:
        data, place = self.uploads[number].data, request.header("Content-Range")
        if place and place != f"{len(data)}-{len(data) + len(request.body) - 1}":
            return self.upload_reply(request, 416, number)
        data += request.body
        return self.upload_reply(request, 202, number)

    def end_upload(self, request: Request, number: str) -> Reply:
        if request.body:
            added = self.add_to_upload(request, number)
            if added.status != 202:
                return added
        upload = self.uploads.pop(number)
        return self.keep_blob(request, upload.repository, request.first("digest") or "", bytes(upload.data))

    def drop_upload(self, _request: Request, number: str) -> Reply:
        del self.uploads[number]
        return Reply(204)


def blob_reply(request: Request, data: bytes, digest: str | None) -> Reply:
    """The blob, or of it the one range that was asked for (RFC 9110 §14)."""
    headers = [("Content-Type", OCTETS), ("Accept-Ranges", "bytes")] + ([("Docker-Content-Digest", digest)] if digest else [])
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", request.header("Range"))
    if not match or not any(match.groups()):
        return Reply(200, headers, data)
    first, last = match.groups()
    start = int(first) if first else max(len(data) - int(last), 0)
    end = min(int(last), len(data) - 1) if first and last else len(data) - 1
    if not start <= end:
        return Reply(416, headers + [("Content-Range", f"bytes */{len(data)}")])
    return Reply(206, headers + [("Content-Range", f"bytes {start}-{end}/{len(data)}")], data[start:end + 1])
