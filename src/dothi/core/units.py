"""Units of measure by their UN/CEFACT Recommendation 20 code, as Smart Data Models and NGSI-LD write them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from dothi.core.errors import BadInput, Text, both


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: ``(value + offset) * to_si`` is the value in the SI unit of its ``quantity``.

    Units of the same quantity convert into each other. A scale of its own (decibel, pH) has one unit.
    """

    code: str
    symbol: str
    label: Text
    quantity: str
    to_si: float
    offset: float = 0.0


class UnknownUnit(BadInput):
    """No such code in the table."""

    kind = "unknown-unit"
    title = both("Không có đơn vị đo này", "Unknown unit of measure")


class IncompatibleUnits(BadInput):
    """The two units measure different quantities."""

    kind = "incompatible-units"
    title = both("Hai đơn vị đo khác đại lượng", "Units of different quantities")


# quantity: (code, symbol, Vietnamese, English, factor to SI[, offset]); codes: UN/CEFACT Rec 20, revision 17.
_Row = tuple[str, str, str, str, float] | tuple[str, str, str, str, float, float]
_TABLE: dict[str, tuple[_Row, ...]] = {
    "temperature": (
        ("KEL", "K", "kelvin", "kelvin", 1.0),
        ("CEL", "°C", "độ C", "degree Celsius", 1.0, 273.15),
        ("FAH", "°F", "độ F", "degree Fahrenheit", 5 / 9, 459.67),
    ),
    "mass concentration": (
        ("GQ", "µg/m³", "microgam trên mét khối", "microgram per cubic metre", 1e-9),
        ("GP", "mg/m³", "miligam trên mét khối", "milligram per cubic metre", 1e-6),
        ("M1", "mg/L", "miligam trên lít", "milligram per litre", 1e-3),
        ("GL", "g/L", "gam trên lít", "gram per litre", 1.0),
        ("KMQ", "kg/m³", "kilôgam trên mét khối", "kilogram per cubic metre", 1.0),
    ),
    "ratio": (
        ("C62", "", "đơn vị", "one", 1.0),
        ("P1", "%", "phần trăm", "percent", 1e-2),
        ("59", "ppm", "phần triệu", "part per million", 1e-6),
        ("61", "ppb", "phần tỉ", "part per billion", 1e-9),
    ),
    "length": (
        ("MTR", "m", "mét", "metre", 1.0),
        ("KMT", "km", "kilômét", "kilometre", 1000.0),
        ("DMT", "dm", "đềximét", "decimetre", 0.1),
        ("CMT", "cm", "xentimét", "centimetre", 0.01),
        ("MMT", "mm", "milimét", "millimetre", 1e-3),
        ("4H", "µm", "micrômét", "micrometre", 1e-6),
        ("SMI", "mi", "dặm", "mile", 1609.344),
        ("FOT", "ft", "foot", "foot", 0.3048),
        ("INH", "in", "inch", "inch", 0.0254),
    ),
    "speed": (
        ("MTS", "m/s", "mét trên giây", "metre per second", 1.0),
        ("KMH", "km/h", "kilômét trên giờ", "kilometre per hour", 1000 / 3600),
        ("KNT", "kn", "hải lý trên giờ", "knot", 1852 / 3600),
        ("HM", "mph", "dặm trên giờ", "mile per hour", 1609.344 / 3600),
        ("2M", "cm/s", "xentimét trên giây", "centimetre per second", 0.01),
        ("H67", "mm/h", "milimét trên giờ", "millimetre per hour", 1e-3 / 3600),
    ),
    "area": (
        ("MTK", "m²", "mét vuông", "square metre", 1.0),
        ("KMK", "km²", "kilômét vuông", "square kilometre", 1e6),
        ("HAR", "ha", "hecta", "hectare", 1e4),
        ("CMK", "cm²", "xentimét vuông", "square centimetre", 1e-4),
    ),
    "volume": (
        ("MTQ", "m³", "mét khối", "cubic metre", 1.0),
        ("LTR", "L", "lít", "litre", 1e-3),
        ("MLT", "mL", "mililít", "millilitre", 1e-6),
    ),
    "volume flow": (
        ("MQS", "m³/s", "mét khối trên giây", "cubic metre per second", 1.0),
        ("MQH", "m³/h", "mét khối trên giờ", "cubic metre per hour", 1 / 3600),
        ("G51", "L/s", "lít trên giây", "litre per second", 1e-3),
        ("L2", "L/min", "lít trên phút", "litre per minute", 1e-3 / 60),
    ),
    "mass": (
        ("KGM", "kg", "kilôgam", "kilogram", 1.0),
        ("GRM", "g", "gam", "gram", 1e-3),
        ("MGM", "mg", "miligam", "milligram", 1e-6),
        ("MC", "µg", "microgam", "microgram", 1e-9),
        ("TNE", "t", "tấn", "tonne", 1000.0),
    ),
    "pressure": (
        ("PAL", "Pa", "pascal", "pascal", 1.0),
        ("A97", "hPa", "hectôpascal", "hectopascal", 100.0),
        ("KPA", "kPa", "kilôpascal", "kilopascal", 1000.0),
        ("MBR", "mbar", "milibar", "millibar", 100.0),
        ("BAR", "bar", "bar", "bar", 1e5),
    ),
    "time": (
        ("SEC", "s", "giây", "second", 1.0),
        ("C26", "ms", "mili giây", "millisecond", 1e-3),
        ("B98", "µs", "micrô giây", "microsecond", 1e-6),
        ("MIN", "min", "phút", "minute", 60.0),
        ("HUR", "h", "giờ", "hour", 3600.0),
        ("DAY", "d", "ngày", "day", 86400.0),
        ("WEE", "wk", "tuần", "week", 604800.0),
    ),
    "frequency": (
        ("HTZ", "Hz", "héc", "hertz", 1.0),
        ("KHZ", "kHz", "kilôhéc", "kilohertz", 1e3),
        ("MHZ", "MHz", "mêgahéc", "megahertz", 1e6),
        ("RPM", "rpm", "vòng trên phút", "revolution per minute", 1 / 60),
    ),
    "angle": (
        ("C81", "rad", "radian", "radian", 1.0),
        ("DD", "°", "độ", "degree", 0.017453292519943295),
    ),
    "voltage": (
        ("VLT", "V", "vôn", "volt", 1.0),
        ("2Z", "mV", "milivôn", "millivolt", 1e-3),
        ("KVT", "kV", "kilôvôn", "kilovolt", 1e3),
    ),
    "electric current": (
        ("AMP", "A", "ampe", "ampere", 1.0),
        ("4K", "mA", "miliampe", "milliampere", 1e-3),
    ),
    "resistance": (("OHM", "Ω", "ôm", "ohm", 1.0),),
    "conductivity": (
        ("D10", "S/m", "siemens trên mét", "siemens per metre", 1.0),
        ("H61", "mS/cm", "mili siemens trên xentimét", "millisiemens per centimetre", 0.1),
        ("G42", "µS/cm", "micrô siemens trên xentimét", "microsiemens per centimetre", 1e-4),
    ),
    "power": (
        ("WTT", "W", "oát", "watt", 1.0),
        ("KWT", "kW", "kilôoát", "kilowatt", 1e3),
        ("MAW", "MW", "mêgaoát", "megawatt", 1e6),
    ),
    "apparent power": (
        ("D46", "VA", "vôn-ampe", "volt-ampere", 1.0),
        ("KVA", "kVA", "kilôvôn-ampe", "kilovolt-ampere", 1e3),
    ),
    "reactive power": (
        ("D44", "var", "var", "var", 1.0),
        ("KVR", "kvar", "kilôvar", "kilovar", 1e3),
    ),
    "energy": (
        ("JOU", "J", "jun", "joule", 1.0),
        ("KJO", "kJ", "kilôjun", "kilojoule", 1e3),
        ("WHR", "Wh", "oát giờ", "watt hour", 3600.0),
        ("KWH", "kWh", "kilôoát giờ", "kilowatt hour", 3.6e6),
        ("MWH", "MWh", "mêgaoát giờ", "megawatt hour", 3.6e9),
    ),
    "irradiance": (("D54", "W/m²", "oát trên mét vuông", "watt per square metre", 1.0),),
    "illuminance": (("LUX", "lx", "lux", "lux", 1.0),),
    "luminous flux": (("LUM", "lm", "lumen", "lumen", 1.0),),
    "luminance": (("A24", "cd/m²", "candela trên mét vuông", "candela per square metre", 1.0),),
    "sound level": (("2N", "dB", "đêxiben", "decibel", 1.0),),
    "signal level": (("DBM", "dBm", "đêxiben miliwatt", "decibel-milliwatt", 1.0),),
    "acidity": (("Q30", "pH", "độ pH", "pH", 1.0),),
    "turbidity, white light": (("NTU", "NTU", "đơn vị độ đục NTU", "nephelometric turbidity unit", 1.0),),
    "turbidity, infrared": (("FNU", "FNU", "đơn vị độ đục FNU", "formazin nephelometric unit", 1.0),),
    "radioactivity": (("BQL", "Bq", "becơren", "becquerel", 1.0),),
    "data": (
        ("AD", "B", "byte", "byte", 1.0),
        ("A99", "bit", "bit", "bit", 0.125),
        ("2P", "kB", "kilôbyte", "kilobyte", 1e3),
        ("4L", "MB", "mêgabyte", "megabyte", 1e6),
        ("E34", "GB", "gigabyte", "gigabyte", 1e9),
        ("E35", "TB", "têrabyte", "terabyte", 1e12),
    ),
    "people": (("IE", "người", "người", "person", 1.0),),
    "pieces": (
        ("H87", "cái", "cái", "piece", 1.0),
        ("EA", "cái", "cái", "each", 1.0),
    ),
}


def _units() -> Iterator[Unit]:
    for quantity, rows in _TABLE.items():
        for code, symbol, vi, en, *scale in rows:
            yield Unit(code, symbol, both(vi, en), quantity, *scale)


UNITS: dict[str, Unit] = {each.code: each for each in _units()}


def unit(code: str) -> Unit:
    """The unit with this Rec 20 code; raises :class:`UnknownUnit` that proposes the nearest."""
    try:
        return UNITS[code]
    except KeyError:
        near = difflib.get_close_matches(code.upper(), UNITS, 1)
        hint_vi, hint_en = (f" Có phải {near[0]}?", f" Did you mean {near[0]}?") if near else ("", "")
        detail = both(
            f"{code!r} không có trong bảng mã đơn vị UN/CEFACT Rec 20 được dùng ở đây.{hint_vi}",
            f"{code!r} is not among the UN/CEFACT Rec 20 codes used here.{hint_en}",
        )
        raise UnknownUnit(detail) from None


def symbol(code: str) -> str:
    """What is written behind a value: ``µg/m³``. A code not in the table is shown as it is."""
    known = UNITS.get(code)
    return code if known is None else known.symbol


def convert(value: float, from_code: str, to_code: str) -> float:
    """``value`` in another unit of the same quantity; raises :class:`IncompatibleUnits`."""
    source, target = unit(from_code), unit(to_code)
    if source.quantity != target.quantity:
        detail = both(
            f"Không đổi được {source.label['vi']} sang {target.label['vi']}.",
            f"{source.label['en']} cannot be converted to {target.label['en']}.",
        )
        raise IncompatibleUnits(detail)
    if source is target:
        return float(value)
    return (value + source.offset) * source.to_si / target.to_si - target.offset
