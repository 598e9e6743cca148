"""A load generator in one process: N keep-alive connections, each sending its own requests one after another.

Run as `python -m benchmarks.load ADDRESS FILE`: FILE holds, per connection, its requests as they go over the wire (msgpack, a
list of lists of bytes). Prints one JSON line: requests, seconds, statuses, latencies in milliseconds.
"""

import asyncio
import sys
import time
from collections import Counter
from pathlib import Path

import msgspec
import uvloop

_HEAD_END = b"\r\n\r\n"
READ_BYTES = 1 << 20


async def _connection(
    host: str, port: int, requests: list[bytes], statuses: Counter[str], latencies: list[float]
) -> None:
    reader, writer = await asyncio.open_connection(host, port, limit=READ_BYTES)
    for request in requests:
        began = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(_HEAD_END)
        length = next(
            int(line.partition(b":")[2])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length:")
        )
        body = await reader.readexactly(length)
        latencies.append(time.perf_counter() - began)
        statuses[head[9:12].decode()] += 1
        for refusal in (b'"already_voted"', b'"status":"refused"'):
            if refusal in body:
                statuses[refusal.decode()] += 1
    writer.close()


async def _run(host: str, port: int, connections: list[list[bytes]]) -> dict[str, object]:
    statuses: Counter[str] = Counter()
    latencies: list[float] = []
    began = time.perf_counter()
    await asyncio.gather(
        *(_connection(host, port, requests, statuses, latencies) for requests in connections)
    )
    seconds = time.perf_counter() - began
    latencies.sort()
    at = {share: latencies[min(len(latencies) - 1, int(len(latencies) * share))] for share in (0.5, 0.99)}
    return {
        "requests": len(latencies),
        "seconds": seconds,
        "statuses": dict(statuses),
        "p50_ms": at[0.5] * 1e3,
        "p99_ms": at[0.99] * 1e3,
    }


def main() -> None:
    host, _, port = sys.argv[1].removeprefix("http://").partition(":")
    connections = msgspec.msgpack.decode(Path(sys.argv[2]).read_bytes(), type=list[list[bytes]])
    sys.stdout.buffer.write(msgspec.json.encode(uvloop.run(_run(host, int(port), connections))) + b"\n")


if __name__ == "__main__":
    main()
