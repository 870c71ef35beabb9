# SPDX-License-Identifier: Apache-2.0
"""Keys and certificates of the tests' registry, made by openssl(1); all dates are fixed and far away, so that no clock matters."""
import pathlib, ssl, subprocess

CONFIG = """
[ca]
default_ca = authority
[authority]
database = {dir}/index
rand_serial = yes
new_certs_dir = {dir}
unique_subject = no
default_md = sha256
policy = anything
[anything]
commonName = supplied
[req]
distinguished_name = name
prompt = no
[name]
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = IP:127.0.0.1,IP:127.0.0.2,IP:127.0.0.3,DNS:localhost
[other-host]
basicConstraints = CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = DNS:registry.example.org
[client]
basicConstraints = CA:FALSE
extendedKeyUsage = clientAuth
"""
BEGIN, END, PAST = "20000101000000Z", "20990101000000Z", "20200101000000Z"
ISSUED = [  # name, its authority, extensions, last day
    ("server", "ca", "server", END), ("tls-other-host", "ca", "other-host", END), ("tls-expired", "ca", "server", PAST),
    ("tls-unknown-ca", "unknown-ca", "server", END), ("client", "ca", "client", END), ("unknown-client", "unknown-ca", "client", END),
]


def openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def request(directory: pathlib.Path, name: str) -> None:
    openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-config", f"{directory}/config",
            "-subj", f"/CN=plimsoll test {name}", "-keyout", f"{directory}/{name}.key", "-out", f"{directory}/{name}.request")


def issue(directory: pathlib.Path, name: str, authority: str, extensions: str, end: str) -> None:
    request(directory, name)
    signer = ["-selfsign"] if name == authority else ["-cert", f"{directory}/{authority}.pem"]
    openssl("ca", "-batch", "-notext", "-config", f"{directory}/config", *signer, "-keyfile", f"{directory}/{authority}.key",
            "-extensions", extensions, "-startdate", BEGIN, "-enddate", end,
            "-in", f"{directory}/{name}.request", "-out", f"{directory}/{name}.pem")


def make(directory: pathlib.Path) -> None:
    """Leaves NAME.pem and NAME.key of each; what is there already stays."""
    if (directory / "ca.pem").exists():
        return
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "config").write_text(CONFIG.format(dir=directory))
    (directory / "index").touch()
    for authority in ("unknown-ca", "ca"):
        issue(directory, authority, authority, "root", END)
    for name, authority, extensions, end in ISSUED:
        issue(directory, name, authority, extensions, end)


def contexts(directory: pathlib.Path, demand_client: bool) -> dict[str, ssl.SSLContext]:
    """What a listener may show: "server", and the certificates of the ways to misbehave."""
    made = {}
    for name in ("server", "tls-other-host", "tls-expired", "tls-unknown-ca"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(directory / f"{name}.pem", directory / f"{name}.key")
        if demand_client:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(directory / "ca.pem")
        made[name] = context
    return made
