# SPDX-License-Identifier: Apache-2.0
"""HOST:PORT CA NUMBER: so many clients who send a byte of a request now and then, for as long as they are suffered, half a minute at most."""
import selectors, socket, ssl, sys, time

host, port = sys.argv[1].rsplit(":", 1)
number = int(sys.argv[3])
context = ssl.create_default_context(cafile=sys.argv[2])
clients = []
for i in range(number):
    plain = socket.create_connection((host, int(port)))
    if i % 3 == 0:  # not even the handshake
        clients.append(plain)
        continue
    client = context.wrap_socket(plain, server_hostname="127.0.0.1")
    head = b"POST /validate HTTP/1.1\r\nHost: a\r\n"
    client.sendall(head if i % 3 == 1 else head + b"Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{")
    clients.append(client)
gone, end = 0, time.monotonic() + 30
while clients and time.monotonic() < end:
    for client in list(clients):
        try:
            client.setblocking(False)
            client.send(b"\x16" if not isinstance(client, ssl.SSLSocket) else b"x")
            try:
                if client.recv(4096) == b"":
                    raise OSError
            except (BlockingIOError, ssl.SSLWantReadError):
                pass
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            pass
        except OSError:
            clients.remove(client)
            gone += 1
    time.sleep(0.5)
print(f"{gone} of {number} were let go")
