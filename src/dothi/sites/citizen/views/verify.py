"""Is this letter real? A PDF is brought and its signatures are shown for what they are worth."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from dothi.core.config import current
from dothi.core.errors import DothiError, TooLarge, both
from dothi.kernel.letters.signing import keys, pades
from dothi.sites.citizen.views.common import citizen, page
from dothi.sites.ui.shell import language

MOST = 20 * 1024 * 1024


@citizen
def verify(request: HttpRequest) -> HttpResponseBase:
    """Check a signed PDF. The file is looked at and not kept."""
    told, found, asked = "", [], request.method == "POST"
    if asked:
        try:
            found = pades.check(_brought(request), roots=keys.roots(current().home))
        except DothiError as error:
            told = error.text(language())
    return page(
        request, "verify", {"asked": asked, "told": told, "found": found}, status=422 if told else 200
    )


def _brought(request: HttpRequest) -> bytes:
    given = request.FILES.get("file")
    if given is None or not given.size:
        raise DothiError(both("Hãy chọn một tệp PDF.", "Choose a PDF file."))
    if given.size > MOST:
        raise TooLarge(both("Tệp lớn hơn 20 MB.", "The file is larger than 20 MB."))
    return bytes(given.read())
