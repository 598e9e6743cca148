"""Files of pages: the right type under an address kept for ever, packed for who can unpack, and no way out of their folder."""

import gzip
import re
from pathlib import Path

import pytest

import api
from api.web.assets import TYPES, asset, assets, said_by, version
from tests.server import Server

STATIC = Path(next(iter(api.__path__))) / "static"
FILES = sorted(path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.is_file())


@pytest.mark.parametrize("path", FILES)
def test_every_file_is_served_as_it_is_and_kept(server: Server, path: str) -> None:
    answer = server.client.get(asset(path), headers={"Accept-Encoding": "identity"})
    assert answer.status_code == 200
    assert answer.content == (STATIC / path).read_bytes()
    assert answer.headers["content-type"] == TYPES[Path(path).suffix]
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    again = server.client.get(
        asset(path), headers={"Accept-Encoding": "identity", "If-None-Match": answer.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


def test_a_text_is_packed_for_who_can_unpack_it(server: Server) -> None:
    plain = server.client.get(asset("design/base.css"), headers={"Accept-Encoding": "identity"})
    with server.client.stream(
        "GET", asset("design/base.css"), headers={"Accept-Encoding": "br, gzip"}
    ) as packed:
        raw = b"".join(packed.iter_raw())
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw) == plain.content
    assert len(raw) < len(plain.content) / 2
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"
    assert plain.headers["etag"] != packed.headers["etag"]


@pytest.mark.parametrize(
    "path",
    [
        "../main.py",
        "../../api/main.py",
        "%2e%2e/main.py",
        "..%2fmain.py",
        "design/../../main.py",
        "design",
        "design/",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "..\\main.py",
        "design/base.css%00",
        "",
    ],
)
def test_no_address_leads_outside(server: Server, path: str) -> None:
    answer = server.client.get(
        f"http://127.0.0.1:{server.port}/static/{version()}/{path}", follow_redirects=True
    )
    assert answer.status_code == 404


def test_a_page_of_another_version_gets_files_it_does_not_keep(server: Server) -> None:
    answer = server.client.get("/static/000000000000/design/base.css")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"


def test_a_template_cannot_name_what_is_not_there() -> None:
    with pytest.raises(KeyError):
        asset("design/nowhere.css")


def test_files_name_only_files_there_are() -> None:
    """Imports and url(…) are relative, so that they stay in their version."""
    for path, each in assets().items():
        if Path(path).suffix in (".js", ".css"):
            named = re.findall(r'(?:from|import|url\()\s*"(\.{1,2}/[^"]+)"', each.body.decode())
            for name in named:
                assert (STATIC / path).parent.joinpath(name).resolve().is_file(), f"{path} names {name}"


def test_what_a_script_and_those_it_imports_say_is_found_in_them() -> None:
    scripts = {path for path in FILES if path.endswith(".js")} - {"web/strings.js"}  # which only shows how
    said = {path: set(said_by(path)) for path in scripts}
    for path in scripts:
        body = assets()[path].body.decode()
        assert set(re.findall(r'(?<![\w.])t\("([^"\\]+)"', body)) <= said[path], path
        for name in re.findall(r'^import .*"(\.{1,2}/[^"]+)";', body, re.MULTILINE):
            imported = (STATIC / path).parent.joinpath(name).resolve().relative_to(STATIC).as_posix()
            assert said.get(imported, set()) <= said[path], path
    assert said["desk/main.js"]  # of which every one stands in what it imports
