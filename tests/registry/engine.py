# SPDX-License-Identifier: Apache-2.0
"""The few questions of the Docker Engine API by which a client takes an image from a daemon."""
import json, pathlib, re, tarfile, urllib.parse
from dataclasses import dataclass
from typing import Any

from routes import Action
from wire import Reply, Request, json_reply

API_VERSION, OLDEST = (1, 43), (1, 12)


@dataclass
class Image:
    """A docker-archive of one image, under a name."""
    name: str
    file: pathlib.Path

    def member(self, tar: tarfile.TarFile, name: str) -> bytes:
        found = tar.extractfile(name)
        return found.read() if found else b""

    def described(self) -> dict[str, Any]:
        with tarfile.open(self.file) as tar:
            entry = json.loads(self.member(tar, "manifest.json"))[0]
            config = json.loads(self.member(tar, entry["Config"]))
            number = pathlib.PurePath(entry["Config"]).name.removesuffix(".json")
        return {"Id": f"sha256:{number}", "RepoTags": [self.name], "RepoDigests": [],
                "Created": config.get("created"), "Config": config.get("config"),
                "Architecture": config.get("architecture"), "Os": config.get("os"), "Size": self.file.stat().st_size,
                "RootFS": {"Type": "layers", "Layers": config.get("rootfs", {}).get("diff_ids", [])}}

    def is_called(self, text: str) -> bool:
        """By name, where `latest` may be left out, or by ID, of which twelve digits are enough."""
        if text in (self.name, self.name.removesuffix(":latest")):
            return True
        number = text.removeprefix("sha256:")
        return len(number) >= 12 and self.described()["Id"].removeprefix("sha256:").startswith(number)


class Engine:
    def __init__(self, images: list[Image]) -> None:
        self.images = images

    def action(self, request: Request) -> Action:
        path = urllib.parse.unquote(request.path)
        match = re.match(r"/v(\d+)\.(\d+)(?=/)", path)
        if match and not OLDEST <= tuple(map(int, match.groups())) <= API_VERSION:
            return self.simple(json_reply(400, {"message": f"client version {match[0][2:]} is not between 1.12 and 1.43"}))
        path = path[match.end():] if match else path
        if path in ("/_ping", "/version"):
            return self.simple(self.ping() if path == "/_ping" else self.version())
        if path == "/images/get":
            return self.on_image("archive", request.first("names") or "")
        found = re.fullmatch(r"/images/(.+)/(json|get)", path)
        return self.on_image({"json": "inspect", "get": "archive"}[found[2]], found[1]) if found else self.simple(message(404, "page not found"))

    def simple(self, reply: Reply) -> Action:
        reply.headers.append(("Api-Version", "1.43"))
        return Action("engine", "", "", lambda: reply)

    def ping(self) -> Reply:
        return Reply(200, [("Content-Type", "text/plain; charset=utf-8"), ("Ostype", "linux")], b"OK")

    def version(self) -> Reply:
        return json_reply(200, {"Version": "24.0.0", "ApiVersion": "1.43", "MinAPIVersion": "1.12", "Os": "linux", "Arch": "amd64"})

    def on_image(self, kind: str, name: str) -> Action:
        image = next((image for image in self.images if image.is_called(name)), None)
        if image is None:
            return Action(kind, "", "", lambda: message(404, f"No such image: {name}"))
        if kind == "inspect":
            return Action(kind, "", "", lambda: json_reply(200, image.described()))
        return Action(kind, "", "", lambda: Reply(200, [("Content-Type", "application/x-tar")], image.file.read_bytes(), framing="chunked"))


def message(status: int, text: str) -> Reply:
    return json_reply(status, {"message": text})
