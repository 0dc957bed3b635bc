"""What input can make the language raise, as one kind of error."""

from __future__ import annotations

import msgspec

from dothi.kernel.context.ld.errors import BadRequestData, InvalidRequest, NgsiLdError

INPUT_ERRORS = (NgsiLdError, msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def refusal(error: Exception) -> NgsiLdError:
    """The NGSI-LD error for one of :data:`INPUT_ERRORS`."""
    if isinstance(error, NgsiLdError):
        return error
    if isinstance(error, RecursionError):
        return BadRequestData("is nested too deeply")
    return InvalidRequest(f"the body is not JSON: {error}")
