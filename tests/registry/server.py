#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A registry for the tests of plimsoll: it can behave, and misbehave in every way that has a name.  registry.bash starts it."""
import argparse, json, os, pathlib, shlex, sys, threading, time

sys.dont_write_bytecode = True
from access import Access, Rules
from content import Content
from routes import Action, Features, Registry
from wire import Listener, Log, Reply, Request, error_reply, json_reply

# Other hosts by name and port, and yet this machine: nothing that is kept by host may go from one to another.
HOST, STORAGE_HOST, TOKEN_HOST = "127.0.0.1", "127.0.0.2", "127.0.0.3"


class Service:
    """Everything behind the listeners: who asks what, whether it is let in, and the log."""

    def __init__(self, registry: Registry, access: Access, log: Log) -> None:
        self.registry, self.access, self.log = registry, access, log

    def at_registry(self, request: Request) -> Reply:
        if request.path == "/token":
            return self.at_token(request)
        action = self.registry.action(request)
        if action is None:
            return self.answer(request, Action("other", "", "", lambda: error_reply(404, "UNSUPPORTED", "no such route")))
        refusal = self.access.refusal(request, action.repository, action.right)
        if refusal:
            return self.answer(request, Action("challenge", "", "", lambda: refusal))
        return self.answer(request, action)

    def at_storage(self, request: Request) -> Reply:
        return self.answer(request, self.registry.storage(request))

    def at_token(self, request: Request) -> Reply:
        return self.answer(request, Action("token", "", "", lambda: self.access.token(request)))

    def at_control(self, request: Request) -> Reply:
        """What a test tells the registry, past its doors: not logged, and it never misbehaves."""
        layout, name, tag = (request.first(key) or "" for key in ("layout", "name", "tag"))
        try:
            return Reply(200, body=self.registry.content.put_layout(pathlib.Path(layout), name, tag).encode() + b"\n")
        except (OSError, ValueError, KeyError) as error:
            return Reply(400, body=f"{layout}: {error!r}\n".encode())

    def answer(self, request: Request, action: Action) -> Reply:
        try:
            reply = action.behave()
        except ValueError as error:  # numbers of a query
            reply = error_reply(400, "UNSUPPORTED", str(error))
        self.log.request(request, action.kind, reply.status, None)
        return reply


def pair(text: str) -> tuple[str, str]:
    name, mark, rest = text.partition(":")
    if not mark:
        raise argparse.ArgumentTypeError("NAME:PASSWORD")
    return name, rest


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    add = parser.add_argument
    add("--port", type=int, default=0, help="of 127.0.0.1; a free one where it is not given")
    add("--ready", type=pathlib.Path, metavar="FILE", help="is written when all listens: lines NAME=VALUE for a shell")
    add("--log", type=pathlib.Path, metavar="FILE", help="gets a line of JSON for every request, before it is answered")
    add("--control", metavar="SOCKET", help="takes images: POST /?layout=DIRECTORY&name=REPOSITORY&tag=TAG")
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
    return parser.parse_args()


def end_with_parent() -> None:
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


def main() -> None:
    given = options()
    log = Log(given.log)
    access = Access(Rules(given.auth, dict(given.user or [("harbour", "ahoy")]), dict(given.reader), given.anonymous, given.token_uses,
                          given.identity_token))
    features = Features(not given.no_referrers, not given.no_mount, not given.no_delete, given.redirect, given.location, given.page)
    registry = Registry(Content(given.content), access, features)
    service = Service(registry, access, log)
    front = Listener("registry", service.at_registry, log, HOST, given.port)
    storage = Listener("storage", service.at_storage, log, STORAGE_HOST)
    token = Listener("token", service.at_token, log, TOKEN_HOST)
    registry.storage_origin = storage.origin
    access.rules.realm = (token if given.token_host else front).origin + "/token"
    listeners = [front, storage, token]
    if given.control:
        listeners.append(Listener("control", service.at_control, log, path=given.control))
    for listener in listeners:
        listener.start()
    if given.with_parent:
        threading.Thread(target=end_with_parent, daemon=True).start()
    if given.ready:
        told = {"address": front.authority, "port": str(front.server_address[1]), "url": front.origin, "storage": storage.authority, "realm": access.rules.realm}
        new = given.ready.with_suffix(".new")
        new.write_text("".join(f"registry_{name}={shlex.quote(value)}\n" for name, value in told.items()))
        new.rename(given.ready)
    threading.Event().wait()


if __name__ == "__main__":
    main()
