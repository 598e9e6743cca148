"""Whose word a server's certificate is taken on: the authorities of httpx and of `SSL_CERT_FILE`, read once a process.

Reading them takes 40 ms, most of the time of a client that is made for one question. Newer ones need a restart.
"""

import ssl
from functools import cache
from urllib.parse import urlsplit

import httpx


def trust_for(url: str) -> ssl.SSLContext:
    """For a client of this address that follows no redirect; where it speaks plain HTTP, nobody is trusted and nothing read."""
    return _nobody() if urlsplit(url).scheme == "http" else _authorities()


@cache
def _authorities() -> ssl.SSLContext:
    return httpx.create_ssl_context()


@cache
def _nobody() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
