#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Publishers of feeds, or a mirror of them, for the tests: a directory's files with marks, ranges and every way to misbehave of the tests' registry.

What lies at TREE/HOST/PATH is at /HOST/PATH.  A request with an absolute target, as proxies get them, is answered by its path.
"""
import argparse, email.utils, hashlib, pathlib, sys, threading, urllib.parse

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "registry"))
import certificates
from misbehaviour import Exchange, Order, parse_order
from routes import Action
from server import end_with_parent, tell
from wire import Listener, Log, Reply, Request


class Files:
    def __init__(self, tree: pathlib.Path, marks: str) -> None:
        self.tree, self.marks = tree.resolve(), marks

    def file(self, request: Request) -> pathlib.Path | None:
        path = (self.tree / urllib.parse.unquote(request.path).lstrip("/")).resolve()
        return path if path.is_file() and self.tree in path.parents else None

    def headers(self, path: pathlib.Path, data: bytes) -> dict[str, str]:
        told = {"etag": ("ETag", '"%s%s"' % (hashlib.sha256(data).hexdigest()[:16], "-gzip" if "gzip" in self.marks else "")),
                "modified": ("Last-Modified", email.utils.formatdate(path.stat().st_mtime, usegmt=True))}
        return dict(told[mark] for mark in told if mark in self.marks)

    def unchanged(self, request: Request, told: dict[str, str]) -> bool:
        etags, since = request.header("If-None-Match"), request.header("If-Modified-Since")
        if etags:
            return told.get("ETag", "none").replace("-gzip", "") in [etag.strip() for etag in etags.split(",")]
        if not since or "Last-Modified" not in told:
            return False
        return email.utils.parsedate_to_datetime(told["Last-Modified"]) <= email.utils.parsedate_to_datetime(since)

    def reply(self, request: Request) -> Reply:
        path = self.file(request)
        if path is None:
            return Reply(404, [("Content-Type", "text/html")], b"<html>Not Found</html>\n")
        data = path.read_bytes()
        told = self.headers(path, data)
        if self.unchanged(request, told):
            return Reply(304, list(told.items()))
        begin, mark = request.header("Range"), request.header("If-Range")
        if begin and (not mark or mark in told.values()):
            start = int(begin.removeprefix("bytes=").rstrip("-"))
            if start >= len(data):
                return Reply(416, [("Content-Range", f"bytes */{len(data)}")])
            return Reply(206, [*told.items(), ("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")], data[start:])
        return Reply(200, [*told.items(), ("Accept-Ranges", "bytes")], data)


class Service:
    def __init__(self, files: Files, log: Log) -> None:
        self.files, self.log = files, log
        self.orders: list[Order] = []

    def met(self, stage: str, kind: str, path: str = "", method: str = "") -> Order | None:
        return next((order for order in self.orders if order.way.stage == stage and order.meets(kind, path, method)), None)

    def at_files(self, request: Request) -> Reply:
        order = self.met("reply", "blob", request.target, request.method)
        action = Action("blob", "", "", lambda: self.files.reply(request))
        if order and order.way.act:
            reply = order.way.act(Exchange(request, action, None, order.value, order.met - 1))  # type: ignore[arg-type]
        else:
            reply = action.behave()
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.log.write(method=request.method, path=request.target, status=reply.status, sent=0 if reply.status == 304 else len(reply.body),
                       connection=request.connection, headers=headers, misbehaved=order.way.name if order else None)
        return reply

    def at_control(self, request: Request) -> Reply:
        try:
            self.orders = [parse_order(line) for line in request.body.decode().splitlines()]
            return Reply(200)
        except ValueError as error:
            return Reply(400, body=f"{error}\n".encode())


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--tree", type=pathlib.Path, required=True, metavar="DIR")
    add("--marks", default="etag,modified", help="what is told of a file: etag, modified, both, or neither; with gzip, ETags get an end by which the server does not know them again")
    add("--ready", type=pathlib.Path, metavar="FILE")
    add("--log", type=pathlib.Path, metavar="FILE")
    add("--control", metavar="SOCKET")
    add("--with-parent", action="store_true")
    add("--tls", type=pathlib.Path, metavar="DIR", help="speak TLS; keys and certificates are made in this directory")
    return parser.parse_args()


def main() -> None:
    given = options()
    log = Log(given.log)
    service = Service(Files(given.tree, given.marks), log)
    contexts = {}
    if given.tls:
        certificates.make(given.tls)
        contexts = certificates.contexts(given.tls, False)
    front = Listener("registry", service.at_files, log, "127.0.0.1", 0, tls=(lambda: contexts["server"]) if contexts else None,
                     refuses=lambda: service.met("accept", "registry") is not None)
    front.start()
    if given.control:
        Listener("control", service.at_control, log, path=given.control).start()
    if given.with_parent:
        threading.Thread(target=end_with_parent, daemon=True).start()
    if given.ready:
        tell(given.ready, {"address": front.authority, "port": str(front.server_address[1]), "url": front.origin})
    threading.Event().wait()


if __name__ == "__main__":
    main()
