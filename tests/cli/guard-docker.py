# SPDX-License-Identifier: Apache-2.0
"""Plays Docker Engine on both sides of the plugin: what it asks of it, and what the plugin asks back."""
import base64, glob, http.client, http.server, json, os, signal, socket, socketserver, subprocess, sys, threading, time, urllib.parse

plimsoll, here, ONE, ONE_ID, TWO, TWO_ID, registry = sys.argv[1:]
work = os.getcwd()
failed = False
LOCAL_ID = "sha256:" + "9" * 64


def check(name, wanted, got):
    global failed
    if wanted == got:
        print("ok", name)
    else:
        print(f"not ok {name}\n  wanted: {wanted!r}\n  got:    {got!r}")
        failed = True


class Unix(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 128


class Engine(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    containers, images, asked, way, hold = {}, {}, [], None, threading.Event()

    def log_message(self, *_):
        pass

    def handle(self):
        try:
            super().handle()
        except BrokenPipeError:
            pass

    def do_GET(self):
        Engine.asked.append(self.path)
        kind, name = self.path.split("/")[1], urllib.parse.unquote("/".join(self.path.split("/")[2:-1]))
        found = (Engine.containers if kind == "containers" else Engine.images).get(name)
        body = json.dumps(found or {"message": f"No such thing: {name}"}).encode()
        if Engine.way == "hang":
            Engine.hold.wait(20)
        if Engine.way == "twice":
            body = body[:-1] + b', "iMage": "sha256:' + b"0" * 64 + b'"}'
        self.send_response(500 if Engine.way == "error" else 200 if found else 404)
        if Engine.way == "chunks":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for i in range(0, len(body), 7):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(body[i:i + 7]), body[i:i + 7]))
            self.wfile.write(b"0\r\n\r\n")
            return
        if Engine.way == "no length":
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(len(body) + (10 if Engine.way == "short" else 0)))
        self.end_headers()
        self.wfile.write(body if Engine.way != "cut" else body[:20])
        self.close_connection = Engine.way is not None


def engine():
    if os.path.exists("engine.sock"):
        os.unlink("engine.sock")
    server = Unix("engine.sock", Engine)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def container(id, name, image, **host):
    said = {"Id": id, "Name": "/" + name, "Image": image, "Config": {"Image": "named:1"}, "Mounts": [],
            "HostConfig": {"Privileged": False, "Runtime": "runc", "CapAdd": None, "Binds": None, "Devices": [], "PidMode": "", "UsernsMode": "",
                           "ReadonlyPaths": ["/proc/sys", "/proc/sysrq-trigger"], **host}}
    Engine.containers[id] = Engine.containers[id[:12]] = Engine.containers[name] = said
    return said


def image(id, *places, names=()):
    for name in (id, *names):
        Engine.images[name] = {"Id": id, "RepoDigests": list(places), "RepoTags": []}


image(ONE_ID, f"{here}/team/web@{ONE}", names=["good", f"{here}/team/web:1"])
image(TWO_ID, f"{here}/team/web@{TWO}", names=["bad"])
image(LOCAL_ID, names=["local"])
container("a" * 64, "good", ONE_ID)
container("b" * 64, "bad", TWO_ID)
container("c" * 64, "local", LOCAL_ID)


class Guard:
    def __init__(self, *options, dry=False):
        self.log = open("guard.err", "w")
        self.process = subprocess.Popen([plimsoll, "guard", "docker", "--listen", f"{work}/plugin.sock", "--engine", f"unix://{work}/engine.sock", "--assign", "assign.yaml.signed",
                                         "--assign-key", "assign.pub", "--memory", "memory", "--log", f"{work}/log", "--plain-http", here, "--status", f"{work}/status.sock",
                                         *(["--dry-run"] if dry else []), *options], stderr=self.log)
        end = time.time() + 20
        while not self.ready() and time.time() < end and self.process.poll() is None:
            time.sleep(0.05)

    def ready(self):
        try:
            return get("status.sock", "/readyz")[0] == 200
        except OSError:
            return False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        check("it ends", 0, self.process.wait(30))
        self.log.close()


def get(address, path, method="GET", body=None):
    connection = http.client.HTTPConnection("localhost")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.settimeout(40)
    connection.sock.connect(address)
    connection.request(method, path, body, {"Host": ""})
    answer = connection.getresponse()
    said = answer.status, answer.read().decode()
    connection.close()
    return said


def told(method, uri, body=None, headers=None, way="AuthZReq", raw=None):
    said = {"RequestMethod": method, "RequestUri": uri, "RequestHeaders": {"User-Agent": "test", **(headers or {})}}
    if body is not None:
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        said["RequestBody"] = base64.b64encode(text).decode()
        said["RequestHeaders"].setdefault("Content-Type", "application/json")
    status, text = get("plugin.sock", "/AuthZPlugin." + way, "POST", raw or json.dumps(said).encode())
    said = json.loads(text)
    assert status == 200 and set(said) == {"Allow", "Err", "Msg"}, text
    return said


def ask(*args, **more):
    """What the plugin says: True, or its reason."""
    said = told(*args, **more)
    return said["Allow"] or said["Msg"]


def done(method, uri, body=None):
    told(method, uri, body, way="AuthZRes")


def refused(name, why, *args, **more):
    said = ask(*args, **more)
    check(name, True, said is not True and (why in said or said))


def start(name, method="POST", **more):
    said = ask(method, f"/v1.41/containers/{name}/start", headers={"Content-Length": "0"}, **more)
    done(method, f"/v1.41/containers/{name}/start")
    return said


def recorded(name):
    """Pairs of request and answer that were overheard from a real engine, where they are at hand."""
    folder = os.environ.get("PLIMSOLL_PAYLOADS")
    for path in sorted(glob.glob(f"{folder}/authz-docker-*.json")) if folder else []:
        yield os.path.basename(path), json.load(open(path))


server = engine()
with Guard("--limit", "ENGINE_ANSWER_MS=700") as guard:
    check("it says what it is", (200, '{"Implements":["authz"]}'), get("plugin.sock", "/Plugin.Activate", "POST"))
    check("nothing else is there", 404, get("plugin.sock", "/containers/json")[0])
    check("its socket is its owner's", 0o600, os.stat("plugin.sock").st_mode & 0o777)
    check("reading is free", True, ask("GET", "/v1.41/containers/json"))
    check("and asking whether it is there", True, ask("HEAD", "/_ping"))
    check("what was approved starts", True, start("good"))
    check("by its number", True, start("a" * 64))
    check("by the beginning of that", True, start("a" * 12))
    check("restarts", True, ask("POST", "/v1.41/containers/good/restart?t=1"))
    done("POST", "/v1.41/containers/good/restart?t=1")
    refused("what nobody approved does not", "named:1: ", "POST", "/v1.41/containers/bad/start", headers={"Content-Length": "0"})
    refused("nor by a restart", "named:1: ", "POST", "/v1.41/containers/bad/restart")
    refused("nor what is in no registry", "no name in a registry", "POST", "/v1.41/containers/local/start")
    refused("nor what is not there", "No such thing", "POST", "/v1.41/containers/none/start")
    check("create: an early word", True, ask("POST", "/v1.41/containers/create?name=x", {"Image": "good"}))
    done("POST", "/v1.41/containers/create?name=x", {"Image": "good"})
    refused("create: of what would not start", "bad: ", "POST", "/v1.41/containers/create", {"Image": "bad"})
    refused("create: by number", "", "POST", "/v1.41/containers/create", {"Image": TWO_ID})
    check("create: what is not there the engine says itself", True, ask("POST", "/v1.41/containers/create", {"Image": "none"}))
    refused("create: no image", "without an image", "POST", "/v1.41/containers/create", {"Image": ""})
    refused("create: a name that is none", "name is none", "POST", "/v1.41/containers/create", {"Image": "../../x"})

    # 1. Keys that Go takes for one.
    for key in ["image", "IMAGE", "\\u0069mage", "Image"]:
        refused(f"bypass 1: {key}", "key", "POST", "/v1.41/containers/create", b'{"Image": "good", "%s": "bad"}' % key.encode())
    refused("bypass 1: inside, with a letter beyond ASCII", "key", "POST", "/v1.41/containers/create",
            '{"Image": "good", "HostConfig": {"Privileged": false, "Binds": [], "Bind\u017f": ["/run:/x"]}}'.encode())
    refused("bypass 1: spelled otherwise, once", "bad: ", "POST", "/v1.41/containers/create", b'{"iMAGE": "bad"}')
    refused("bypass 1: privileged, spelled otherwise", "privileged", "POST", "/v1.41/containers/create", b'{"Image": "good", "hostconfig": {"pRivileged": true}}')
    refused("bypass 1: in what the plugin is told", "key", "POST", "/", raw=b'{"RequestMethod": "GET", "RequestUri": "/", "requesturi": "/v1.41/containers/bad/start"}')
    # 2. Percent signs.
    for uri in ["/v1.41/%63ontainers/create", "/v1.41/containers/creat%65", "/%76%31.41/containers/create", "/v1.41%2Fcontainers/create"]:
        refused(f"bypass 2: {uri}", "bad: ", "POST", uri, {"Image": "bad"})
    for uri in ["/v1.41/containers/%62ad/start", "/v1.41/containers/bad/%73tart", "/v1.41/%63ontainers/bad/start?x=%41", "/containers/bad%2Fstart"]:
        refused(f"bypass 2: {uri}", "named:1: ", "POST", uri)
    for uri in ["/v1.41/containers/bad/start%", "/v1.41/containers/bad/start%2", "/v1.41/containers/bad/start%zz", "/v1.41/containers/b%00ad/start", "/v1.41/containers/bad/start%0A"]:
        refused(f"bypass 2, undecodable: {uri}", "decoded", "POST", uri)
    refused("bypass 2: decoded twice by nobody", "does not know", "POST", "/v1.41/%2563ontainers/bad/start")
    # 3. Whole addresses.
    for uri in ["http://d/v1.41/containers/bad/start", "HTTP://d:1/containers/bad/start", "http:///containers/bad/start", "http:/v1.41/containers/bad/start", "x-y.z+1://u@h/containers/bad/start?a=b"]:
        refused(f"bypass 3: {uri}", "named:1: ", "POST", uri)
    for uri in ["http://d", "http:containers/bad/start", "containers/bad/start", "*", "1x://d/containers/good/start", "http://d?/containers/good/start"]:
        refused(f"bypass 3, none: {uri}", "", "POST", uri)
    # 4. A body that is not shown.
    for headers in [{}, {"Content-Length": "0"}, {"Content-Type": "text/plain", "Content-Length": "20"}, {"Content-Type": "application/json", "Content-Length": "1048577"}]:
        refused(f"bypass 4: {headers}", "kept from the guard", "POST", "/v1.41/containers/create", headers=headers)
    for path in ["/containers/good/exec", "/volumes/create", "/services/create", "/services/x/update"]:
        refused(f"bypass 4: {path}", "kept from the guard", "POST", path)
    for text in [b"{", b"[]", b"null", b"{} {}", b'{"Image": "good"}x', b'{"Image": "\xff"}', b'{"Image": 1}', b"[" * 1000]:
        refused(f"no body: {text[:20]!r}", "", "POST", "/containers/create", text)
    many = json.dumps({"Image": "good", "Env": ["A=b"] * 100000, "Labels": {f"l{i}": "x" for i in range(100000)}}).encode()
    began = time.time()
    check("a very long body", True, ask("POST", "/containers/create", many))
    refused("a very long one with a key twice at its end", "key", "POST", "/containers/create", many[:-1] + b', "image": "bad"}')
    check("soon", True, time.time() - began < 5)
    check("the time in which one is read is not the engine's", True, ask("POST", "/containers/create", json.dumps({"Image": "good", "Labels": {f"l{i}": "x" for i in range(500000)}}).encode()))
    refused("no base64", "base64", "POST", "/x", raw=json.dumps({"RequestMethod": "POST", "RequestUri": "/containers/create", "RequestBody": "!!"}).encode())
    # 5. Paths without version, and paths that are cleaned before.
    refused("bypass 5: no version", "named:1: ", "POST", "/containers/bad/start")
    for uri in ["//containers/bad/start", "/v1.41//containers/bad/start", "/x/../containers/bad/start", "/./containers/bad/start", "/containers/bad/start/"]:
        refused(f"bypass 5: {uri}", "decoded", "POST", uri)
    # Others that were thought of.
    refused("an old start that brings settings", "before 1.24", "POST", "/v1.23/containers/good/start")
    for version in ["v1.023", "v1", "v1.23.9", "v0.1", "v..", "v1."]:
        refused(f"the same by {version}", "before 1.24", "POST", f"/{version}/containers/good/start")
    check("an old start that brings none", True, ask("POST", "/v1.23/containers/good/start", headers={"Content-Length": "0"}))
    done("POST", "/v1.23/containers/good/start")
    refused("a form beside the query", "form", "POST", "/v1.41/containers/good/rename?name=a", headers={"Content-Type": "Application/X-WWW-Form-urlencoded"})
    for headers in [{"Content-Type": "application/json", "Content-Length": "6"}, {"Content-Type": "application/json"}, {"Content-Type": "text/plain", "Content-Length": "6"}]:
        refused(f"one behind another type: {headers}", "may be a form", "POST", "/v1.41/containers/good/rename?name=a", headers=headers)
        refused(f"the same of a start: {headers}", "may be a form", "POST", "/v1.41/containers/good/start", headers=headers)
    for headers in [{}, {"Content-Type": "text/plain", "Content-Length": "0"}]:
        check(f"no form: {headers}", True, ask("POST", "/v1.41/containers/good/rename?name=a", headers=headers))
        done("POST", "/v1.41/containers/good/rename?name=a")
    refused("a way that nobody knows yet", "does not know", "POST", "/v1.99/containers/good/launch")
    refused("another method", "does not know", "PATCH", "/v1.41/containers/good")
    refused("small letters", "does not know", "post", "/v1.41/containers/good/start")
    refused("a start from a checkpoint", "--refuse checkpoint", "POST", "/v1.41/containers/good/start?checkpoint-dir=/tmp&c%68eckpoint=c")
    refused("a query that cannot be decoded", "decoded", "POST", "/v1.41/containers/good/start?x=%zz")
    refused("a name with a path in it", "by its name", "POST", "/containers/good/x/start")
    refused("the parts of a link", "by its name", "POST", "/containers/a%2Fb/start")
    for text in [b"", b"{}", b"[]", b'{"RequestMethod": "POST"}', b'{"RequestMethod": 1, "RequestUri": "/"}', b"\xff", b'{"RequestMethod":"GET","RequestUri":"/"} ' * 2]:
        refused(f"nothing told: {text[:30]!r}", "", "POST", "/", raw=text or b" ")
    check("harmless changes", [True] * 8, [ask(m, u, headers={"Content-Length": "0"}) for m, u in [
        ("POST", "/v1.41/containers/bad/stop"), ("DELETE", "/v1.41/containers/bad?force=1"), ("POST", "/v1.41/images/create?fromImage=bad&tag=1"), ("POST", "/images/load"),
        ("POST", "/v1.41/images/team/web/push?tag=1"), ("POST", "/networks/create"), ("POST", "/v1.41/containers/x/attach?stream=1"), ("DELETE", "/v1.41/images/a/b:c")]])

    # What leads round it, whatever the image.
    def shaped(name, why, host, **more):
        refused(f"create: {name}", f"--refuse {why}", "POST", "/v1.41/containers/create", {"Image": "good", "HostConfig": host, **more})
        container("d" * 64, "shaped", ONE_ID, **host)
        if why != "runtime":
            refused(f"start: {name}", f"--refuse {why}", "POST", "/v1.41/containers/shaped/start")

    os.makedirs("dir", exist_ok=True)
    if not os.path.islink("link"):
        os.symlink("/run", "link")
    shaped("privileged", "privileged", {"Privileged": True})
    shaped("kernel settings that can be written", "privileged", {"ReadonlyPaths": []})
    shaped("another runtime", "runtime", {"Runtime": "runc"})
    shaped("a mighty capability", "capabilities", {"CapAdd": ["NET_ADMIN", "cap_sys_admin"]})
    shaped("all of them", "capabilities", {"CapAdd": ["all"]})
    for bind in ["/run/docker.sock:/x", "/var/run/docker.sock:/x:ro", "/run:/x", "/:/host", "/.:/host", "//run//docker.sock:/x", "/tmp/../run:/x", "/run/docker/plugins/a.sock:/x", f"{work}/link:/x",
                 f"{work}/link/docker.sock:/x", f"{work}/engine.sock:/x", f"{work}/plugin.sock:/x", f"{work}:/x", "/etc/docker:/x", "/run/containerd:/x", "/run/docker/containerd:/x:ro", "/run/buildkit:/x",
                 "/var/lib/docker/plugins:/x", "/var/lib/docker/vfs/dir:/x", "/var/lib/containerd:/x", "/var/lib/containers/storage/overlay:/x"]:
        shaped(f"bind {bind}", "socket", {"Binds": ["data:/data", bind]})
        shaped(f"mount {bind}", "socket", {"Mounts": [{"Type": "bind", "Source": bind.split(":")[0], "Target": "/x"}]})
    for bind in ["/proc:/x", "/sys/fs/cgroup:/x:rw", "/usr/bin:/x", "/etc/ssh/sshd_config:/x:z", "/root/.ssh:/x", "/usr/../lib/systemd:/x", "/usr/local/libexec/plimsoll:/x", "/etc/plimsoll/assign.pub:/x",
                 "/var/lib/plimsoll:/x", "/etc/default/plimsoll-guard-docker:/x", "/etc/containerd:/x", "/etc/cni/net.d:/x", "/run/cdi:/x", "/run/udev/rules.d:/x"]:
        shaped(f"bind {bind}", "system", {"Binds": [bind]})
    shaped("mount /proc", "system", {"Mounts": [{"Type": "bind", "Source": "/proc", "Target": "/x", "ReadOnly": False}]})
    shaped("mount /sys, and what is below it to be written", "system", {"Mounts": [{"Type": "bind", "Source": "/sys", "Target": "/x", "ReadOnly": True, "BindOptions": {"ReadOnlyNonRecursive": True}}]})
    shaped("another image", "image", {"Mounts": [{"Type": "image", "Source": "bad", "Target": "/bin"}]})
    check("to be read only", True, ask("POST", "/v1.41/containers/create", {"Image": "good", "HostConfig": {"Binds": ["/proc:/x:ro", "/etc/ssh:/y:z,ro"], "Mounts": [
        {"Type": "bind", "Source": "/sys", "Target": "/x", "ReadOnly": True}]}}))
    labels = {"Version": "1", "version": "2"}
    check("labels are what they are", True, ask("POST", "/v1.41/containers/create", {"Image": "good", "Labels": labels}))
    refused("but once", "key", "POST", "/v1.41/containers/create", {"Image": "good", "Labels": labels, "labels": {}})
    container("e" * 64, "labelled", ONE_ID)["Config"]["Labels"] = labels
    check("the engine's, too", True, start("labelled"))
    shaped("a disk", "devices", {"Devices": [{"PathOnHost": "/dev/loop0", "PathInContainer": "/dev/x", "CgroupPermissions": "rwm"}]})
    shaped("a directory of devices", "devices", {"Devices": [{"PathOnHost": "/dev"}]})
    # What the kernel makes of ".." behind a link, where the engine does not clean it before.
    os.symlink("/dev/shm", "shm")
    os.symlink("/dev/null", "mem")
    shaped("a device behind a link", "devices", {"Devices": [{"PathOnHost": f"{work}/shm/../mem"}]})
    check("a harmless one behind a link", True, ask("POST", "/v1.41/containers/create", {"Image": "good", "HostConfig": {"Devices": [{"PathOnHost": f"{work}/shm/../null"}]}}))
    os.symlink("/etc/ssl", "ssl")
    os.makedirs("ssh", exist_ok=True)
    refused("a volume behind a link", "--refuse system", "POST", "/v1.41/volumes/create", {"Name": "v", "DriverOpts": {"type": "none", "o": "bind", "device": f"{work}/ssl/../ssh"}})
    check("a bind is cleaned before", True, ask("POST", "/v1.41/containers/create", {"Image": "good", "HostConfig": {"Binds": [f"{work}/ssl/../ssh:/x"]}}))
    shaped("a rule for disks", "devices", {"DeviceCgroupRules": ["b 8:* rwm"]})
    shaped("a rule for flash", "devices", {"DeviceCgroupRules": ["c 90:* rwm"]})
    drivers = [line.split() for line in open("/proc/devices").read().split("\n\n")[0].splitlines()[1:]]
    for number in [n for n, name in drivers if name in ("bsg", "dax", "nvme", "nvme-generic", "sg")]:
        shaped(f"a rule for what speaks to a disk by another way: {number}", "devices", {"DeviceCgroupRules": [f"c {number}:* rwm"]})
    given = {int(n) for n, _ in drivers}
    shaped("a rule for who comes first", "devices", {"DeviceCgroupRules": [f"c {next(n for n in [*range(234, 255), *range(384, 512)] if n not in given)}:* rwm"]})
    check("honest rules", True, ask("POST", "/v1.41/containers/create", {"Image": "good", "HostConfig": {"DeviceCgroupRules": ["c 10:200 rwm", "c 189:* rwm", "c 81:0 r"]}}))
    shaped("a rule for everything", "devices", {"DeviceCgroupRules": ["c *:* rwm"]})
    local = {"Type": "volume", "Source": "v", "Target": "/x", "VolumeOptions": {"DriverConfig": {"Name": "local", "Options": {"type": "none", "o": "bind", "device": "/run"}}}}
    shaped("a volume that is a bind", "socket", {"Mounts": [local]})
    refused("outside of HostConfig, where old clients write it", "--refuse privileged", "POST", "/v1.41/containers/create", {"Image": "good", "Privileged": True})
    refused("a flag that is none", "of a type", "POST", "/v1.41/containers/create", {"Image": "good", "HostConfig": {"Privileged": "false"}})
    refused("a HostConfig that is none", "of a type", "POST", "/v1.41/containers/create", {"Image": "good", "HostConfig": []})
    check("honest settings", True, ask("POST", "/v1.41/containers/create", {"Image": "good", "HostConfig": {
        "Privileged": False, "Runtime": "", "CapAdd": ["NET_BIND_SERVICE"], "Binds": ["data:/data", f"{work}/dir:/x:ro"], "Devices": [{"PathOnHost": "/dev/null"}], "PidMode": "",
        "ReadonlyPaths": None, "Mounts": [{"Type": "volume", "Source": "v", "Target": "/x"}, {"Type": "tmpfs", "Target": "/t"}], "RestartPolicy": {"Name": "always"}}}))
    for options in [{"type": "none", "o": "bind", "device": "/run"}, {"type": "ext4", "device": "/dev/sda1"}, {"type": "overlay", "o": "lowerdir=/,upperdir=/tmp/u,workdir=/tmp/w", "device": "overlay"},
                    {"type": "tmpfs", "o": "size=1m,bind", "device": "/run"}, {"type": "nfs", "o": "addr=1.2.3.4,rbind", "device": "/"}, {"type": "ext4", "o": "nobind", "device": "/dev/sda1"},
                    {"type": "overlay", "o": "lowerdir=bind:etc", "device": "overlay"}]:
        refused(f"a volume: {options}", "--refuse", "POST", "/v1.41/volumes/create", {"Name": "v", "Driver": "local", "DriverOpts": options})
        refused(f"a volume of the usual driver: {options}", "--refuse", "POST", "/v1.41/volumes/create", {"Name": "v", "DriverOpts": options})
    check("honest volumes", [True] * 4, [ask("POST", "/v1.41/volumes/create", b) for b in [{}, {"Name": "v"}, {"Name": "v", "Driver": "local", "DriverOpts": {"type": "nfs", "device": ":/x", "o": "addr=1.2.3.4,rw"}},
                                                                                       {"Name": "v", "Driver": "local", "DriverOpts": {"type": "none", "o": "bind", "device": f"{work}/dir"}}]])
    refused("a volume of what is not there yet, with too many slashes", "--refuse socket", "POST", "/v1.41/volumes/create", {"DriverOpts": {"type": "none", "o": "bind", "device": "/var/lib//containers//./storage/x"}})
    refused("a volume from where the engine stands", "--refuse socket", "POST", "/v1.41/volumes/create", {"Name": "v", "DriverOpts": {"type": "none", "o": "bind", "device": "run"}})
    check("a command", True, ask("POST", "/v1.41/containers/good/exec", {"Cmd": ["ls"], "Privileged": False}))
    refused("a privileged command", "--refuse privileged", "POST", "/v1.41/containers/good/exec", {"Cmd": ["ls"], "privileged": True})
    for method, uri, why in [("POST", "/v1.41/plugins/create?name=x", "plugin"), ("POST", "/plugins/pull?remote=x", "plugin"), ("POST", "/plugins/a/b/enable", "plugin"), ("POST", "/v1.41/build?t=x", "build"),
                             ("POST", "/v1.41/session", "build"), ("POST", "/grpc", "build"), ("POST", "/swarm/init", "swarm"), ("POST", "/swarm/join", "swarm")]:
        refused(f"{uri}", f"--refuse {why}", method, uri)
    check("a copy is free unless it is refused", True, ask("PUT", "/v1.41/containers/good/archive?path=/"))

    # Services run without anybody asking.
    def task(image, **more):
        return {"Name": "s", "TaskTemplate": {"ContainerSpec": {"Image": image, **more}}}

    web = f"{here}/team/web"
    check("a service by its digest", True, ask("POST", "/v1.41/services/create", task(f"{web}:1@{ONE}")))
    check("updated", True, ask("POST", "/v1.41/services/abc/update?version=3", task(f"{web}@{ONE}")))
    refused("a service of what nobody approved", "web", "POST", "/v1.41/services/create", task(f"{web}@{TWO}"))
    refused("updated to that", "web", "POST", "/v1.41/services/abc/update?version=3", task(f"{web}@{TWO}"))
    refused("a service by a tag", "by its digest", "POST", "/v1.41/services/create", task(f"{web}:1"))
    refused("rolled back", "rollback", "POST", "/v1.41/services/abc/update?version=3&rollb%61ck=previous", task(f"{web}@{ONE}"))
    refused("a service of a plugin", "not one of containers", "POST", "/v1.41/services/create", {"TaskTemplate": {"Runtime": "plugin", "PluginSpec": {"Remote": "x"}}})
    refused("a service that mounts the socket", "--refuse socket", "POST", "/services/create", task(f"{web}@{ONE}", Mounts=[{"Type": "bind", "Source": "/run/docker.sock", "Target": "/x"}]))
    refused("a service that may everything", "--refuse capabilities", "POST", "/services/create", task(f"{web}@{ONE}", CapabilityAdd=["ALL"]))

    # A name between the question and the start.
    check("on its way", True, ask("POST", "/v1.41/containers/good/start"))
    for uri in ["/v1.41/containers/bad/rename?name=good", "/containers/bad/rename?name=/good", "/v1.41/containers/bad/rename?name=x&name=g%6Fod"]:
        refused(f"nobody gets its name: {uri}", "try again", "POST", uri, headers={"Content-Length": "0"})
    refused("no new one either", "try again", "POST", "/v1.41/containers/create?name=good", {"Image": "good"})
    check("other names are free", True, ask("POST", "/v1.41/containers/bad/rename?name=x", headers={"Content-Length": "0"}))
    done("POST", "/v1.41/containers/good/start")
    done("POST", "/v1.41/containers/bad/rename?name=x")
    check("until it has started", True, ask("POST", "/v1.41/containers/bad/rename?name=good", headers={"Content-Length": "0"}))
    refused("then it waits for that", "try again", "POST", "/v1.41/containers/good/start")
    done("POST", "/v1.41/containers/bad/rename?name=good")
    check("and starts", True, start("good"))
    refused("a query that cannot be read", "decoded", "POST", "/v1.41/containers/bad/rename?name=%zz", headers={"Content-Length": "0"})

    # A name that is the beginning of a number: the engine takes it for that when its container is gone.
    container("6" * 64, "abc", ONE_ID)
    other = "abc0" + "5" * 60
    container(other, "other", ONE_ID)
    refused("others are not told", "all containers", "POST", "/v1.41/containers/abc/start")
    for said in [{"Id": other}, ["x"], [{"Id": "abc"}]]:
        Engine.containers[""] = said
        refused(f"nor so: {said}", "the engine tells", "POST", "/v1.41/containers/abc/start")
    Engine.containers[""] = [{"Id": i} for i in ["6" * 64, "a" * 64, "b" * 64, other]]
    check("others of that number may start, too", True, start("abc"))
    container(other, "other", TWO_ID)
    refused("one of them may not", "begins with this name: named:1: ", "POST", "/v1.41/containers/abc/start")
    container(other, "other", ONE_ID, Privileged=True)
    refused("or not so", "--refuse privileged", "POST", "/v1.41/containers/abc/start")
    check("by its number", True, start("6" * 12))
    check("the name is free again", True, ask("POST", "/v1.41/containers/bad/rename?name=abc", headers={"Content-Length": "0"}))
    done("POST", "/v1.41/containers/bad/rename?name=abc")

    # An engine that does not say what is asked.
    for way in ["error", "hang", "twice", "short", "cut", "no length"]:
        Engine.way = way
        refused(f"an engine: {way}", "", "POST", "/v1.41/containers/good/start")
    Engine.hold.set()
    Engine.way = "chunks"
    check("an engine: chunks", True, start("good"))
    Engine.way = None
    good = Engine.containers["good"]
    for change in [{"Image": ""}, {"Image": "good"}, {"Image": 1}, {"Id": "x"}, {"HostConfig": None}, {"Image": "sha256:" + "0" * 64}]:
        Engine.containers["good"] = {**good, **change}
        refused(f"a container: {change}", "", "POST", "/v1.41/containers/good/start")
    Engine.containers["good"] = good
    kept = Engine.images[ONE_ID]
    for change in [{"Id": TWO_ID}, {"RepoDigests": None}, {"RepoDigests": ["good:1", "x@sha256:1", 5]}, {"RepoDigests": [f"other.example/team/web@{ONE}"]}, {"RepoDigests": [f"{here}/team/web@{TWO}"]}]:
        Engine.images[ONE_ID] = {**kept, **change}
        refused(f"an image: {change}", "", "POST", "/v1.41/containers/good/start")
    # The engine's name for what it has is a claim: an approved name of another image suffices for nobody.
    Engine.images[TWO_ID] = {"Id": TWO_ID, "RepoDigests": [f"{here}/team/web@{ONE}"]}
    refused("an image under another's name", "another image", "POST", "/v1.41/containers/bad/start")
    Engine.images[TWO_ID] = {"Id": TWO_ID, "RepoDigests": [f"{here}/team/web@{TWO}"]}
    Engine.images[ONE_ID] = {**kept, "RepoDigests": [f"other.example/x@{ONE}", *kept["RepoDigests"]]}
    check("one of several names suffices", True, start("good"))
    Engine.images[ONE_ID] = kept
    server.shutdown(), server.server_close()
    refused("an engine that is not there", "cannot be asked", "POST", "/v1.41/containers/good/start")
    server = engine()

    # Many at once, and time.
    began = time.time()
    threads = [threading.Thread(target=lambda: start("a" * 64)) for _ in range(50)]
    [t.start() for t in threads], [t.join() for t in threads]
    check("fifty at once", True, time.time() - began < 10)
    for _ in range(20):
        start("good")
    page = get("status.sock", "/metrics")[1]
    series = dict(line.rsplit(" ", 1) for line in page.splitlines() if not line.startswith("#"))
    check("counted", [True] * 4, [int(series[f'plimsoll_guard_{n}']) > m for n, m in [('decisions_total{door="docker",outcome="allowed"}', 70), ('decisions_total{door="docker",outcome="refused"}', 5),
                                                                                      ('refused_requests_total{door="docker"}', 100), ('answers_total{door="docker",from="memory"}', 70)]])
    check("each is in one bound", series['plimsoll_guard_decision_seconds_count{door="docker"}'], series['plimsoll_guard_decision_seconds_bucket{door="docker",le="+Inf"}'])
    check("health", [(200, "ok\n"), (200, "ok\n"), 404], [get("status.sock", "/healthz"), get("status.sock", "/readyz"), get("status.sock", "/AuthZPlugin.AuthZReq", "POST")[0]])
    log = [json.loads(line) for line in open("log")]
    check("the log tells of both", [True, True], [any(e["kind"] == "guard" and e["fields"]["does"] == d for e in log) for d in ["admits", "refuses"]])

    # Processes that decide, ended.
    def deciders():
        return [int(p) for p in subprocess.run(["pgrep", "-P", subprocess.run(["pgrep", "-P", str(guard.process.pid)], capture_output=True, text=True).stdout.split()[0]],
                                               capture_output=True, text=True).stdout.split()]

    for pid in deciders():
        os.kill(pid, signal.SIGKILL)
    check("what is known is told without them", True, start("good"))
    image("sha256:" + "7" * 64, f"{here}/team/new@{TWO}")
    container("7" * 64, "new", "sha256:" + "7" * 64)
    time.sleep(0.5)
    refused("others took their place", "", "POST", "/v1.41/containers/new/start")
    # One that was not ready yet when it was ended is begun again within a second.
    ends = time.time() + 20
    while len(deciders()) != 4 and time.time() < ends:
        time.sleep(0.1)
    check("all of them", 4, len(deciders()))
    for pid in deciders():
        os.kill(pid, signal.SIGSTOP)
    image("sha256:" + "8" * 64, f"{here}/team/newer@{TWO}")
    container("8" * 64, "newer", "sha256:" + "8" * 64)
    check("what is known is told while they hang", True, start("good"))
    began = time.time()
    refused("what they hold up is refused in time", "cannot tell", "POST", "/v1.41/containers/newer/start")
    check("in time", True, time.time() - began < 15)
    for name, steps in recorded("x"):
        for step in steps:
            if step["path"].endswith("AuthZReq") and step["body"]["RequestMethod"] in ("GET", "HEAD"):
                check(f"recorded {name}", True, ask("", "", raw=json.dumps({k: v for k, v in step["body"].items() if not k.endswith("decoded")}).encode()))

guard = Guard()
os.kill(int(subprocess.run(["pgrep", "-P", str(guard.process.pid)], capture_output=True, text=True).stdout.split()[0]), signal.SIGKILL)
check("without what begins processes it ends, for systemd to begin it anew", 3, guard.process.wait(20))
check("and says why", True, "no process that decides can be begun" in open("guard.err").read())
check("no socket is left", False, os.path.exists("plugin.sock"))
os.makedirs("real/data", exist_ok=True)
os.symlink("real", "moved")
with Guard("--hide", f"{work}/moved/data") as guard:
    for path in [f"{work}/moved/data/x", f"{work}/real/data/x", f"{work}/real"]:
        refused(f"what is hidden behind a link: {path}", "--refuse socket", "POST", "/v1.41/containers/create", {"Image": "good", "HostConfig": {"Binds": [f"{path}:/x"]}})
with Guard("--refuse", "exec,copy,namespaces", "--runtime", "gate") as guard:
    check("what is not named is not refused", True, ask("POST", "/v1.41/containers/create", {"Image": "good", "HostConfig": {"Privileged": True}}))
    refused("exec", "--refuse exec", "POST", "/v1.41/containers/good/exec", {"Cmd": ["ls"]})
    refused("copy", "--refuse copy", "PUT", "/v1.41/containers/good/archive?path=/")
    refused("namespaces", "--refuse namespaces", "POST", "/v1.41/containers/create", {"Image": "good", "HostConfig": {"PidMode": "host"}})
with Guard("--runtime", "gate") as guard:
    check("a runtime that may be named", True, ask("POST", "/v1.41/containers/create", {"Image": "good", "HostConfig": {"Runtime": "gate"}}))
    refused("then no other runs", "--refuse runtime", "POST", "/v1.41/containers/good/start")
with Guard(dry=True) as guard:
    check("a dry run lets pass", [True] * 4, [start("bad"), start("local"), ask("POST", "/v1.41/containers/create", {"Image": "good", "HostConfig": {"Privileged": True}}), ask("POST", "/build")])
    log = [json.loads(line) for line in open("log")]
    check("and tells", True, sum(e["fields"].get("why") == "dry run" and e["fields"]["does"] == "admits" for e in log) >= 4)
for options, why in [(["--refuse", "nothing"], "there is no 'nothing' to refuse"), (["--engine", "docker.sock"], "a path from / on"), (["--deciders", "0"], ""), (["x"], "options alone"), (["--limit", "NO=1"], "")]:
    tried = subprocess.run([plimsoll, "guard", "docker", "--assign", "assign.yaml.signed", "--assign-key", "assign.pub", "--memory", "memory", *options], capture_output=True, text=True)
    check(f"wrong use: {options}", (3, True), (tried.returncode, why in tried.stderr))
check("help", True, "--engine SOCKET" in subprocess.run([plimsoll, "guard", "docker", "--help"], capture_output=True, text=True).stdout)
sys.exit(failed)
