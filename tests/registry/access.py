# SPDX-License-Identifier: Apache-2.0
"""Who may do what in the tests' registry: everyone, Basic credentials, or tokens as the distribution's token specification has them."""
import base64, binascii, secrets, threading, time
from dataclasses import dataclass

from wire import Reply, Request, error_reply, json_reply

SERVICE = "registry.test"
LIFETIME = 300  # seconds, as told to the client; what ends a token here is the number of its uses


@dataclass
class Grant:
    """What a token allows, as "NAME:ACTION"; `uses` are left, where they are counted."""
    actions: set[str]
    uses: int | None


@dataclass
class Rules:
    mode: str  # "none", "basic" or "token"
    users: dict[str, str]
    readers: dict[str, str]
    anonymous: bool
    token_uses: int | None
    identity_token: str | None
    realm: str = ""


class Access:
    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.grants: dict[str, Grant] = {}
        self.lock = threading.Lock()

    def allowed_actions(self, user: str | None) -> set[str]:
        """None is a client that showed nothing; "" one that showed something wrong."""
        if user in self.rules.users:
            return {"pull", "push", "delete", "*"}
        return {"pull"} if user in self.rules.readers or (user is None and self.rules.anonymous) else set()

    def login(self, name: str, password: str) -> str:
        known = (self.rules.users | self.rules.readers).get(name)
        return name if known is not None and secrets.compare_digest(known.encode(), password.encode()) else ""

    def basic_user(self, request: Request) -> str | None:
        scheme, _, value = request.header("Authorization").partition(" ")
        if not scheme:
            return None
        try:
            name, _, password = base64.b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return ""
        return self.login(name, password) if scheme.lower() == "basic" else ""

    def challenge(self, scope: str) -> str:
        if self.rules.mode == "basic":
            return 'Basic realm="registry"'
        return f'Bearer realm="{self.rules.realm}",service="{SERVICE}"' + (f',scope="{scope}"' if scope else "")

    def refusal(self, request: Request, repository: str, action: str) -> Reply | None:
        """None where the request may go on.  Without repository it is the question whether one may come in at all."""
        wanted = {"pull": "pull", "push": "pull,push", "delete": "delete"}[action]
        scope = f"repository:{repository}:{wanted}" if repository else ""
        allowed = {"none": self.free, "basic": self.basic_allows, "token": self.token_allows}[self.rules.mode](request, repository, action)
        if allowed:
            return None
        if self.rules.mode == "basic" and self.basic_user(request):
            return error_reply(403, "DENIED", "requested access to the resource is denied")
        value = self.challenge(scope)
        if self.rules.mode == "token" and "Authorization" in request.headers:
            value += ',error="insufficient_scope"' if self.grant(request) else ',error="invalid_token"'
        return error_reply(401, "UNAUTHORIZED", "authentication required", ("WWW-Authenticate", value))

    def free(self, _request: Request, _repository: str, _action: str) -> bool:
        return True

    def basic_allows(self, request: Request, _repository: str, action: str) -> bool:
        return action in self.allowed_actions(self.basic_user(request))

    def grant(self, request: Request) -> Grant | None:
        scheme, _, value = request.header("Authorization").partition(" ")
        grant = self.grants.get(value) if scheme.lower() == "bearer" else None
        return grant if grant and grant.uses != 0 else None

    def token_allows(self, request: Request, repository: str, action: str) -> bool:
        with self.lock:
            grant = self.grant(request)
            if not grant or (repository and f"{repository}:{action}" not in grant.actions and f"{repository}:*" not in grant.actions):
                return False
            if grant.uses is not None:
                grant.uses -= 1
            return True

    def token(self, request: Request) -> Reply:
        """GET as in the token specification, POST as in its OAuth2 sibling.  Of the scopes asked for, those allowed are granted."""
        return self.token_by_form(request) if request.method == "POST" else self.token_by_query(request)

    def token_by_query(self, request: Request) -> Reply:
        user = self.basic_user(request)
        if user == "" or (user is None and not self.rules.anonymous):
            return error_reply(401, "UNAUTHORIZED", "wrong credentials", ("WWW-Authenticate", 'Basic realm="token"'))
        if request.first("service") != SERVICE:
            return error_reply(400, "UNSUPPORTED", "another service")
        token = self.issue(user, " ".join(request.query.get("scope", [])))
        return json_reply(200, {"token": token, "access_token": token, "expires_in": LIFETIME, "issued_at": now()})

    def token_by_form(self, request: Request) -> Reply:
        form = request.form()
        if form.get("service") != SERVICE or not form.get("client_id"):
            return json_reply(400, {"error": "invalid_request"})
        user = self.form_user(form)
        if not user:
            return json_reply(401, {"error": "invalid_grant"})
        token = self.issue(user, form.get("scope", ""))
        answer = {"access_token": token, "expires_in": LIFETIME, "issued_at": now(), "scope": form.get("scope", "")}
        if self.rules.identity_token and (form.get("access_type") == "offline" or form["grant_type"] == "refresh_token"):
            answer["refresh_token"] = self.rules.identity_token
        return json_reply(200, answer)

    def form_user(self, form: dict[str, str]) -> str:
        """An identity token stands for the first user."""
        if form.get("grant_type") == "password":
            return self.login(form.get("username", ""), form.get("password", ""))
        known, shown = self.rules.identity_token, form.get("refresh_token", "")
        if form.get("grant_type") == "refresh_token" and known and secrets.compare_digest(known.encode(), shown.encode()):
            return next(iter(self.rules.users), "")
        return ""

    def issue(self, user: str | None, scopes: str) -> str:
        allowed, actions = self.allowed_actions(user), set()
        for scope in scopes.split():
            kind, _, rest = scope.partition(":")
            repository, _, asked = rest.rpartition(":")
            if kind == "repository":
                actions |= {f"{repository}:{action}" for action in asked.split(",") if action in allowed}
        token = secrets.token_urlsafe(32)
        with self.lock:
            self.grants[token] = Grant(actions, self.rules.token_uses)
        return token


def now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
