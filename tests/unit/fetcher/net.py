"""A small net on this machine: servers that say what they are told to, and listeners inside that must hear nothing."""

import asyncio
import datetime as dt
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from libs.fetcher.guard import Guard, Place, Resolve

AGENT = "Simpul-Test/1.0 (+https://simpul.example)"
PUBLIC = "93.184.215.14"

Say = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


def own_addresses() -> list[str]:
    """Of this machine's network card: what a page outside cannot reach, and its fetcher could."""
    found = ["127.0.0.1", "::1"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((PUBLIC, 9))
            found.append(probe.getsockname()[0])
        except OSError:
            pass
    return found


@dataclass
class Inside:
    """Listeners on this machine's own addresses, all on one port.

    Attributes:
        heard: every connection that was made, by the address that it was made to.
    """

    port: int = 0
    addresses: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)


@asynccontextmanager
async def inside() -> AsyncIterator[Inside]:
    found = Inside()
    servers = []
    for address in own_addresses():

        async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str = address) -> None:
            found.heard.append(address)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 15\r\n\r\n<title>x</title")
            writer.close()

        server = await asyncio.start_server(hear, address, found.port)
        found.port = server.sockets[0].getsockname()[1]
        found.addresses.append(address)
        servers.append(server)
    yield found
    # A connection that is on its way is heard, too.
    await asyncio.sleep(0.05)
    for server in servers:
        server.close()


@dataclass
class Site:
    """A server outside, as far as the guard is told.

    Attributes:
        says: path -> the whole answer, or what writes it; "" for every other path.
        asked: the heads of its requests.
    """

    says: dict[str, bytes | Say] = field(default_factory=dict)
    asked: list[bytes] = field(default_factory=list)
    place: Place = ("127.0.0.1", 0)


@asynccontextmanager
async def site(tls: ssl.SSLContext | None = None) -> AsyncIterator[Site]:
    found = Site()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            found.asked.append(head)
            path = head.split(b" ")[1].decode()
            nothing = page(b"<title>nothing here</title>", status="404 Not Found")
            said = found.says.get(path, found.says.get("", nothing))
            if isinstance(said, bytes):
                writer.write(said)
                await writer.drain()
            else:
                await said(head, writer)
        except (OSError, EOFError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    found.place = ("127.0.0.1", server.sockets[0].getsockname()[1])
    yield found
    server.close()


def page(body: bytes, *, kind: str = "text/html; charset=utf-8", status: str = "200 OK", more: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n".encode() + body


def redirect(location: str, status: int = 302) -> bytes:
    head = f"HTTP/1.1 {status} Elsewhere\r\nLocation: ".encode() + location.encode("utf-8", "surrogateescape")
    return head + b"\r\nContent-Length: 0\r\n\r\n"


def answers(*lookups: Sequence[str]) -> tuple[Resolve, list[str]]:
    """A resolver that answers with these, one lookup after the other, the last again and again; and what it was
    asked."""
    asked: list[str] = []

    async def resolve(host: str) -> Sequence[str]:
        asked.append(host)
        return lookups[min(len(asked), len(lookups)) - 1]

    return resolve, asked


async def knows_nobody(host: str) -> Sequence[str]:
    raise OSError(f"{host} was looked up")


def guard(*, ports: Sequence[int] = (), resolve: Resolve = knows_nobody, own: dict[str, Place] | None = None) -> Guard:
    return Guard(resolve, ports=(80, 443, *ports), own=own)


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, Path]:
    """What a server shows, and the file by which it is believed."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    text = made.public_bytes(serialization.Encoding.PEM)
    keys = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(text)
    (folder / f"{name}.key").write_bytes(keys)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, folder / f"{name}.key")
    return context, file


def integer(address: str) -> int:
    return int(ip_address(address))
