"""The web processes of one machine: the gateway, and behind it every service in-process."""

from flask import Flask

from chassis import logs, settings
from gateway.app import create_app as create_gateway
from gateway.config import Settings
from gateway.upstream_wsgi import WsgiUpstream
from standalone.services import SERVICES, settings_of


def create_app() -> Flask:
    """The application that gunicorn serves, configured by the environment."""
    environ = settings.environment()
    gateway = settings.read(Settings, environ)
    logs.configure(gateway, process="web")
    upstreams = {
        service.name: WsgiUpstream(service.create_app(settings_of(service, environ)))
        for service in SERVICES
    }
    return create_gateway(gateway, upstreams)
