"""The web, as far as a machine without a net has one: the pages that the demo's reports point to, over TLS.

`python -m deploy.local.web FOLDER PORT`; the folder keeps the certificate that the fetcher of this stack believes.
"""

import signal
import ssl
import sys
import threading
from datetime import UTC, datetime, timedelta
from functools import cache
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from deploy.local.layout import CHECKOUT
from deploy.local.ports import HOST

PAGES = CHECKOUT / "deploy" / "demo" / "pages.yaml"
VALID = timedelta(days=3650)

_LOOKS = (
    "body{font:20px/1.5 sans-serif;margin:0 auto;max-width:44rem;padding:2rem}header{color:#555}h1{line-height:1.2}"
)


@cache
def pages() -> dict[tuple[str, str], dict[str, str]]:
    """By host and path."""
    found = yaml.safe_load(PAGES.read_text())
    return {(urlsplit(page["url"]).netloc, urlsplit(page["url"]).path): page for page in found}


def hosts() -> list[str]:
    return sorted({host for host, _ in pages()})


def certificate_file(folder: Path) -> Path:
    return folder / "web.pem"


def certificate(folder: Path) -> Path:
    """File with the certificate of all hosts; made once, beside its key."""
    file = certificate_file(folder)
    key_file = file.with_suffix(".key")
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Simpul, local pages")])
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + VALID)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts()]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256())
        )
        plain = serialization.NoEncryption()
        key_file.touch(mode=0o600)
        key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
        file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return file


class Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        page = pages().get((self.headers.get("Host", ""), urlsplit(self.path).path))
        body = html_of(page or {"title": "Halaman tidak ditemukan", "text": ""}).encode()
        self.send_response(HTTPStatus.OK if page else HTTPStatus.NOT_FOUND)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the log would fill with what the fetcher logs itself."""


def html_of(page: dict[str, str]) -> str:
    title, text = escape(page["title"]), escape(page["text"])
    head = f'<!doctype html><html lang="id"><meta charset="utf-8"><title>{title}</title><style>{_LOOKS}</style>'
    about = f'<meta property="og:title" content="{title}"><meta name="description" content="{text}">'
    return f"{head}{about}<header>{escape(urlsplit(page.get('url', '')).netloc)}</header><h1>{title}</h1><p>{text}</p>"


def serve(folder: Path, port: int) -> None:
    file = certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, file.with_suffix(".key"))
    server = ThreadingHTTPServer((HOST, port), Pages)
    # The handshake is the connection's own thread's: one that says nothing keeps nobody else waiting.
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever()


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]))
