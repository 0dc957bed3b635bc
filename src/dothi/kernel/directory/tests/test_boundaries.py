import pytest
import shapely

from dothi.core.errors import BadInput
from dothi.core.geometry import area_km2, from_geojson, to_geojson
from dothi.kernel.directory.boundaries import examine, features, simplified

OFFICIAL = {"26740": None, "26743": None, "00004": None}
BOW = {"type": "Polygon", "coordinates": [[[106, 10], [107, 11], [106, 11], [107, 10], [106, 10]]]}


def square(lon, lat):
    return to_geojson(shapely.box(lon - 0.005, lat - 0.005, lon + 0.005, lat + 0.005))


def feature(code, geometry, name="code"):
    return {"type": "Feature", "properties": {name: code}, "geometry": geometry}


def only_error(*found, **options):
    _, problems = examine(found, OFFICIAL, **options)
    (problem,) = problems
    assert problem.severity == "error"
    return problem


def test_a_good_feature_is_taken_by_its_code():
    good, problems = examine([feature("26740", square(106.7, 10.78))], OFFICIAL)
    assert ([each.code for each in good], problems) == (["26740"], [])


def test_the_property_with_the_code_can_be_chosen():
    good, _ = examine([feature("26740", square(106.7, 10.78), "ma_xa")], OFFICIAL, code_property="ma_xa")
    assert [each.code for each in good] == ["26740"]


def test_a_code_that_became_a_number_finds_its_leading_zeros():
    good, _ = examine([feature(4, square(105.8, 21.0))], OFFICIAL)
    assert [each.code for each in good] == ["00004"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (feature("99999", square(106.7, 10.78)), "No unit of today has the code '99999'"),
        (feature("26740", square(106.7, 10.78), "name"), "The property 'code' is missing"),
        (feature(None, square(106.7, 10.78)), "The property 'code' is missing"),
        ("not a feature", "The property 'code' is missing"),
        (feature("26740", {"type": "Point", "coordinates": [106.7, 10.78]}), "not Point"),
        (feature("26740", None), "not None"),
        (feature("26740", BOW), "Self-intersection"),
        (feature("26740", {"type": "Polygon", "coordinates": [[[1, 1], [2, 1], [2, 2]]]}), "not closed"),
        (
            feature("26740", {"type": "Polygon", "coordinates": [[[599840, 1191000]] * 4]}),
            "outside longitude",
        ),
    ],
)
def test_a_wrong_feature_is_refused_with_the_reason(wrong, message):
    assert message in only_error(wrong).text["en"]


def test_a_second_feature_with_the_same_code_is_refused():
    twice = [feature("26740", square(106.7, 10.78)), feature("26740", square(106.8, 10.78))]
    assert only_error(*twice).text["en"] == "The code 26740 is already on feature 0."


def test_an_error_says_which_feature_it_is():
    assert only_error(feature("26740", square(106.7, 10.78)), feature("1", None)).feature == 1


def test_good_features_are_kept_beside_wrong_ones():
    good, _ = examine(
        [feature("x", None), feature("26743", square(106.7, 10.78)), feature("y", None)], OFFICIAL
    )
    assert [each.code for each in good] == ["26743"]


def test_a_wrong_feature_does_not_take_the_place_of_a_later_good_one():
    good, _ = examine([feature("26740", BOW), feature("26740", square(106.7, 10.78))], OFFICIAL)
    assert [each.feature for each in good] == [1]


@pytest.mark.parametrize(("factor", "odd"), [(1.0, False), (1.2, False), (1.4, True), (0.7, True)])
def test_an_area_far_from_the_official_one_is_told(factor, odd):
    official = area_km2(from_geojson(square(106.7, 10.78))) / factor
    _, problems = examine([feature("26740", square(106.7, 10.78))], {"26740": official})
    assert [each.severity for each in problems] == (["warning"] if odd else [])


def test_heights_are_dropped():
    raised = shapely.force_3d(shapely.box(106.7, 10.7, 106.8, 10.8), 5.0)
    good, _ = examine([feature("26740", shapely.geometry.mapping(raised))], OFFICIAL)
    assert not good[0].geometry.has_z


def test_progress_is_told_feature_by_feature():
    told = []
    found = [feature("26740", square(106.7, 10.78)), feature("x", None)]
    examine(found, OFFICIAL, progress=lambda done, total, what: told.append((done, total, what)))
    assert told == [(1, 2, "boundaries"), (2, 2, "boundaries")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "it is not JSON"),
        (b"[]", "not a FeatureCollection"),
        (b'{"type": "Feature"}', "not a FeatureCollection"),
    ],
)
def test_a_file_that_is_not_a_feature_collection_is_refused(tmp_path, content, message):
    path = tmp_path / "x.geojson"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=message):
        features(path)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadInput, match="No such file"):
        features(tmp_path / "none.geojson")


def wavy(outer):
    """A strip from ``outer`` to a border at 1 that is a fine wave."""
    wave = [(1.0 + 0.0002 * (step % 2), step / 2000) for step in range(201)]
    return shapely.Polygon([(outer, 0), *wave, (outer, 0.1)])


def test_simplified_neighbours_still_share_their_border():
    left, right = simplified([wavy(0), wavy(2)])
    assert left.intersection(right).area == 0
    assert left.union(right).area == pytest.approx(0.2, rel=1e-3)


def test_simplified_shapes_have_fewer_corners():
    assert shapely.get_num_coordinates(simplified([wavy(0)])[0]) < 50


def test_a_shape_smaller_than_the_tolerance_does_not_vanish():
    tiny = shapely.box(106.7, 10.7, 106.70001, 10.70001)
    assert not simplified([tiny])[0].is_empty
