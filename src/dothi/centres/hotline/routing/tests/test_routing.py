"""A report's category is suggested with reasons or left to a person; tables decide who answers; corrections are learned."""

from __future__ import annotations

import pytest

from dothi.centres.hotline.routing import learning, seed, trained
from dothi.centres.hotline.routing.evaluation import Labelled, evaluate
from dothi.centres.hotline.routing.model import Model
from dothi.centres.hotline.routing.suggesting import Place, Resolved, Router
from dothi.centres.hotline.routing.tables import Facts, decide
from dothi.centres.hotline.routing.texts import plain_words
from dothi.centres.hotline.taxonomy import catalogue
from dothi.core.errors import BadInput, Conflict, both

ALL = catalogue.categories()
ROUTER = Router(trained.shipped(), ALL)


def test_abbreviations_are_written_out_and_diacritics_folded() -> None:
    assert plain_words("Đg trc nhà bị ngập 30cm, k đi dc") == [
        "duong", "truoc", "nha", "bi", "ngap", "30cm", "khong", "di", "duoc",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("Nắp cống trước nhà bị mất, rất nguy hiểm", "manhole"),
        ("nap cong truoc nha bi mat, nguy hiem lam", "manhole"),
        ("hang xom hat karaoke ồn ào tới khuya", "noise"),
        ("Street light is broken on our block", "street-lighting"),
        ("Đường ngập sâu sau mưa, xe chết máy", "flooding"),
    ],
)
def test_a_plain_report_is_told_with_the_words_that_weighed(text, category) -> None:
    suggestion = ROUTER.suggest(text)
    assert suggestion.category == category
    assert not suggestion.abstained
    assert suggestion.candidates[0].reasons
    assert sum(ROUTER.model.probabilities(text).values()) == pytest.approx(1)


@pytest.mark.parametrize("text", ["", "...", "12345", "xin chào anh chị", "zzz qqq"])
def test_what_says_nothing_is_left_to_a_person(text) -> None:
    suggestion = ROUTER.suggest(text)
    assert suggestion.abstained
    assert suggestion.category is None
    assert suggestion.organisation is None
    assert suggestion.chosen_by == "nobody"


def test_the_first_row_that_says_a_thing_decides_it() -> None:
    facts = Facts(road_owner="ward", answers={"state": "missing", "owner": "telecom"})
    decision = decide(ALL["manhole"], facts)
    assert (decision.priority, decision.by["priority"]) == ("urgent", "missing")
    assert (decision.responder.organisation, decision.by["responder"]) == ("science-technology", "telecom")
    assert decide(ALL["manhole"], Facts(road_owner="ward")).responder.level == "ward"
    plain = decide(ALL["manhole"], Facts())
    assert (plain.by["responder"], plain.answer) == ("default", ALL["manhole"].norm.answer)


def test_place_and_answers_choose_the_organisation() -> None:
    router = Router(
        trained.shipped(),
        ALL,
        locate=lambda position: Place("26740", "ward", "ward"),
        resolve=lambda responder, place: Resolved(
            responder.organisation or f"{responder.kind}:{place.unit}", both("", "")
        ),
    )
    told = router.suggest("ổ gà to giữa đường", photo_position=(106.7, 10.77))
    assert (told.category, told.organisation, told.rule) == (
        "pothole",
        "peoples-committee:26740",
        "ward-road",
    )
    assert told.position_from == "photo"
    given = router.suggest("ổ gà to giữa đường", (106.7, 10.77), {"size": "collapse"}, photo_position=(1, 1))
    assert given.position_from == "given"
    assert given.decision is not None
    assert given.decision.priority == "urgent"


def test_what_a_person_chose_counts_and_what_the_model_thought_is_kept() -> None:
    told = ROUTER.suggest("Nắp cống bị mất", category="pothole")
    assert (told.category, told.chosen_by) == ("pothole", "person")
    assert told.candidates[0].category == "manhole"


def test_a_category_the_city_does_not_have_is_not_suggested() -> None:
    few = Router(trained.shipped(), {key: ALL[key] for key in ("noise", "pothole")})
    assert {each.category for each in few.candidates("Nắp cống bị mất, ổ gà")} <= {"noise", "pothole"}


def test_the_seed_covers_every_category_and_keeps_its_parts_apart() -> None:
    keys = set(ALL)
    assert {row.category for row in seed.words()} == keys
    for rows, least in ((seed.whole() + seed.composed(), 40), (seed.held_out(), 12)):
        counts = {key: sum(row.category == key for row in rows) for key in keys}
        assert min(counts.values()) >= least
    learned = {" ".join(plain_words(row.text)) for row in seed.whole() + seed.composed()}
    apart = [row for row in seed.held_out() if " ".join(plain_words(row.text)) in learned]
    assert len(apart) <= 5
    assert all(row.provenance == "simulated" for row in seed.rows())


def test_the_shipped_model_is_as_good_as_it_says() -> None:
    found = evaluate(trained.shipped(), seed.held_out())
    assert set(trained.shipped().categories) == set(ALL)
    assert found.macro_f1 >= 0.85
    assert found.precision >= trained.shipped().stored.precision
    assert found.coverage > 0.5
    assert sum(each.texts for each in found.reliability) == found.texts


def test_a_model_is_its_bytes_and_anything_else_is_refused() -> None:
    again = Model.from_bytes(trained.shipped().to_bytes())
    assert again.probabilities("mất nước") == trained.shipped().probabilities("mất nước")
    for wrong in (b"", b"pickle", trained.shipped().to_bytes()[:500]):
        with pytest.raises(BadInput):
            Model.from_bytes(wrong)


SMALL = [
    Labelled(f"{text} {word}", key)
    for key, texts in {
        "noise": ("hát karaoke", "mở nhạc lớn", "ồn ào quá"),
        "trees": ("cây ngã", "nhánh cây khô", "cây nghiêng"),
        "flooding": ("ngập sâu", "nước dâng", "triều cường"),
        "waste-collection": ("rác không lấy", "xe rác không tới", "thùng rác đầy"),
    }.items()
    for text in texts
    for word in ("trước nhà", "ở hẻm", "khu phố", "gần chợ", "đêm qua")
]


@pytest.fixture(scope="module")
def current() -> Model:
    pytest.importorskip("sklearn")
    from dothi.centres.hotline.routing.training import train

    return train(SMALL, version="small-1")


def test_corrections_are_learned_and_a_person_promotes(current) -> None:
    test = [
        Labelled("loa kẹo kéo om sòm", "noise"),
        Labelled("cây đổ", "trees"),
        Labelled("ngập nước", "flooding"),
    ]
    corrections = [Labelled(f"loa kẹo kéo {word}", "noise") for word in ("to", "om sòm quá", "inh ỏi")]
    found = learning.retrain(corrections, base=SMALL, test=test, current=current, version="small-2")
    assert found.model.probabilities("loa kẹo kéo")["noise"] > current.probabilities("loa kẹo kéo")["noise"]
    assert found.comparison.candidate.macro_f1 >= found.comparison.current.macro_f1
    promoted = learning.promote(found, current="small-1", by="person:1", note="Đã xem.")
    assert (promoted.version, promoted.replaces) == ("small-2", "small-1")
    with pytest.raises(Conflict):
        learning.promote(found, current="small-9", by="person:1")


def test_a_worse_model_needs_a_reason(current) -> None:
    test = [
        Labelled("hát karaoke ở chợ", "noise"),
        Labelled("cây ngã ở chợ", "trees"),
        Labelled("ngập ở chợ", "flooding"),
    ]
    wrong = [Labelled(row.text, "trees") for row in SMALL if row.category == "noise"]
    found = learning.retrain(wrong, base=SMALL, test=test, current=current, version="small-3")
    assert found.comparison.warnings
    assert "noise" in [key for key, _ in found.comparison.lost]
    with pytest.raises(Conflict):
        learning.promote(found, current="small-1", by="person:1")
