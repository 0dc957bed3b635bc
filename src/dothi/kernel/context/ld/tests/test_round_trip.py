"""What is stored says the same in every lossless form (hypothesis)."""

import msgspec
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dothi.kernel.context.ld.context import Contexts
from dothi.kernel.context.ld.entity import parse_entity
from dothi.kernel.context.ld.merge import create
from dothi.kernel.context.ld.model import dump, load
from dothi.kernel.context.ld.render import Form, render

PLAIN = Contexts().core
OWN = Contexts().of(
    {
        "x": "https://x.org/",
        "temp": "x:temperature",
        "T": "x:T",
        "Male": "x:Male",
        "acc": "https://y.org/accuracy",
    }
)

texts = st.text('aăđ "\\{}[]:,1', max_size=6).filter(lambda text: text != "urn:ngsi-ld:null")
numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
scalars = texts | numbers | st.booleans()
positions = st.tuples(st.floats(-180, 180), st.floats(-90, 90)).map(list)
names = st.sampled_from(["a", "b", "temp", "acc", "tốcĐộ", "https://z.org/n"])
uris = st.sampled_from(["urn:b:1", "urn:b:2", "https://x.org/b?c=d#e"])


def json_values():
    keys = st.sampled_from(["k", "l", "value", "type"])
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
        max_leaves=6,
    )


points = st.builds(lambda at: {"type": "Point", "coordinates": at}, positions)
lines = st.builds(
    lambda at: {"type": "LineString", "coordinates": at}, st.lists(positions, min_size=2, max_size=4)
)
geometries = points | lines
times = st.datetimes().map(lambda at: at.isoformat() + "Z")
qualifiers = st.fixed_dictionaries({}, optional={"observedAt": times, "datasetId": uris})
values = st.one_of(
    st.builds(lambda v: {"type": "Property", "value": v}, json_values()),
    st.builds(lambda v, u: {"type": "Property", "value": v, "unitCode": u}, numbers, st.sampled_from(["CEL", "GQ"])),
    st.builds(lambda v: {"type": "Property", "value": v}, geometries),
    st.builds(lambda v: {"type": "GeoProperty", "value": v}, geometries),
    st.builds(lambda v: {"type": "Relationship", "object": v}, uris | st.lists(uris, min_size=1, max_size=2)),
    st.builds(lambda v, t: {"type": "Relationship", "object": v, "objectType": t}, uris, st.sampled_from(["T", "Other"])),
    st.builds(lambda v: {"type": "LanguageProperty", "languageMap": v}, st.dictionaries(st.sampled_from(["vi", "en"]), texts, min_size=1)),
    st.builds(lambda v: {"type": "VocabProperty", "vocab": v}, st.sampled_from(["Male", "Other", ["Male", "https://q.org/F"]])),
    st.builds(lambda v: {"type": "JsonProperty", "json": v}, json_values() | st.none()),
    st.builds(lambda v: {"type": "ListProperty", "valueList": v}, st.lists(json_values(), max_size=3)),
    st.builds(lambda v: {"type": "ListRelationship", "objectList": [{"object": u} for u in v]}, st.lists(uris, max_size=2)),
)  # fmt: skip
leaves = st.builds(lambda value, more: value | more, values, qualifiers)
attributes = st.builds(
    lambda value, subs: value | {k: v for k, v in subs.items() if k not in value},
    leaves,
    st.dictionaries(names, leaves, max_size=2),
)
several = st.lists(attributes, min_size=1, max_size=3, unique_by=lambda each: each.get("datasetId", "")).map(
    lambda found: found if len(found) > 1 else found[0]
)
entities = st.builds(
    lambda attrs, types: {"id": "urn:x:1", "type": types} | attrs,
    st.dictionaries(names, several, max_size=4),
    st.sampled_from(["T", ["T", "Other"]]),
)
lenient = settings(
    max_examples=60,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)


def stored(document, terms=OWN):
    return create(parse_entity(document, terms), 1).entity


@lenient
@given(entities)
def test_normalized_answers_give_back_what_was_sent(document):
    assert msgspec.json.decode(render(stored(document), OWN)) == document


@lenient
@given(entities)
def test_a_concise_answer_sent_back_is_stored_alike(document):
    first = stored(document)
    again = stored(msgspec.json.decode(render(first, OWN, Form("concise"))))
    assert dump(again) == dump(first)


@lenient
@given(entities)
def test_an_answer_under_another_context_means_the_same(document):
    first = stored(document)
    assert dump(stored(render(first, PLAIN), PLAIN)) == dump(first)


@lenient
@given(entities)
def test_the_stored_form_survives_its_codec(document):
    first = stored(document)
    assert load(dump(first)) == first


@lenient
@given(entities)
def test_the_fast_and_the_careful_path_agree(document):
    with_odd_one_out = document | {
        "zz": {"type": "Property", "value": 1, "sub": {"type": "Property", "value": 1}}
    }
    careful = stored(with_odd_one_out)
    del careful.attributes[OWN.iri("zz")]
    assert dump(careful) == dump(stored(document))
