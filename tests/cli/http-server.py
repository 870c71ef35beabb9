# SPDX-License-Identifier: Apache-2.0
"""A client of the server of the doors that behaves, and many that do not."""
import hashlib, json, os, resource, signal, socket, ssl, subprocess, sys, time

driver, work = sys.argv[1:3]
os.chdir(work)
failed = False


def check(name, wanted, got):
    global failed
    if wanted == got:
        print("ok", name)
    else:
        print(f"not ok {name}\n  wanted: {wanted!r}\n  got:    {got!r}")
        failed = True


class Server:
    def __init__(self, *options, address="s.sock", tls=None, **more):
        listen = ["--listen", address if ":" in address else f"{work}/{address}"]
        self.process = subprocess.Popen([driver, *listen, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)
        self.port = self.process.stdout.readline().strip()
        self.address, self.tls = address, tls

    def connect(self):
        s = socket.create_connection(("127.0.0.1", int(self.port))) if self.port != "0" else socket.socket(socket.AF_UNIX)
        s.settimeout(20)
        if self.port == "0":
            s.connect(f"{work}/{self.address}")
        return self.tls.wrap_socket(s, server_hostname="localhost") if self.tls else s

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        status = self.process.wait(30)
        self.process.stdout.close()
        self.said = self.process.stderr.read()
        self.process.stderr.close()
        return status

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            check("it ends at once", 0, self.end())


def answer(s):
    """Status, headers and body of the next answer; None where the connection ended."""
    data = b""
    try:
        while b"\r\n\r\n" not in data:
            more = s.recv(65536)
            if not more or not data and not more.startswith(b"HTTP/"):
                return None
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:])
        while len(body) < int(headers.get("Content-Length", 0)):
            more = s.recv(1 << 20)
            if not more:
                break
            body += more
    except ConnectionError:
        return None
    return int(lines[0].split()[1]), headers, body


def ask(server, data):
    with server.connect() as s:
        s.sendall(data)
        return answer(s)


def status(server, data):
    got = ask(server, data)
    return got and got[0]


def counts(server):
    return json.loads(ask(server, b"GET /counts HTTP/1.1\r\n\r\n")[2])


def said(method, target, body=b""):
    return f"{method} {target} {len(body)} sha256:{hashlib.sha256(body).hexdigest()}\n".encode()


with Server() as server:
    check("the socket is its owner's", 0o600, os.stat("s.sock").st_mode & 0o777)
    check("a request", said("GET", "/a?b=%63"), ask(server, b"GET /a?b=%63 HTTP/1.1\r\nHost: \r\n\r\n")[2])
    check("an absolute target, as it was written", said("GET", "http://d/v1"), ask(server, b"GET http://d/v1 HTTP/1.1\r\n\r\n")[2])
    body = os.urandom(300000)
    check("a body", said("POST", "/p", body), ask(server, b"POST /p HTTP/1.1\r\nContent-Length: 300000\r\n\r\n" + body)[2])
    chunks = b"".join(b"%x;x=y\r\n%s\r\n" % (len(body[i:i + 7777]), body[i:i + 7777]) for i in range(0, len(body), 7777)) + b"0\r\nT: x\r\n\r\n"
    check("chunks", said("POST", "/p", body), ask(server, b"POST /p HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)[2])
    with server.connect() as s:
        for byte in b"POST /slow HTTP/1.1\r\ncontent-length: 3\r\n\r\nabc":
            s.send(bytes([byte]))
        check("byte by byte", said("POST", "/slow", b"abc"), answer(s)[2])
        s.sendall(b"GET /again HTTP/1.1\r\n\r\n")
        check("the connection is kept", said("GET", "/again"), answer(s)[2])
        s.sendall(b"POST /1 HTTP/1.1\r\nContent-Length: 1\r\n\r\naGET /2 HTTP/1.1\r\n\r\n")
        time.sleep(0.2)
        check("two at once are two", said("POST", "/1", b"a") + said("GET", "/2"), b"".join(line + b"\n" for line in s.recv(4096).split(b"\n") if b"sha256" in line))
        s.sendall(b"POST /e HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        check("who waits to be told to go on is told", 100, answer(s)[0])
        s.sendall(b"xy")
        check("and goes on", said("POST", "/e", b"xy"), answer(s)[2])
        s.sendall(b"GET /last HTTP/1.1\r\nConnection: close\r\n\r\n")
        got = answer(s)
        check("until it is not wanted any more", ("close", b""), (got[1].get("Connection"), s.recv(10)))
    with server.connect() as s:
        s.sendall(b"GET /old HTTP/1.0\r\n\r\n")
        answer(s)
        check("HTTP/1.0 ends", b"", s.recv(10))
    with server.connect() as s:
        s.sendall(b"HEAD /h HTTP/1.1\r\n\r\nGET /g HTTP/1.1\r\n\r\n")
        time.sleep(0.2)
        check("HEAD has no body", 1, s.recv(4096).count(b"sha256:"))
    with server.connect() as s:
        s.sendall(b"GET /half HTTP/1.1\r\n\r\n")
        s.shutdown(socket.SHUT_WR)
        check("who has nothing more to say still hears", said("GET", "/half"), answer(s)[2])
    check("a large answer", 4000000, len(ask(server, b"GET /large HTTP/1.1\r\n\r\n")[2]))
    check("an answer out of a pipe", (50000, b"s"), (lambda body: (len(body), body[-1:]))(ask(server, b"GET /stream HTTP/1.1\r\n\r\n")[2]))
    got = ask(server, b"GET /short HTTP/1.1\r\n\r\n")
    check("a pipe that ends early cuts the connection", ("60000", True), (got[1]["Content-Length"], len(got[2]) < 60000))
    with server.connect() as s:
        s.sendall(b"HEAD /stream HTTP/1.1\r\n\r\nGET /g HTTP/1.1\r\n\r\n")
        time.sleep(0.2)
        got = s.recv(4096)
        check("HEAD takes none of a pipe", (True, 2, False), (b"Content-Length: 50000\r\n" in got, got.count(b"HTTP/1.1 200"), b"ss" in got))
    bad = {
        "no version": b"GET /\r\n\r\n", "another version": b"GET / HTTP/2.0\r\n\r\n", "no method": b" / HTTP/1.1\r\n\r\n",
        "a blank in the target": b"GET /a b HTTP/1.1\r\n\r\n", "no name": b"GET / HTTP/1.1\r\n: x\r\n\r\n", "a blank behind a name": b"GET / HTTP/1.1\r\nA : x\r\n\r\n",
        "a folded header": b"GET / HTTP/1.1\r\nA: b\r\n c: d\r\n\r\n", "a NUL": b"GET / HTTP/1.1\r\nA: b\0c\r\n\r\n",
        "a bare newline": b"GET / HTTP/1.1\r\nA: b\nContent-Length: 3\r\n\r\n",
        "two lengths": b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "the same length twice": b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
        "a list of lengths": b"POST / HTTP/1.1\r\nContent-Length: 1, 1\r\n\r\na", "a length with a sign": b"POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\na",
        "an empty length": b"POST / HTTP/1.1\r\nContent-Length:\r\n\r\n", "chunks and a length": b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "another coding": b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "chunks of HTTP/1.0": b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "a chunk with a sign": b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n", "a chunk with 0x": b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n",
        "a chunk that is too long": b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
        "an endless line of a chunk": b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;" + b"x" * 5000,
        "TLS where there is none": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    }
    for name, data in bad.items():
        check(name, 400, status(server, data))
    check("a head without end", 431, status(server, b"GET / HTTP/1.1\r\nA: " + b"x" * 70000))
    check("many headers", 431, status(server, b"GET / HTTP/1.1\r\n" + b"a:b\r\n" * 20000 + b"\r\n"))
    check("a body that is too large, before it was sent", 413, status(server, b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n"))
    check("a length beyond all", 400, status(server, b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n"))
    check("chunks that are too large", 413, status(server, b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n"))
    with server.connect() as s:
        try:
            s.sendall(b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n" + b"x" * 2000000)
        except ConnectionError:
            pass
        check("a refusal reaches who is still sending", 413, (answer(s) or [None])[0])
    end = time.time() + 3
    while counts(server)["open"] > 1 and time.time() < end:
        time.sleep(0.05)
    check("nobody is left", 1, counts(server)["open"])

with Server() as one:
    other = subprocess.run([driver, "--listen", f"{work}/s.sock"], capture_output=True, text=True)
    check("where somebody listens", (3, f"{work}/s.sock: somebody listens there\n"), (other.returncode, other.stderr))
    check("he goes on listening", 200, status(one, b"GET / HTTP/1.1\r\n\r\n"))
    one.end(signal.SIGKILL)
check("a killed one leaves its socket", True, os.path.exists("s.sock"))
with Server() as one:
    check("which the next one replaces", 200, status(one, b"GET / HTTP/1.1\r\n\r\n"))
check("it is removed in the end", ["s.sock"], [n for n in ["s.sock"] if not os.path.exists(n)])
check("nothing is left beside it", [], os.listdir("."))
open("file", "w").close()
other = subprocess.run([driver, "--listen", f"{work}/file"], capture_output=True, text=True)
check("a file is not replaced", (3, True), (other.returncode, os.path.isfile("file")))
for address in ["127.0.0.1", "127.0.0.1:", "[::1:0", "127.0.0.1:port", "256.0.0.1:0", f"{work}/{'x' * 200}"]:
    check(f"no address: {address[-20:]}", 3, subprocess.run([driver, "--listen", address], capture_output=True).returncode)

# Where IPv6's sockets take nothing of IPv4's by themselves, in a network of our own.
both = """ip link set lo up && echo 1 >/proc/sys/net/ipv6/bindv6only || exit 77
"$0" --listen :8099 >port & p=$!
for i in $(seq 50); do [ -s port ] && break; sleep 0.1; done
for host in 127.0.0.1 '[::1]'; do curl --silent --max-time 5 --output answer --write-out '%{http_code} ' "http://$host:8099/"; done
kill $p; rm -f port answer"""
other = subprocess.run(["unshare", "--map-root-user", "--net", "bash", "-c", both, driver], capture_output=True, text=True)
if other.returncode == 0:
    check("every address is those of both families", "200 200 ", other.stdout)

with Server("--delay", "700") as server, server.connect() as s, server.connect() as idle:
    idle.sendall(b"GET / HTTP/1.1\r\n\r\n")
    answer(idle)
    s.sendall(b"GET /later HTTP/1.1\r\n\r\n")
    gone = server.connect()
    gone.sendall(b"GET /later HTTP/1.1\r\n\r\n")
    time.sleep(0.1)
    check("meanwhile others are answered", 200, status(server, b"GET / HTTP/1.1\r\n\r\n"))
    gone.close()
    server.process.send_signal(signal.SIGTERM)
    time.sleep(0.2)
    check("who is silent is let go at the end", b"", idle.recv(10))
    got = answer(s)
    check("what is being answered is", (200, "close"), (got[0], got[1].get("Connection")))
    check("then it ends", 0, server.process.wait(5))

# Whoever is in the middle of something when it ends: what he had is freed (LeakSanitizer tells), and nobody waits for him for ever.
with Server("--delay", "900", "--limit", "SERVER_END_MS=300") as server:
    several = [server.connect() for _ in range(4)]
    for s, path in zip(several, [b"large", b"stalled", b"later", b"later"]):
        s.sendall(b"GET /%s HTTP/1.1\r\n\r\n" % path)
    time.sleep(0.2)
    several[3].close()
    check("it ends in the midst of answers", (0, ""), (server.end(), server.said))
    for s in several:
        s.close()

short = ["--limit", "SERVER_REQUEST_MS=600", "--limit", "SERVER_ANSWER_MS=1000"]
with Server(*short, "--idle", "400") as server:
    with server.connect() as s:
        began, ended = time.time(), None
        s.setblocking(True)
        for byte in b"GET / HTTP/1.1\r\nA: " + b"x" * 100:
            try:
                s.send(bytes([byte]))
            except OSError:
                break
            time.sleep(0.05)
        check("who trickles has a whole request's time", True, 0.5 < time.time() - began < 2)
    with server.connect() as s:
        s.sendall(b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc")
        check("half a body", None, answer(s))
    with server.connect() as s:
        began = time.time()
        check("silence from the beginning", b"", s.recv(10))
    with server.connect() as s:
        s.sendall(b"GET / HTTP/1.1\r\n\r\n")
        answer(s)
        began = time.time()
        check("silence behind an answer", (b"", True), (s.recv(10), time.time() - began < 1))
    with server.connect() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.sendall(b"GET /large HTTP/1.1\r\n\r\n")
        time.sleep(1.5)
        got, n = s.recv(4096), 0
        while got:
            n += len(got)
            got = s.recv(65536)
        check("who does not listen is not spoken to for ever", True, n < 4000000)
    check("all of them were late", (5, 1), (counts(server)["late"], counts(server)["open"]))

# Ten thousand who never finish, and one who does.
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
many = min(10000, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 500)
with Server("--limit", "SERVER_CONNECTION_COUNT=1000", "--limit", "SERVER_REQUEST_MS=60000", address="127.0.0.1:0") as server:
    slow, worst = [], 0
    known = server.connect()
    known.sendall(b"GET / HTTP/1.1\r\n\r\n")
    answer(known)
    for i in range(many):
        s = socket.create_connection(("127.0.0.1", int(server.port)))
        s.send(b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nab")
        slow.append(s)
        if i % 500 == 499:
            began = time.time()
            check(f"an honest one among {i + 1} slow ones", 200, status(server, b"GET / HTTP/1.1\r\n\r\n"))
            worst = max(worst, time.time() - began)
    check("soon", True, worst < 2)
    known.sendall(b"GET /known HTTP/1.1\r\n\r\n")
    check("who was known before them is not let go for them", said("GET", "/known"), (answer(known) or [0, 0, b""])[2])
    known.close()
    n = counts(server)
    check("no more connections than allowed", (True, True), (n["open"] <= 1000, n["evicted"] >= many - 1000))
    for s in slow:
        s.close()
with Server("--limit", "SERVER_WAITING_BYTES=1M", "--limit", "SERVER_REQUEST_MS=60000") as server:
    slow = [server.connect() for _ in range(20)]
    for s in slow:
        try:
            s.sendall(b"POST / HTTP/1.1\r\nContent-Length: 200000\r\n\r\n" + b"x" * 100000)
        except ConnectionError:
            pass
    check("an honest one beside those that fill the memory", 200, status(server, b"POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n" + b"y" * 100000))
    check("who has held it the longest was let go", True, counts(server)["evicted"] >= 10)
    for s in slow:
        s.close()
with Server("--limit", "SERVER_ANSWERING_BYTES=500K", "--delay", "900") as server:
    several = [server.connect() for _ in range(4)]
    for s in several:
        s.sendall(b"POST /later HTTP/1.1\r\nContent-Length: 200000\r\n\r\n" + b"z" * 200000)
    check("too much at once", [200, 200, 503, 503], sorted(answer(s)[0] for s in several))
    check("one at a time goes, however large", 200, status(server, b"POST / HTTP/1.1\r\nContent-Length: 900000\r\n\r\n" + b"z" * 900000))
    for s in several:
        s.close()


def certificate(name, subject):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.crt",
                    "-days", "2", "-subj", f"/CN={subject}", "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)


def trusting(*names):
    context = ssl.create_default_context()
    for name in names:
        context.load_verify_locations(f"{name}.crt")
    return context


def subject_of(server):
    with server.connect() as s:
        return dict(x[0] for x in s.getpeercert()["subject"])["commonName"]


for name in ["old", "new", "client", "stranger"]:
    certificate(name, name)
os.link("old.crt", "tls.crt"), os.link("old.key", "tls.key")
with Server("--certificate", "tls.crt", "--key", "tls.key", address="127.0.0.1:0", tls=trusting("old", "new")) as server:
    check("TLS", said("POST", "/t", b"x" * 200000), ask(server, b"POST /t HTTP/1.1\r\nContent-Length: 200000\r\n\r\n" + b"x" * 200000)[2])
    check("a large answer by TLS", 4000000, len(ask(server, b"GET /large HTTP/1.1\r\n\r\n")[2]))
    with server.connect() as kept:
        kept.sendall(b"GET / HTTP/1.1\r\n\r\n")
        answer(kept)
        check("the certificate", "old", subject_of(server))
        os.link("new.crt", "n"), os.rename("n", "tls.crt")
        server.process.send_signal(signal.SIGHUP)
        time.sleep(0.3)
        check("half of a new pair is not taken", ("old", 1), (subject_of(server), counts(server)["reload_errors"]))
        os.link("new.key", "n"), os.rename("n", "tls.key")
        server.process.send_signal(signal.SIGHUP)
        time.sleep(0.3)
        check("a new pair at SIGHUP", ("new", 1), (subject_of(server), counts(server)["reloads"]))
        kept.sendall(b"GET /kept HTTP/1.1\r\n\r\n")
        check("who is connected stays", said("GET", "/kept"), answer(kept)[2])
        for n in ["crt", "key"]:
            os.link(f"old.{n}", "n"), os.rename("n", f"tls.{n}")
        end = time.time() + 10
        while subject_of(server) != "old" and time.time() < end:
            time.sleep(0.2)
        check("a new pair without a word", "old", subject_of(server))
    plain = socket.create_connection(("127.0.0.1", int(server.port)))
    plain.sendall(b"GET / HTTP/1.1\r\n\r\n")
    plain.settimeout(10)
    check("no TLS", None, answer(plain))
    plain.close()
    ended = server.end()
    check("it told why", (0, 1), (ended, server.said.count("WARNING: the certificate changed and cannot be used")))
with Server("--certificate", "old.crt", "--key", "old.key", "--clients", "client.crt", address="127.0.0.1:0", tls=trusting("old")) as server:
    def as_client(name):
        server.tls = trusting("old")
        if name:
            server.tls.load_cert_chain(f"{name}.crt", f"{name}.key")
        try:
            return status(server, b"GET / HTTP/1.1\r\n\r\n")
        except ssl.SSLError:
            return None
    check("clients with a certificate, without one, with another", (200, None, None), (as_client("client"), as_client(None), as_client("stranger")))
for pair in [("old.crt", "new.key"), ("none.crt", "old.key"), ("old.key", "old.key")]:
    check(f"no pair: {pair}", 3, subprocess.run([driver, "--listen", "127.0.0.1:0", "--certificate", pair[0], "--key", pair[1]], capture_output=True).returncode)
with open("damaged.crt", "w") as file:
    file.write(open("client.crt").read() + "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n")
other = subprocess.run([driver, "--listen", "127.0.0.1:0", "--certificate", "old.crt", "--key", "old.key", "--clients", "damaged.crt"], capture_output=True, text=True)
check("authorities with something behind them that is none", (3, 1), (other.returncode, other.stderr.count("\n")))


def activated(names, *options, pid=None):
    """As systemd starts it: sockets from 3 on, and words that tell whose they are."""
    made = [socket.socket(socket.AF_UNIX) for _ in names]
    for name, s in zip(names, made):
        s.bind(f"{work}/{name}.active")
        s.listen(8)

    def place():
        for at, s in enumerate(made):
            os.dup2(s.fileno(), 50 + at)
        for at in range(len(made)):
            os.dup2(50 + at, 3 + at)
            os.set_inheritable(3 + at, True)
        os.environ.update(LISTEN_FDS=str(len(made)), LISTEN_PID=str(pid or os.getpid()), LISTEN_FDNAMES=":".join(names))
        os.execv(driver, [driver, "--inherit", "--listen", f"{work}/own.sock", *options])
    child = os.fork()
    if child == 0:
        os.dup2(os.open("activated.err", os.O_CREAT | os.O_WRONLY | os.O_TRUNC), 2)
        os.dup2(2, 1)
        place()
    for s in made:
        s.close()
    return child


def answered(name):
    try:
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(1)
            s.connect(f"{work}/{name}")
            s.sendall(b"GET / HTTP/1.1\r\n\r\n")
            return answer(s)[0]
    except OSError:
        return None
    finally:
        pass


for names, options, pid, wanted in [(["a", "b"], [], None, ["a.active"]), (["a", "b"], ["--name", "b"], None, ["b.active"]),
                                    (["a"], ["--name", "c"], None, ["own.sock"]), (["a"], [], 1, ["own.sock"])]:
    child = activated(names, *options, pid=pid)
    time.sleep(0.4)
    check(f"sockets of systemd: {names} {options} {pid}", wanted, [n for n in ["a.active", "b.active", "own.sock"] if os.path.exists(n) and answered(n)])
    os.kill(child, signal.SIGTERM)
    check("and its end", 0, os.waitpid(child, 0)[1])
    for n in names:
        check("systemd's socket is left where it is", True, os.path.exists(f"{n}.active"))
        os.unlink(f"{n}.active")
sys.exit(failed)
