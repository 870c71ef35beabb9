# SPDX-License-Identifier: Apache-2.0
"""The ways in which the tests' registry misbehaves: WAYS is the table of them, and what `server.py --help` tells.

A way gets an exchange and answers what is sent.  It may bend the true reply, which `behave` makes; where it never calls that, the
request has done nothing: a blob that was refused is not kept.
"""
import gzip, itertools, json, pathlib, threading, urllib.parse
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from content import INDEX, digest_of
from routes import Action, Registry
from wire import Reply, Request, Reset, error_reply, json_reply

ZEROS, SPACES, LETTERS = bytes(1 << 16), b" " * (1 << 16), b"a" * (1 << 16)  # endless things come in such pieces
ELSEWHERE = "sha256:" + "0" * 64
HTML = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><form>Who are you?</form></body></html>\n"
forever = threading.Event()  # is never set: to wait for it is to stall


@dataclass
class Exchange:
    request: Request
    action: Action
    registry: Registry
    value: str  # given with the way, or its default
    turn: int  # how often this way was met before

    def behave(self) -> Reply:
        return self.action.behave()

    @property
    def number(self) -> int:
        return int(self.value)


Act = Callable[[Exchange], Reply]


@dataclass
class Way:
    name: str
    kinds: str  # of requests, as in the log; for "accept" and "tls": the listeners
    help: str
    act: Act | None = None
    value: str = ""
    stage: str = "reply"  # or "accept" and "tls", where there is no request yet


# The bytes of a body

def body(bend: Callable[[bytes], bytes]) -> Act:
    def act(x: Exchange) -> Reply:
        reply = x.behave()
        reply.body = bend(reply.body)
        return reply
    return act


def sent(pieces: Callable[[Exchange, bytes], Iterable[bytes]], framing: str = "length", close: bool = True) -> Act:
    """The true head, and other pieces than the body it speaks of."""
    def act(x: Exchange) -> Reply:
        reply = x.behave()
        reply.pieces, reply.framing, reply.close = pieces(x, reply.body), framing, close
        return reply
    return act


def framed(*headers: tuple[str, str], pieces: Callable[[Exchange, bytes], Iterable[bytes]] = lambda _, data: [data]) -> Act:
    """Nothing is said of the body's end but by these headers."""
    def act(x: Exchange) -> Reply:
        reply = sent(pieces, "none")(x)
        reply.headers += [(name, value.replace("SIZE", str(len(reply.body)))) for name, value in headers]
        return reply
    return act


def chunked(pieces: Callable[[Exchange, bytes], Iterable[bytes]]) -> Act:
    """Chunks as these pieces write them."""
    return framed(("Transfer-Encoding", "chunked"), pieces=pieces)


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def endless(start: bytes, then: bytes) -> Iterator[bytes]:
    return itertools.chain([start], itertools.repeat(then))


def half(data: bytes) -> bytes:
    return data[:len(data) // 2]


def stall_after(x: Exchange, data: bytes) -> Iterator[bytes]:
    yield data[:x.number]
    forever.wait()


def drip(x: Exchange, data: bytes) -> Iterator[bytes]:
    for byte in data:
        yield bytes([byte])
        forever.wait(x.number / 1000)


def reset_half_way(_x: Exchange, data: bytes) -> Iterator[bytes]:
    yield half(data)
    raise Reset


def zeros(*_: object) -> Iterator[bytes]:
    return itertools.repeat(ZEROS)


def encoded(x: Exchange) -> Reply:
    reply = body(lambda data: gzip.compress(data, mtime=0))(x)
    reply.set("Content-Encoding", "gzip")
    return reply


# Heads

def head(pieces: Callable[[Exchange], Iterable[bytes]]) -> Act:
    return lambda x: Reply(head=pieces(x), pieces=[], framing="none")


def stall(_x: Exchange) -> Iterator[bytes]:
    forever.wait()
    yield b""


def endless_headers(_x: Exchange) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    yield from (b"X-Header-%d: %b\r\n" % (i, b"a" * 64) for i in itertools.count())


def with_headers(make: Callable[[Exchange], list[tuple[str, str]]]) -> Act:
    """The true reply, with these in place of its headers of the same names."""
    def act(x: Exchange) -> Reply:
        reply = x.behave()
        headers = make(x)
        taken = {name.lower() for name, _ in headers}
        reply.headers = [(name, value) for name, value in reply.headers if name.lower() not in taken] + headers
        return reply
    return act


def without_header(name: str) -> Act:
    def act(x: Exchange) -> Reply:
        reply = x.behave()
        reply.headers = [header for header in reply.headers if header[0].lower() != name.lower()]
        return reply
    return act


def raw_head(bend: Callable[[bytes], bytes]) -> Act:
    def act(x: Exchange) -> Reply:
        reply = x.behave()
        reply.head = [bend(reply.head_bytes())]
        return reply
    return act


def status_line(x: Exchange) -> Reply:
    return raw_head(lambda data: x.value.encode() + b"\r\n" + data.partition(b"\r\n")[2])(x)


# Other statuses

def endless_error(_x: Exchange) -> Reply:
    return Reply(500, [("Content-Type", "application/json")], pieces=zeros(), framing="chunked")


def busy(x: Exchange) -> Reply:
    return error_reply(429, "TOOMANYREQUESTS", "too many requests", *([("Retry-After", x.value)] if x.value else []))


def redirect(where: Callable[[Exchange], str | None], code: int = 307) -> Act:
    def act(x: Exchange) -> Reply:
        location = where(x)
        return Reply(code, [("Location", location)] if location is not None else [])
    return act


def chain(x: Exchange) -> Reply:
    hop = int(x.request.first("hop") or 0)
    return x.behave() if hop >= x.number else Reply(307, [("Location", f"{x.request.path}?hop={hop + 1}")])


def elsewhere(x: Exchange) -> str:
    """Where a blob is to be had on the storage host; for anything else the same path there."""
    digest = x.request.path.rpartition("/")[2]
    if x.action.kind in ("blob", "redirect") and x.request.listener == "registry":
        return x.registry.storage_target(x.action.repository, digest)
    return x.request.target


def to_plain(x: Exchange) -> str:
    return x.registry.plain_origin + elsewhere(x)


# Ranges

def range_wrong(x: Exchange) -> Reply:
    reply = x.behave()
    reply.status = 206
    reply.set("Content-Range", f"bytes 7-{6 + len(reply.body)}/{7 + len(reply.body)}")
    return reply


def range_ignored(x: Exchange) -> Reply:
    x.request.ignored.append("Range")
    return x.behave()


def range_refused(x: Exchange) -> Reply:
    return Reply(416, [("Content-Range", "bytes */1")]) if x.request.header("Range") else x.behave()


def range_short(x: Exchange) -> Reply:
    reply = x.behave()
    whole = len(reply.body)
    start = int(dict(reply.headers).get("Content-Range", "bytes 0-").split(" ")[1].split("-")[0])
    reply.status, reply.body = 206, half(reply.body)
    reply.set("Content-Range", f"bytes {start}-{start + len(reply.body) - 1}/{start + whole}")
    return reply


# Manifests and lists

def rewritten(bend: Callable[[Exchange, bytes], bytes]) -> Act:
    """Another manifest under the same tag, and honest about its own digest."""
    def act(x: Exchange) -> Reply:
        reply = x.behave()
        reply.body = bend(x, reply.body)
        reply.set("Docker-Content-Digest", digest_of(reply.body))
        return reply
    return act


def repeat_key(x: Exchange, data: bytes) -> bytes:
    document = json.loads(data)
    key = x.value or next(name for name in ("manifests", "layers", "schemaVersion") if name in document)
    return b"{" + json.dumps(key).encode() + b":[]," + data.lstrip()[1:]


def fold_key(_x: Exchange, data: bytes) -> bytes:
    document = json.loads(data)
    key = next(name for name in ("manifests", "layers", "schemaVersion") if name in document)
    return b"{" + json.dumps(key.upper()).encode() + b":[]," + data.lstrip()[1:]


def many_referrers(x: Exchange) -> Iterator[bytes]:
    yield b'{"schemaVersion":2,"mediaType":"%b","manifests":[' % INDEX.encode()
    for start in range(0, x.number, 1000):
        lines = (b'{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:%064x","size":500}' % i
                 for i in range(start, min(start + 1000, x.number)))
        yield (b"," if start else b"") + b",".join(lines)
    yield b"]}"


def strangers(x: Exchange) -> Reply:
    names = x.registry.content.names(x.action.repository, "manifests")
    found = [x.registry.content.manifest(x.action.repository, name) for name in names]
    entries = [{"mediaType": m.kind, "digest": m.digest, "size": len(m.data)} for m in found if m]
    return json_reply(200, {"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}, kind=INDEX)


# Authentication

def challenge(make: Callable[[Exchange, str], str | None]) -> Act:
    def act(x: Exchange) -> Reply:
        reply = x.behave()
        value = make(x, dict(reply.headers).get("WWW-Authenticate", ""))
        reply.headers = [header for header in reply.headers if header[0] != "WWW-Authenticate"]
        reply.headers += [("WWW-Authenticate", value)] if value is not None else []
        return reply
    return act


def other_realm(where: Callable[[Exchange], str]) -> Act:
    def make(x: Exchange, value: str) -> str:
        before, _, rest = value.partition('realm="')
        return f'{before}realm="{where(x)}"{rest.partition(chr(34))[2]}'
    return challenge(make)


def refused(x: Exchange) -> Reply:
    scope = f"repository:{x.action.repository}:pull" if x.action.repository else ""
    return error_reply(401, "UNAUTHORIZED", "authentication required", ("WWW-Authenticate", x.registry.access.challenge(scope)))


def token(text: str) -> Act:
    return lambda _: Reply(200, [("Content-Type", "application/json")], text.encode())


def token_twice(x: Exchange) -> Reply:
    return body(lambda data: b'{"token":"another","access_token":"another",' + data[1:])(x)


# Uploads

def forget(x: Exchange) -> Reply:
    digest = x.request.first("digest") or digest_of(x.request.body)
    return Reply(201, [("Location", f"{x.request.path}"), ("Docker-Content-Digest", digest)])


def upload_elsewhere(x: Exchange) -> str:
    return x.value or x.registry.storage_origin + x.request.path


ANY = "ping catalog tags manifest manifest-put blob redirect referrers upload delete"
LISTS = "tags catalog referrers"

WAYS = [
    Way("wrong-digest", "blob", "the last byte differs", body(lambda data: data[:-1] + bytes([data[-1] ^ 1]) if data else b"x")),
    Way("other-bytes", "blob", "every byte differs, the length is the same", body(lambda data: bytes(byte ^ 0xff for byte in data))),
    Way("short-body", "blob", "a complete answer of half the bytes", body(half)),
    Way("longer-body", "blob", "VALUE zero bytes after the true ones, Content-Length counts them",
        lambda x: body(lambda data: data + bytes(x.number))(x), "1"),
    Way("file", "blob", "the bytes of the file VALUE in the place of the true ones",
        lambda x: body(lambda _: pathlib.Path(x.value).read_bytes())(x), "/dev/null"),
    Way("empty-body", "blob", "a complete answer of no bytes", body(lambda _: b"")),
    Way("truncated", "blob", "the whole Content-Length, half the bytes, then the connection ends", sent(lambda _, data: [half(data)])),
    Way("endless-chunks", "blob", "chunks of zeros for ever", sent(zeros, "chunked")),
    Way("endless-body", "blob", "zeros for ever, without a length", sent(zeros, "none")),
    Way("half-chunk", "blob", "ends in the middle of a chunk", chunked(lambda _, data: [half(chunk(data))])),
    Way("no-last-chunk", "blob", "all chunks but the last, empty one", chunked(lambda _, data: [chunk(data)])),
    Way("chunk-size", "blob", "the size of a chunk is VALUE", chunked(lambda x, data: [
        x.value.encode() + b"\r\n" + data + b"\r\n0\r\n\r\n"]), "fffffffffffffffff"),
    Way("chunk-extensions", "blob", "a chunk's extension that never ends", chunked(lambda *_: endless(b"5;", b"a=b;" * 4096))),
    Way("endless-trailers", "blob", "after the last chunk trailers for ever",
        chunked(lambda _, data: endless(chunk(data) + b"0\r\n", b"X-Trailer: a\r\n" * 1024))),
    Way("no-length", "blob", "all bytes and no length: the connection's end is theirs", framed()),
    Way("length-negative", "blob", "Content-Length: -1", framed(("Content-Length", "-1"))),
    Way("length-huge", "blob", "a Content-Length beyond 64 bits", framed(("Content-Length", "99999999999999999999999"))),
    Way("length-word", "blob", "a Content-Length that is a word", framed(("Content-Length", "many"))),
    Way("length-sign", "blob", "a Content-Length with a plus sign", framed(("Content-Length", "+SIZE"))),
    Way("length-twice", "blob", "two Content-Lengths that differ", framed(("Content-Length", "SIZE"), ("Content-Length", "1"))),
    Way("length-and-chunks", "blob", "Content-Length and chunks in one answer", framed(
        ("Content-Length", "3"), ("Transfer-Encoding", "chunked"), pieces=lambda _, data: [chunk(data) + b"0\r\n\r\n"])),
    Way("extra-answer", "blob", "after the body the answer to a question nobody asked", sent(lambda _, data: [
        data + b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother"], close=False)),
    Way("stall-body", "blob", "nothing after VALUE bytes of the body", sent(stall_after), "10"),
    Way("stall-headers", ANY, "no byte of an answer", head(stall)),
    Way("drip", "blob", "a byte every VALUE milliseconds", sent(drip, close=False), "100"),
    Way("reset-body", "blob", "the connection is reset in the middle of the body", sent(reset_half_way)),
    Way("no-answer", ANY, "the connection ends without an answer", head(lambda _: [])),
    Way("silent-close", ANY, "a true answer, then the connection ends unannounced", sent(lambda _, data: [data])),
    Way("gzip", "blob", "Content-Encoding: gzip, which nobody asked for", encoded),

    Way("status", ANY, "answers the status VALUE", lambda x: error_reply(x.number, "UNKNOWN", "something went wrong"), "500"),
    Way("busy", ANY, "429, with Retry-After: VALUE where it is given", busy),
    Way("html", ANY, "200 and a login page", lambda _: Reply(200, [("Content-Type", "text/html; charset=utf-8")], HTML)),
    Way("html-404", ANY, "404 and a page", lambda _: Reply(404, [("Content-Type", "text/html; charset=utf-8")], HTML)),
    Way("error-endless", ANY, "500 and a body without end", endless_error),
    Way("error-escapes", ANY, "400 and a message with terminal escapes and line feeds",
        lambda _: error_reply(400, "UNKNOWN", "\x1b[2J\x1b]0;owned\x07\r\nok: passed")),
    Way("wrong-type", "manifest", "the Content-Type is VALUE", with_headers(lambda x: [("Content-Type", x.value)]), "application/octet-stream"),
    Way("no-type", "manifest", "no Content-Type", without_header("Content-Type")),
    Way("digest-header", "manifest blob", "a Docker-Content-Digest that lies", with_headers(lambda _: [("Docker-Content-Digest", ELSEWHERE)])),
    Way("no-digest-header", "manifest", "no Docker-Content-Digest", without_header("Docker-Content-Digest")),
    Way("header-huge", ANY, "one header of VALUE bytes", with_headers(lambda x: [("X-Huge", "a" * x.number)]), str(1 << 20)),
    Way("headers-many", ANY, "VALUE more headers", with_headers(lambda x: [(f"X-Header-{i}", "a") for i in range(x.number)]), "100000"),
    Way("headers-endless", ANY, "headers for ever", head(endless_headers)),
    Way("header-line-endless", ANY, "one header that never ends", head(lambda _: endless(b"HTTP/1.1 200 OK\r\nX-Endless: ", LETTERS))),
    Way("header-nul", ANY, "a header with a NUL byte", with_headers(lambda _: [("X-Nul", "a\0b")])),
    Way("header-folded", ANY, "a header that goes on in the next line", with_headers(lambda _: [("X-Folded", "a\r\n b")])),
    Way("header-no-colon", ANY, "a header line without colon", raw_head(lambda data: data.replace(b"\r\n", b"\r\nNo colon here\r\n", 1))),
    Way("line-feeds", ANY, "head lines end without carriage return", raw_head(lambda data: data.replace(b"\r\n", b"\n"))),
    Way("not-http", ANY, "another protocol's greeting", head(lambda _: [b"SSH-2.0-OpenSSH_9.2\r\n"])),
    Way("status-line", ANY, "the first line is VALUE", status_line, "HTTP/1.1 2000 OK"),
    Way("continue-endless", ANY, "100 Continue for ever", head(lambda _: itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n"))),

    Way("redirect", "blob redirect", "to the URL VALUE", redirect(lambda x: x.value), "http://127.0.0.1:1/"),
    Way("redirect-loop", "manifest blob redirect", "to where it was asked", redirect(lambda x: x.request.target)),
    Way("redirect-chain", "manifest blob redirect", "VALUE times, then the true answer", chain, "30"),
    Way("redirect-plain", "manifest blob redirect", "to a host that speaks HTTP without TLS", redirect(to_plain)),
    Way("redirect-file", "manifest blob redirect", "to a file: URL", redirect(lambda _: "file:///etc/passwd")),
    Way("redirect-demands", "manifest blob redirect", "to another host that demands Basic credentials",
        redirect(lambda x: x.registry.storage_origin + "/demands" + x.request.path)),
    Way("redirect-nowhere", "manifest blob redirect", "without a Location", redirect(lambda _: None)),
    Way("redirect-user", "manifest blob redirect", "to a URL with user and password", redirect(
        lambda x: x.registry.storage_origin.replace("://", "://someone:secret@") + elsewhere(x))),
    Way("range-wrong", "blob", "206 whose Content-Range begins elsewhere", range_wrong),
    Way("range-ignored", "blob", "200 and everything, where a range was asked for", range_ignored),
    Way("range-refused", "blob", "416 to every range", range_refused),
    Way("range-short", "blob", "206 with half of what was asked for", range_short),

    Way("manifest-changes", "manifest", "another manifest each time a tag is asked for", rewritten(lambda x, data: data + b" " * x.turn)),
    Way("duplicate-keys", "manifest", "the member VALUE (else manifests or layers) twice, first empty", rewritten(repeat_key)),
    Way("folded-keys", "manifest", "manifests or layers once more, in capitals", rewritten(fold_key)),
    Way("manifest-deep", "manifest", "arrays in arrays, VALUE deep", rewritten(
        lambda x, _: b'{"a":' + b"[" * x.number + b"]" * x.number + b"}"), "100000"),
    Way("manifest-huge", "manifest", "VALUE spaces after the manifest", rewritten(lambda x, data: data + b" " * x.number), str(16 << 20)),
    Way("manifest-endless", "manifest", "the manifest, then spaces for ever", sent(
        lambda _, data: endless(data, SPACES), "chunked")),

    Way("challenge-malformed", "challenge", "WWW-Authenticate: VALUE", challenge(lambda x, _: x.value), 'Bearer realm="http://127.0.0.1'),
    Way("challenge-missing", "challenge", "401 without WWW-Authenticate", challenge(lambda *_: None)),
    Way("challenge-unknown", "challenge", "a scheme that is neither Basic nor Bearer", challenge(lambda *_: "Negotiate")),
    Way("challenge-scope", "challenge", "asks for the scope VALUE", challenge(lambda x, value: value.partition(",scope=")[0] + f',scope="{x.value}"'),
        "repository:other/thing:pull,push,delete"),
    Way("realm-elsewhere", "challenge", "the token endpoint is VALUE, else on the storage host", other_realm(
        lambda x: x.value or x.registry.storage_origin + "/token")),
    Way("realm-plain", "challenge", "the token endpoint is on a host that speaks HTTP without TLS", other_realm(
        lambda x: x.registry.plain_origin + "/token")),
    Way("realm-file", "challenge", "the token endpoint is a file: URL", other_realm(lambda _: "file:///etc/passwd")),
    Way("always-401", ANY, "401, whatever was shown", refused),
    Way("token-missing", "token", "an answer without token", token('{"expires_in": 300}')),
    Way("token-empty", "token", "a token of no letters", token('{"token": ""}')),
    Way("token-number", "token", "a token that is a number", token('{"token": 12345}')),
    Way("token-garbage", "token", "JSON that is none", token('{"token": "abc')),
    Way("token-duplicate", "token", "the token twice", token_twice),
    Way("token-line-feed", "token", "a token that would be two headers", token('{"token": "abc\\r\\nX-Injected: yes"}')),
    Way("token-huge", "token", "a token of VALUE letters", lambda x: token('{"token": "' + "a" * x.number + '"}')(x), str(4 << 20)),
    Way("token-endless", "token", "a token without end", lambda _: Reply(
        200, [("Content-Type", "application/json")], pieces=endless(b'{"token": "', LETTERS), framing="chunked")),
    Way("token-useless", "token", "a token that nothing accepts", token('{"token": "useless", "expires_in": 300}')),

    Way("upload-elsewhere", "upload", "the Location is VALUE, else on the storage host", with_headers(lambda x: [("Location", upload_elsewhere(x))])),
    Way("upload-nowhere", "upload", "no Location", without_header("Location")),
    Way("upload-forgets", "upload", "201, and nothing is kept", forget),
    Way("put-digest", "manifest-put", "201 with another digest", with_headers(lambda _: [("Docker-Content-Digest", ELSEWHERE)])),
    Way("put-forgets", "manifest-put", "201, and nothing is kept", forget),

    Way("referrers-garbage", "referrers", "JSON that is none",
        lambda _: Reply(200, [("Content-Type", INDEX)], b'{"schemaVersion": 2, "manifests": [{')),
    Way("referrers-million", "referrers", "VALUE entries",
        lambda x: Reply(200, [("Content-Type", INDEX)], pieces=many_referrers(x), framing="chunked"), "1000000"),
    Way("referrers-strangers", "referrers", "all manifests of the repository, whatever their subject", strangers),
    Way("list-loop", LISTS, "the next page is this one", with_headers(lambda x: [("Link", f'<{x.request.target}>; rel="next"')])),
    Way("list-endless", LISTS, "there is always one more page", with_headers(
        lambda x: [("Link", f'<{x.request.path}?turn={x.turn + 1}>; rel="next"')])),
    Way("list-elsewhere", LISTS, "the next page is on the storage host", with_headers(
        lambda x: [("Link", f'<{x.registry.storage_origin}{x.request.path}>; rel="next"')])),

    Way("reset", "registry", "connections are reset when they are accepted", stage="accept"),
    Way("tls-other-host", "registry", "the certificate is another host's", stage="tls"),
    Way("tls-expired", "registry", "the certificate has expired", stage="tls"),
    Way("tls-unknown-ca", "registry", "the certificate is of another authority", stage="tls"),
]


@dataclass
class Order:
    """One --misbehave: a way, and when it is taken."""
    way: Way
    value: str
    kinds: list[str]
    first: int | None = None
    skip: int = 0
    path: str = ""
    method: str = ""
    met: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def meets(self, kind: str, path: str = "", method: str = "") -> bool:
        if not (kind in self.kinds or "*" in self.kinds) or self.path not in path or self.method not in ("", method):
            return False
        with self.lock:
            self.met += 1
            turn = self.met - self.skip
        return turn > 0 and (self.first is None or turn <= self.first)


def parse_order(text: str) -> Order:
    """NAME[=VALUE][,first=N][,skip=N][,on=KIND[+KIND]][,path=PART][,method=NAME]; a comma in a value is %2C."""
    given, *rest = text.split(",")
    name, _, value = given.partition("=")
    way = next((way for way in WAYS if way.name == name), None)
    if way is None:
        raise ValueError(f"no way to misbehave is called '{name}'")
    terms = dict(term.partition("=")[::2] for term in rest)
    unknown = set(terms) - {"first", "skip", "on", "path", "method"}
    if unknown:
        raise ValueError(f"'{text}': no such term: {', '.join(sorted(unknown))}")
    kinds = terms["on"].split("+") if "on" in terms else way.kinds.split()
    return Order(way, urllib.parse.unquote(value) or way.value, kinds, int(terms["first"]) if "first" in terms else None,
                 int(terms.get("skip", 0)), terms.get("path", ""), terms.get("method", ""))


def described() -> str:
    lines = ["ways to misbehave, what they are done to if no `on` is given, and the VALUE if none is:"]
    for way in WAYS:
        lines.append(f"  {way.name + ('=VALUE' if 'VALUE' in way.help else ''):<28}{'any' if way.kinds == ANY else way.kinds:<24}{way.help}"
                     + (f" [{way.value}]" if way.value else ""))
    return "\n".join([*lines, f"any: {ANY}", "other kinds: challenge token inspect archive engine stray other",
                      "With --redirect the registry's part is of kind redirect, the storage host's of kind blob."])
