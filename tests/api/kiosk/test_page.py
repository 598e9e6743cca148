"""`/kiosk/`: one page with everything in it, a worker that lists every file, and nothing from anywhere else."""

import json
import re
from typing import Any

from api.kiosk.page import words
from api.web import catalogs
from tests.server import Server


def worker(server: Server) -> dict[str, Any]:
    text = server.client.get("/kiosk/sw.js").text
    known: dict[str, Any] = json.loads(
        text.partition("\n")[0].removeprefix("const KIOSK = ").removesuffix(";")
    )
    return known


def test_the_page_is_found_without_the_slash_too(server: Server) -> None:
    answer = server.client.get("/kiosk")
    assert (answer.status_code, answer.headers["location"]) == (307, "/kiosk/")


def test_its_policy_lets_nothing_in_but_its_own_files(server: Server) -> None:
    for path in ("/kiosk/", "/kiosk/sw.js", "/kiosk/manifest.webmanifest"):
        policy = server.client.get(path).headers["content-security-policy"]
        for line in (
            "default-src 'none'",
            "script-src 'self'",
            "connect-src 'self'",
            "worker-src 'self'",
            "trusted-types dauys",
            "require-trusted-types-for 'script'",
        ):
            assert line in policy.split("; "), path


def test_every_file_of_the_worker_is_there_and_every_file_named_is_in_its_list(server: Server) -> None:
    listed = worker(server)["files"]
    for path in listed:
        assert server.client.get(path).status_code == 200, path
    page = server.client.get("/kiosk/").text
    assert set(re.findall(r'(?:href|src)="([^"]+)"', page)) <= {*listed, "/kiosk/manifest.webmanifest"}
    for path in listed:
        if path.endswith(".js"):
            folder = path.rpartition("/")[0]
            for name in re.findall(r'from "([^"]+)"', server.client.get(path).text):
                assert resolved(folder, name) in listed, (path, name)


def resolved(folder: str, name: str) -> str:
    parts = folder.split("/")
    for each in name.split("/"):
        if each == "..":
            parts.pop()
        elif each != ".":
            parts.append(each)
    return "/".join(parts)


def test_the_page_and_its_worker_are_of_one_version(server: Server) -> None:
    page = server.client.get("/kiosk/").text
    assert f'"version": "{worker(server)["version"]}"' in page


def test_it_says_everything_in_every_language() -> None:
    said = {
        message
        for (_, message), each in catalogs.said().items()
        if each.place.startswith(("api/static/kiosk/", "api/static/preview/"))
    }
    for language in ("kk", "ru"):
        assert said <= words(language).keys()
