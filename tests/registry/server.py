#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A registry for the tests of plimsoll: it can behave, and misbehave in every way that has a name.  registry.bash starts it."""
import argparse, os, pathlib, shlex, ssl, sys, threading, time
from collections.abc import Callable

sys.dont_write_bytecode = True
import certificates
from access import Access, Rules
from content import Content, Missing
from engine import Engine, Image
from misbehaviour import Exchange, Order, described, parse_order
from routes import Action, Features, Registry
from wire import Listener, Log, Reply, Request, error_reply

# Other hosts by name and port, and yet this machine: nothing that is kept by host may go from one to another.
HOST, STORAGE_HOST, TOKEN_HOST, PLAIN_HOST = "127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"


class Service:
    """Everything behind the listeners: who asks what, whether it is let in, how it is answered, and the log."""

    def __init__(self, registry: Registry, engine: Engine, log: Log, orders: list[Order]) -> None:
        self.registry, self.engine, self.log, self.orders = registry, engine, log, orders

    def at_registry(self, request: Request) -> Reply:
        if request.path == "/token":
            return self.at_token(request)
        action = self.registry.action(request)
        if action is None:
            return self.answer(request, Action("other", "", "", lambda: error_reply(404, "UNSUPPORTED", "no such route")))
        refusal = self.registry.access.refusal(request, action.repository, action.right)
        if refusal:
            return self.answer(request, Action("challenge", "", "", lambda: refusal))
        return self.answer(request, action)

    def at_storage(self, request: Request) -> Reply:
        return self.answer(request, self.registry.storage(request))

    def at_token(self, request: Request) -> Reply:
        return self.answer(request, Action("token", "", "", lambda: self.registry.access.token(request)))

    def at_engine(self, request: Request) -> Reply:
        return self.answer(request, self.engine.action(request))

    def at_control(self, request: Request) -> Reply:
        """What a test tells the registry, past its doors: not logged, and it never misbehaves."""
        try:
            if request.path == "/misbehave":
                self.orders = [parse_order(line) for line in request.body.decode().splitlines()]
                return Reply(200)
            layout, name, tag = (request.first(key) or "" for key in ("layout", "name", "tag"))
            return Reply(200, body=self.registry.content.put_layout(pathlib.Path(layout), name, tag).encode() + b"\n")
        except (OSError, ValueError, KeyError, Missing) as error:
            return Reply(400, body=f"{error!r}\n".encode())

    def met(self, stage: str, kind: str, path: str = "", method: str = "") -> Order | None:
        return next((order for order in self.orders if order.way.stage == stage and order.meets(kind, path, method)), None)

    def answer(self, request: Request, action: Action) -> Reply:
        order = self.met("reply", action.kind, request.target, request.method)
        try:
            if order and order.way.act:
                reply = order.way.act(Exchange(request, action, self.registry, order.value, order.met - 1))
            else:
                reply = action.behave()
        except ValueError as error:  # numbers of a query
            reply = error_reply(400, "UNSUPPORTED", str(error))
        self.log.request(request, action.kind, reply.status, order.way.name if order else None)
        return reply

    def refuses(self, listener: str) -> bool:
        order = self.met("accept", listener)
        if order:
            self.log.write(listener=listener, kind="accept", misbehaved=order.way.name)
        return order is not None

    def certificate(self, listener: str) -> str:
        order = self.met("tls", listener)
        return order.way.name if order else "server"


def pair(text: str) -> tuple[str, str]:
    name, mark, rest = text.partition(":")
    if not mark:
        raise argparse.ArgumentTypeError("NAME:PASSWORD")
    return name, rest


def image(text: str) -> Image:
    name, _, file = text.partition("=")
    if not pathlib.Path(file).is_file():
        raise argparse.ArgumentTypeError("NAME=FILE")
    return Image(name, pathlib.Path(file))


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, epilog=described(), allow_abbrev=False,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--port", type=int, default=0, help="of 127.0.0.1; a free one where it is not given")
    add("--ready", type=pathlib.Path, metavar="FILE", help="is written when all listens: lines NAME=VALUE for a shell")
    add("--log", type=pathlib.Path, metavar="FILE", help="gets a line of JSON for every request, before it is answered")
    add("--control", metavar="SOCKET", help="takes images (POST /?layout=DIRECTORY&name=REPOSITORY&tag=TAG) and ways to misbehave (POST /misbehave, one a line)")
    add("--content", type=pathlib.Path, metavar="DIR", help="keep the content in files of this directory, not in memory")
    add("--with-parent", action="store_true", help="end when the process that started this one has ended")
    add("--auth", choices=("none", "basic", "token"), default="none")
    add("--user", type=pair, action="append", metavar="NAME:PASSWORD", help="may do everything")
    add("--reader", type=pair, action="append", default=[], metavar="NAME:PASSWORD", help="may pull only")
    add("--anonymous", action="store_true", help="who shows no credentials may pull (with tokens: gets a token for it)")
    add("--identity-token", metavar="TOKEN", help="stands for the first user at the token endpoint's OAuth2 side")
    add("--token-uses", type=int, metavar="N", help="a token is good for N requests")
    add("--token-host", action="store_true", help=f"the token endpoint is on a host of its own ({TOKEN_HOST})")
    add("--redirect", action="store_true", help=f"blobs are redirected to a storage host ({STORAGE_HOST})")
    add("--no-referrers", action="store_true", help="answer 404 to the referrers API")
    add("--no-mount", action="store_true", help="never mount a blob of another repository")
    add("--no-delete", action="store_true", help="answer 405 to DELETE")
    add("--location", choices=("absolute", "relative", "query"), default="absolute", help="how uploads say where they go on")
    add("--page", type=int, metavar="N", help="at most N entries in one answer of a list")
    add("--tls", type=pathlib.Path, metavar="DIR", help="speak TLS; keys and certificates are made in this directory, where it has none")
    add("--client-certificate", action="store_true", help="let only those in who show a certificate of the same authority (DIR/client.pem)")
    add("--unix", metavar="SOCKET", help="the Docker Engine API, as far as images are taken by it")
    add("--engine-image", type=image, action="append", default=[], metavar="NAME=FILE", help="an image of the engine: a docker-archive")
    add("--misbehave", type=parse_order, action="append", default=[], metavar="WAY",
        help="WAY[=VALUE][,first=N][,skip=N][,on=KIND[+KIND]][,path=PART][,method=NAME]: of the requests of these kinds (as the log"
             " calls them; * is any), whose path has this part, do it to the first N, after those skipped; of several that fit the first is taken; a comma in VALUE is %%2C")
    return parser.parse_args()


def end_with_parent() -> None:
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


def listeners(given: argparse.Namespace, service: Service, log: Log) -> dict[str, Listener]:
    contexts = certificates.contexts(given.tls, given.client_certificate) if given.tls else {}

    def listen(name: str, application: Callable[[Request], Reply], host: str = "", port: int = 0, path: str = "") -> Listener:
        def tls() -> ssl.SSLContext:
            return contexts[service.certificate(name)]
        secure = contexts and host not in ("", PLAIN_HOST)
        return Listener(name, application, log, host, port, path, tls if secure else None, lambda: service.refuses(name))

    made = {"registry": listen("registry", service.at_registry, HOST, given.port), "storage": listen("storage", service.at_storage, STORAGE_HOST),
            "token": listen("token", service.at_token, TOKEN_HOST), "plain": listen("plain", service.at_storage, PLAIN_HOST)}
    for name, application, path in (("control", service.at_control, given.control), ("engine", service.at_engine, given.unix)):
        if path:
            made[name] = listen(name, application, path=path)
    return made


def tell(file: pathlib.Path, values: dict[str, str]) -> None:
    new = file.with_suffix(".new")
    new.write_text("".join(f"registry_{name}={shlex.quote(value)}\n" for name, value in values.items()))
    new.rename(file)


def main() -> None:
    given = options()
    if given.tls:
        certificates.make(given.tls)
    rules = Rules(given.auth, dict(given.user or [("harbour", "ahoy")]), dict(given.reader), given.anonymous, given.token_uses, given.identity_token)
    features = Features(not given.no_referrers, not given.no_mount, not given.no_delete, given.redirect, given.location, given.page)
    registry, log = Registry(Content(given.content), Access(rules), features), Log(given.log)
    made = listeners(given, Service(registry, Engine(given.engine_image), log, given.misbehave), log)
    registry.storage_origin, registry.plain_origin = made["storage"].origin, made["plain"].origin
    rules.realm = made["token" if given.token_host else "registry"].origin + "/token"
    for listener in made.values():
        listener.start()
    if given.with_parent:
        threading.Thread(target=end_with_parent, daemon=True).start()
    if given.ready:
        front = made["registry"]
        tell(given.ready, {"address": front.authority, "port": str(front.server_address[1]), "url": front.origin, "realm": rules.realm,
                           "storage": made["storage"].authority, "plain": made["plain"].authority})
    threading.Event().wait()


if __name__ == "__main__":
    main()
