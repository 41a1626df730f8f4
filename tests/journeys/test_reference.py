"""The stages file says what the field knows, and a broken copy of it is refused with everything that is wrong."""

import pytest

from recruitment.journeys.reference import StagePathUnknown, path_for, stages, stages_file
from recruitment.sheets.facts import Basis, Confidence, ReferenceDataInvalid, data_text

_STAGES_IN_ORDER = """
first_contact demand demand_approval embassy_attestation origin_approval registration selection
identity_documents medical_origin name_list contract_signing calling_visa pre_departure travel arrival
work_permit placement post_placement renewal return
"""
STAGES_IN_ORDER = _STAGES_IN_ORDER.split()


def broken(*changes: tuple[str, str]) -> str:
    """Copy the stages file with some places spoilt."""
    text = data_text("recruitment.journeys", "stages.toml")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


class TestStages:
    """What the twenty stages are."""

    def test_there_are_twenty_in_their_order(self) -> None:
        assert [stage.code for stage in stages()] == STAGES_IN_ORDER
        assert [stage.number for stage in stages()] == list(range(1, 21))

    def test_four_of_them_are_checkpoints(self) -> None:
        points = ("selection", "pre_departure", "arrival", "post_placement")
        assert tuple(stage.code for stage in stages() if stage.checkpoint) == points
        assert stages_file().checkpoints.points == points

    def test_each_names_who_acts_and_what_is_commonly_charged(self) -> None:
        assert all(stage.actors and stage.purpose and stage.documents and stage.typical_fees for stage in stages())

    def test_the_first_one_happens_before_any_payment(self) -> None:
        first = stages()[0]
        assert first.actors == ("jobseeker", "cso", "broker")
        assert "baseline_fee_statement" in first.documents

    def test_facts_cannot_be_changed(self) -> None:
        with pytest.raises(AttributeError):
            stages()[0].number = 2  # type: ignore[misc]

    def test_silence_at_a_checkpoint_proves_nothing(self) -> None:
        assert "silence" in stages_file().checkpoints.caution

    def test_confidence_that_nobody_stated_is_not_made_up(self) -> None:
        assert {stage.confidence for stage in stages()} == {Confidence.UNSTATED}


class TestPathFor:
    """Which order a corridor and channel follow."""

    @pytest.mark.parametrize("corridor", ["MM-TH", "KH-TH", "LA-TH"])
    def test_corridors_to_thailand_take_all_twenty_stages(self, corridor: str) -> None:
        path = path_for(corridor, "mou")
        assert path.code == corridor
        assert list(path.order) == STAGES_IN_ORDER

    @pytest.mark.parametrize("corridor", ["NP-MY", "BD-MY"])
    def test_corridors_to_malaysia_have_no_name_list(self, corridor: str) -> None:
        assert list(path_for(corridor, "mou").order) == [code for code in STAGES_IN_ORDER if code != "name_list"]

    @pytest.mark.parametrize("channel", ["direct", "regularisation"])
    def test_outside_the_mou_placement_follows_first_contact(self, channel: str) -> None:
        path = path_for("MM-TH", channel)
        assert path.code == "FISHING"
        assert path.order == ("first_contact", "placement", "post_placement", "renewal", "return")

    def test_a_corridor_without_its_own_order_gets_the_general_one_and_little_confidence(self) -> None:
        path = path_for("MM-JP", "mou")
        assert path.code == "DEFAULT"
        assert path.confidence is Confidence.LOW

    def test_an_unknown_channel_has_no_path(self) -> None:
        with pytest.raises(StagePathUnknown, match="teleport"):
            path_for("MM-TH", "teleport")

    def test_specifics_keep_their_own_basis(self) -> None:
        basis = {specific.key: specific.basis for specific in path_for("KH-TH", "mou").specifics}
        assert basis["quota_flow"] is Basis.PAGE
        assert basis["gates"] is Basis.MEMORY


class TestABrokenCopy:
    """What is refused, and how."""

    def test_all_problems_come_at_once(self) -> None:
        text = broken(
            ('code = "demand"', 'code = "first_contact"'),
            ("number = 3", 'number = "three"'),
            ('actors = ["clinic"]', 'actors = ["magician"]'),
            (
                'basis = "memory"\nconfidence = "unstated"\nsources = []',
                'basis = "rumour"\nhearsay = true\nsources = []',
            ),
            ("version = 1", "version = 7"),
            ('sources = ["cite: seed 003"]', 'sources = ["somebody said so"]'),
            ('order = ["first_contact", "placement",', 'order = ["first_contact", "first_contact", "nowhere",'),
        )
        with pytest.raises(ReferenceDataInvalid) as refused:
            stages_file(text, "copy.toml")
        assert refused.value.path == "copy.toml"
        said = "\n".join(refused.value.problems)
        for part in (
            "stages: code first_contact appears twice",
            "stages[demand_approval].number: Not a valid integer.",
            "stages[medical_origin].actors: unknown magician",
            "hearsay: Unknown field.",
            "basis: Must be one of",
            "confidence: Missing data",
            "version 7 is not understood",
            "'somebody said so' is neither an address",
            "paths[FISHING].order: unknown nowhere",
        ):
            assert part in said

    def test_a_path_that_visits_a_stage_twice_is_refused(self) -> None:
        text = broken(('order = ["first_contact", "placement",', 'order = ["placement", "placement",'))
        with pytest.raises(ReferenceDataInvalid, match=r"paths\[FISHING\]: visits a stage twice"):
            stages_file(text)

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ('channels = ["regularisation", "direct"]', "channels = []", "names no channel"),
            (
                'order = ["first_contact", "placement", "post_placement", "renewal", "return"]',
                "order = []",
                "has no stages",
            ),
            ("number = 2\n", "number = 5\n", "not numbered"),
            ("checkpoint = true", "checkpoint = false", "are not those of the model"),
            ("checkpoint = true", 'checkpoint = "yes"', "Not a valid boolean"),
        ],
    )
    def test_what_contradicts_itself_is_refused(self, old: str, new: str, said: str) -> None:
        with pytest.raises(ReferenceDataInvalid, match=said):
            stages_file(broken((old, new)))

    @pytest.mark.parametrize("text", ["", "[[stages"])
    def test_what_is_no_stages_file_is_refused(self, text: str) -> None:
        with pytest.raises(ReferenceDataInvalid):
            stages_file(text)
