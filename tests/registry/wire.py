# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 as the tests' registry speaks it: requests read whole, replies whose every byte a test can bend, one log line a request.

A reply is sent as its head and then its pieces.  What misbehaves replaces the head, the pieces or the framing; nothing below corrects it.
"""
import http.server, json, pathlib, socket, socketserver, ssl, struct, sys, threading, urllib.parse
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

BODY_LIMIT = 1 << 30  # an upload is kept in memory
SECRET_HEADERS = ("authorization", "proxy-authorization", "cookie")


class Reset(Exception):
    """Raised while a reply is sent: the connection ends with RST."""


@dataclass
class Request:
    listener: str
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    origin: str  # scheme and authority under which the client reached us
    connection: int
    ignored: list[str] = field(default_factory=list)  # headers that are answered as if they were not there
    path: str = field(init=False)
    query: dict[str, list[str]] = field(init=False)

    def __post_init__(self) -> None:
        parts = urllib.parse.urlsplit(self.target)
        self.path, self.query = parts.path, urllib.parse.parse_qs(parts.query, keep_blank_values=True)

    def header(self, name: str) -> str:
        return "" if name in self.ignored else self.headers.get(name, "")

    def first(self, name: str) -> str | None:
        return self.query.get(name, [None])[0]

    def form(self) -> dict[str, str]:
        return dict(urllib.parse.parse_qsl(self.body.decode("latin-1")))


@dataclass
class Reply:
    status: int = 200
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    pieces: Iterable[bytes] | None = None  # sent in place of the body
    head: Iterable[bytes] | None = None  # sent in place of status line and headers
    framing: str = "length"  # "length", "chunked", or "none": what is sent ends with the connection
    close: bool = False

    def set(self, name: str, value: str) -> None:
        self.headers = [(n, v) for n, v in self.headers if n.lower() != name.lower()] + [(name, value)]

    def head_bytes(self) -> bytes:
        framing = {"length": [("Content-Length", str(len(self.body)))], "chunked": [("Transfer-Encoding", "chunked")]}.get(self.framing, [])
        if self.status in (204, 304):
            framing = []
        reason = http.server.BaseHTTPRequestHandler.responses.get(cast(Any, self.status), ("Unknown",))[0]
        lines = [f"HTTP/1.1 {self.status} {reason}"] + [f"{name}: {value}" for name, value in self.headers + framing]
        return "\r\n".join(lines + ["", ""]).encode("latin-1")

    def body_pieces(self) -> Iterator[bytes]:
        pieces = [self.body] if self.pieces is None else self.pieces
        if self.framing != "chunked":
            yield from pieces
            return
        for piece in filter(None, pieces):
            yield b"%x\r\n%b\r\n" % (len(piece), piece)
        yield b"0\r\n\r\n"


def json_reply(status: int, value: Any, *headers: tuple[str, str], kind: str = "application/json") -> Reply:
    return Reply(status, [("Content-Type", kind), *headers], json.dumps(value).encode())


def error_reply(status: int, code: str, message: str, *headers: tuple[str, str]) -> Reply:
    return json_reply(status, {"errors": [{"code": code, "message": message}]}, *headers)


class Log:
    """Lines of JSON, written before the reply is: a client that has its answer finds its request here.  Nothing secret is in them."""

    def __init__(self, path: pathlib.Path | None) -> None:
        self.file = path.open("a", encoding="utf-8") if path else None
        self.lock = threading.Lock()

    def write(self, **line: Any) -> None:
        if self.file:
            with self.lock:
                self.file.write(json.dumps(line) + "\n")
                self.file.flush()

    def request(self, request: Request, kind: str, status: int, misbehaved: str | None) -> None:
        headers = {name.lower(): value for name, value in request.headers.items() if name.lower() not in SECRET_HEADERS}
        scheme = request.header("Authorization").split(" ")[0]
        line = {"listener": request.listener, "connection": request.connection, "method": request.method, "path": request.target, "kind": kind,
                "status": status, "authorization": "Authorization" in request.headers, "scheme": scheme, "received": len(request.body),
                "headers": headers, "misbehaved": misbehaved}
        if request.header("Content-Type").startswith("application/x-www-form-urlencoded"):
            line["form"] = {k: v for k, v in request.form().items() if k not in ("password", "refresh_token")}
        self.write(**line)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "Listener"

    def setup(self) -> None:
        if self.server.refuses():
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            raise ConnectionResetError
        if self.server.tls:
            self.request = self.server.tls().wrap_socket(self.request, server_side=True)
        self.connection_number = self.server.next_connection()
        super().setup()

    def finish(self) -> None:
        super().finish()
        self.request.close()  # the TLS socket, which the listener does not know

    def log_message(self, *_: Any) -> None:
        pass

    def read_chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline(100).split(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline(10)
        while self.rfile.readline(1000).strip():
            pass

    def read_body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            return b"".join(self.read_chunks())
        length = int(self.headers.get("Content-Length", 0))
        if not 0 <= length <= BODY_LIMIT:
            raise ValueError(f"a body of {length} bytes")
        return self.rfile.read(length)

    def exchange(self) -> None:
        try:
            body = self.read_body()
        except ValueError as error:
            self.send_error(400, str(error))
            return
        origin = f"{self.server.scheme}://{self.headers.get('Host', self.server.authority)}"
        headers = cast(Mapping[str, str], self.headers)
        request = Request(self.server.name, self.command, self.path, headers, body, origin, self.connection_number)
        try:
            self.send(self.server.application(request))
        except Reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
        except OSError:  # the client went away, as it should from most of what misbehaves
            self.close_connection = True

    def send(self, reply: Reply) -> None:
        parts = iter([reply.head_bytes()] if reply.head is None else reply.head)
        pieces = iter(()) if self.command == "HEAD" or reply.status in (204, 304) else reply.body_pieces()
        if reply.head is None and reply.pieces is None:
            parts, pieces = iter([next(parts) + b"".join(pieces)]), iter(())
        for sequence in (parts, pieces):
            for part in sequence:
                self.connection.sendall(part)
        self.close_connection = self.close_connection or reply.close or reply.framing == "none"

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = exchange


class Listener(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """One address to be reached at: a port of `host`, or the path of a Unix socket."""
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, name: str, application: Callable[[Request], Reply], log: Log, host: str = "", port: int = 0, path: str = "",
                 tls: Callable[[], ssl.SSLContext] | None = None, refuses: Callable[[], bool] = lambda: False) -> None:
        self.name, self.application, self.log, self.tls, self.refuses = name, application, log, tls, refuses
        self.connections, self.lock = 0, threading.Lock()
        self.scheme = "https" if tls else "http"
        self.address_family = socket.AF_UNIX if path else socket.AF_INET
        self.allow_reuse_address = not path
        super().__init__(cast(Any, path or (host, port)), Handler)
        self.authority = path or f"{host}:{self.server_address[1]}"
        self.origin = f"{self.scheme}://{self.authority}"

    def get_request(self) -> tuple[Any, Any]:
        connection, address = self.socket.accept()
        if connection.family == socket.AF_INET:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection, address or ("unix", 0)

    def next_connection(self) -> int:
        with self.lock:
            self.connections += 1
            return self.connections

    def shutdown_request(self, request: Any) -> None:
        # A connection that is to be reset must not be shut down first.
        self.close_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exc_info()[1]
        if isinstance(error, ssl.SSLError):
            self.log.write(listener=self.name, kind="tls", error=error.reason)
        elif not isinstance(error, OSError):
            super().handle_error(request, client_address)

    def start(self) -> "Listener":
        threading.Thread(target=self.serve_forever, name=self.name, daemon=True).start()
        return self
