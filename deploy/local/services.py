"""The services as processes: their modules and their settings."""

import importlib.util
import json
import os
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from deploy.local import web
from deploy.local.ports import HOST, Ports
from deploy.local.secrets import Login
from libs.contracts.topics import WITH_LOG_INS, Service

MODULES = {
    Service.REGISTRY: "services.registry",
    Service.REPORTS: "services.reports",
    Service.MATCHER: "services.reports.matching",
    Service.NOTIFY: "services.notify",
    Service.GATEWAY: "services.gateway",
    Service.FETCHER: "libs.fetcher",
}

PATIENT = (Service.MATCHER, Service.NOTIFY, Service.FETCHER)
"""Those that nobody waits for: on a machine that all share they give way to the others, as their own pods would."""


def environment_of(
    service: Service,
    *,
    ports: Ports,
    kafka_bootstrap: str,
    kafka_login: Login | None,
    mongo_url: str,
    secrets_dir: Path,
    web_dir: Path | None = None,
) -> dict[str, str]:
    """
    Args:
        web_dir: of the demo's pages; the fetcher believes those who show its certificate to be their hosts.
    """
    settings = {
        "HTTP_HOST": HOST,
        "HTTP_PORT": str(ports.service(service)),
        "HEALTH_PORT": str(ports.health(service)),
        "SECRETS_DIR": str(secrets_dir),
        "LOG_LEVEL": os.environ.get("SIMPUL_LOG_LEVEL", "INFO"),
        "PUBLIC_URL": _url(ports, Service.GATEWAY),
    }
    if service in WITH_LOG_INS:
        settings |= _of_servers(ports, kafka_bootstrap, kafka_login, mongo_url)
    if service is Service.FETCHER and web_dir is not None and web.certificate_file(web_dir).exists():
        settings["FETCH_OWN"] = json.dumps(dict.fromkeys(web.hosts(), f"{HOST}:{ports.web}"))
        settings["FETCH_TRUST"] = str(web.certificate_file(web_dir))
    return {f"SIMPUL_{name}": value for name, value in settings.items()}


def _of_servers(ports: Ports, kafka_bootstrap: str, kafka_login: Login | None, mongo_url: str) -> dict[str, str]:
    settings = {
        "KAFKA_BOOTSTRAP": kafka_bootstrap,
        "MONGO_URL": mongo_url,
        "REGISTRY_URL": _url(ports, Service.REGISTRY),
        "REPORTS_URL": _url(ports, Service.REPORTS),
        "MATCHER_URL": _url(ports, Service.MATCHER),
        "NOTIFY_URL": _url(ports, Service.NOTIFY),
        "GATEWAY_URL": _url(ports, Service.GATEWAY),
        "FETCHER_URL": _url(ports, Service.FETCHER),
        "SECURITY_CONTACT": "mailto:keamanan@simpul.example",
        "SMTP_HOST": HOST,
        "SMTP_PORT": str(ports.smtp),
        "WHATSAPP_URL": f"http://{HOST}:{ports.chat}/v23.0",
        "WHATSAPP_MEDIA_HOSTS": json.dumps([f"{HOST}:{ports.chat}"]),
        "TELEGRAM_URL": f"http://{HOST}:{ports.chat}",
    }
    if kafka_login:
        settings |= {"KAFKA_USERNAME": kafka_login.username, "KAFKA_PASSWORD": kafka_login.password}
    return settings


def is_built(service: Service) -> bool:
    try:
        return importlib.util.find_spec(f"{MODULES[service]}.__main__") is not None
    except ModuleNotFoundError:
        return False


def is_ready(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=1)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _url(ports: Ports, service: Service) -> str:
    return f"http://{HOST}:{ports.service(service)}"
