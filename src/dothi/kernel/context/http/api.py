"""What all handlers share: the live city, a few threads for long questions, the cache of rendered
entities."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from dothi.core.errors import Forbidden, Unauthenticated, both
from dothi.engines.store.base import Session
from dothi.kernel.context.contexts import ContextLibrary, NotHere
from dothi.kernel.context.http.call import Call
from dothi.kernel.context.http.rendered import Rendered
from dothi.kernel.context.ld.context import TermMap
from dothi.kernel.context.ld.errors import NgsiLdError, NonexistentTenant
from dothi.kernel.context.service import Context
from dothi.kernel.context.storage.commands import Command, Result

T = TypeVar("T")
THREADS = 4
MAX_PREPARED = 2048


class Api:
    """The parts a handler needs."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.store = context.store
        self.dictionary = context.dictionary
        self.library: ContextLibrary = context.library
        self.contexts = context.library.compiled
        self.rendered = Rendered()
        self._prepared: dict[Hashable, Any] = {}
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="context-read")
        # A file is read faster here than a thread is woken; a server may keep us waiting.
        self._inline = context.store.dialect == "sqlite"

    async def prepared(self, kind: str, call: Call, make: Callable[[TermMap], T]) -> T:
        """What ``make`` gives for the @context of a reading request; the same request is compiled once."""
        wishes = (call.headers.get(b"link"), call.accept, call.headers.get(b"prefer"))
        key = (kind, call.query_string, *wishes, self.library.version)
        found = self._prepared.get(key)
        if found is None:
            found = make(await self.terms(call))
            if len(self._prepared) >= MAX_PREPARED:
                self._prepared.clear()
            self._prepared[key] = found
        result: T = found
        return result

    async def ask(self, question: Callable[[Session], T], *, cheap: bool) -> T:
        """The answer to ``question``, in a thread and on one snapshot unless it is ``cheap``: a look-up or
        two."""
        if cheap and self._inline:
            with self.store.read(snapshot=False) as session:
                return question(session)
        return await self.aside(lambda: self._ask(question))

    def _ask(self, question: Callable[[Session], T]) -> T:
        with self.store.read() as session:
            return question(session)

    async def aside(self, work: Callable[[], T]) -> T:
        """Run something long in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    async def terms(self, call: Call, raw: bytes | None = None) -> TermMap:
        """The @context of the request (``raw``: of this object in its body)."""

        def find() -> TermMap:
            return call.terms(self.contexts) if raw is None else call.body_terms(self.contexts, raw)

        try:
            return find()
        except NotHere:
            if not self.library.fetches:
                raise
            return await self.aside(lambda: self.library.using(find))

    def tid(self, session: Session, call: Call) -> int:
        """The tenant of a reading request."""
        tid = self.dictionary.tenant(session, call.tenant)
        if tid is None:
            raise NonexistentTenant(f"there is no tenant {call.tenant!r}")
        return tid

    async def change(self, call: Call, commands: Sequence[Command], *, creates: bool = False) -> list[Result]:
        """Results of commands, after they are durable."""
        return await self.context.writer.asubmit(commands, tenant=call.tenant, creates_tenant=creates)

    async def change_one(self, call: Call, command: Command, *, creates: bool = False) -> Result:
        """The value of one command; raises why it was refused."""
        result = (await self.change(call, (command,), creates=creates))[0]
        if isinstance(result, NgsiLdError):
            raise result
        return result


def refuse_types(call: Call, asked: frozenset[str]) -> None:
    """Say so when none of the types asked for may be read, instead of an empty answer."""
    if call.visible is None or not call.visible.isdisjoint(asked):
        return
    if b"authorization" in call.headers or b"x-dothi-ticket" in call.headers:
        raise Forbidden(
            both("Bạn không có quyền xem loại thực thể này.", "You may not read entities of this type.")
        )
    raise Unauthenticated(
        both(
            "Loại thực thể này không công khai. Hãy gửi mã truy cập: Authorization: Bearer dothi_…",
            "Entities of this type are not public. Send a token: Authorization: Bearer dothi_…",
        )
    )
