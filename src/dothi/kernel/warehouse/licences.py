"""The licences a dataset may be given under: name, address, and what they ask of who uses it. No Django here."""

from __future__ import annotations

from dataclasses import dataclass

from dothi.core.errors import BadInput, Text, both


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence. ``is_open`` in the sense of the Open Definition 2.1; ``attribution``: the source must be named."""

    key: str
    title: Text
    url: str
    is_open: bool
    attribution: bool
    share_alike: bool = False
    spdx: str = ""
    eu: str = ""  # the code in the EU authority table *licence*

    def label(self, language: str = "vi") -> str:
        """Its name in ``language``."""
        return self.title["en" if language.startswith("en") else "vi"]


def _licences() -> dict[str, Licence]:
    cc, od = "https://creativecommons.org", "https://opendatacommons.org/licenses"
    every = (
        Licence(
            "cc-by-4.0", both("Creative Commons Ghi công 4.0", "Creative Commons Attribution 4.0"),
            f"{cc}/licenses/by/4.0/", True, True, spdx="CC-BY-4.0", eu="CC_BY_4_0",
        ),
        Licence(
            "cc-by-sa-4.0",
            both("Creative Commons Ghi công – Chia sẻ tương tự 4.0", "Creative Commons Attribution-ShareAlike 4.0"),
            f"{cc}/licenses/by-sa/4.0/", True, True, True, spdx="CC-BY-SA-4.0", eu="CC_BYSA_4_0",
        ),
        Licence(
            "cc-by-3.0-igo",
            both("Creative Commons Ghi công 3.0 IGO", "Creative Commons Attribution 3.0 IGO"),
            f"{cc}/licenses/by/3.0/igo/", True, True, spdx="CC-BY-3.0-IGO",
        ),
        Licence(
            "cc0-1.0", both("Hiến tặng công cộng CC0 1.0", "Public domain dedication CC0 1.0"),
            f"{cc}/publicdomain/zero/1.0/", True, False, spdx="CC0-1.0", eu="CC0",
        ),
        Licence(
            "odc-by-1.0", both("Open Data Commons Ghi công 1.0", "Open Data Commons Attribution 1.0"),
            f"{od}/by/1-0/", True, True, spdx="ODC-By-1.0", eu="ODC_BY",
        ),
        Licence(
            "odbl-1.0", both("Open Database License 1.0", "Open Database License 1.0"),
            f"{od}/odbl/1-0/", True, True, True, spdx="ODbL-1.0", eu="ODC_BL",
        ),
        Licence(
            "pddl-1.0", both("Hiến tặng công cộng PDDL 1.0", "Public Domain Dedication and License 1.0"),
            f"{od}/pddl/1-0/", True, False, spdx="PDDL-1.0", eu="ODC_PDDL",
        ),
        Licence(
            "mit", both("Giấy phép MIT", "MIT licence"), "https://opensource.org/license/mit", True, True,
            spdx="MIT",
        ),
        Licence(
            "apache-2.0", both("Giấy phép Apache 2.0", "Apache licence 2.0"),
            "https://www.apache.org/licenses/LICENSE-2.0", True, True, spdx="Apache-2.0", eu="APACHE_2_0",
        ),
        Licence(
            "public-domain", both("Không được bảo hộ quyền tác giả", "Not protected by copyright"),
            f"{cc}/publicdomain/mark/1.0/", True, False,
        ),
        Licence(
            "cc-by-nc-4.0",
            both("Creative Commons Ghi công – Phi thương mại 4.0", "Creative Commons Attribution-NonCommercial 4.0"),
            f"{cc}/licenses/by-nc/4.0/", False, True, spdx="CC-BY-NC-4.0", eu="CC_BYNC_4_0",
        ),
        Licence("city-internal", both("Chỉ dùng trong cơ quan nhà nước", "For use by agencies only"), "", False, True),
        Licence("other", both("Giấy phép khác, ghi trong mô tả", "Another licence, told in the description"), "", False, True),
    )  # fmt: skip
    return {licence.key: licence for licence in every}


LICENCES = _licences()


def licence(key: str) -> Licence:
    """The licence called ``key``; raises :class:`BadInput` naming those there are."""
    found = LICENCES.get(key)
    if found is None:
        known = ", ".join(LICENCES)
        raise BadInput(
            both(
                f"Không có giấy phép “{key}”; có: {known}.",
                f"There is no licence '{key}'; there are: {known}.",
            ),
            where="licence",
        )
    return found
