"""The ways to pay that come with the platform, registered when Django has the models."""

from __future__ import annotations

from dothi.kernel.payments.base import Provider
from dothi.kernel.payments.providers.counter.provider import Counter
from dothi.kernel.payments.providers.simulated.provider import Simulated
from dothi.kernel.payments.providers.vietqr.provider import VietQR
from dothi.kernel.payments.providers.vnpay.provider import Vnpay
from dothi.kernel.payments.registry import register

_SHIPPED: tuple[Provider, ...] = (Vnpay(), VietQR(), Counter(), Simulated())
for _each in _SHIPPED:
    register(_each)
