"""A client for the NGSI-LD API that needs no server: for tests and benches."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from dothi.kernel.context.asgi import Application


class Reply:
    """An answer: status, headers (the last of a name), all Link headers, body."""

    def __init__(self, messages: list[dict[str, Any]]) -> None:
        start, body = messages
        self.status: int = start["status"]
        self.headers = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
        self.links = [value.decode("latin-1") for name, value in start["headers"] if name == b"link"]
        self.body: bytes = body["body"]

    def json(self) -> Any:
        """The body decoded."""
        return msgspec.json.decode(self.body)

    @property
    def error(self) -> str:
        """The last part of a problem's type."""
        return str(self.json()["type"]).rpartition("/")[2]


class Client:
    """Sends requests to the application in the same process."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """The same for a caller without an event loop."""
        return asyncio.run(self.send(method, path, body, **headers))

    async def send(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """The answer to one request; ``body`` is sent as JSON unless it is bytes."""
        data = body if isinstance(body, bytes) else b"" if body is None else msgspec.json.encode(body)
        given = {name.replace("_", "-").lower(): value for name, value in headers.items()}
        if body is not None:
            given = {"content-type": "application/json", "content-length": str(len(data))} | given
        path, _, query = path.partition("?")
        scope = {
            "type": "http",
            "method": method,
            "path": f"/ngsi-ld/v1/{path}",
            "raw_path": f"/ngsi-ld/v1/{path}".encode(),
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in given.items() if value],
        }
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": data, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await self._app(scope, receive, send)
        return Reply(sent)
