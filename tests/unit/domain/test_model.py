from __future__ import annotations

from appliance.domain.model import ArchiveMember, Conversion, ModelCard, ModelRole, ModelSource


def card_with(*sources: ModelSource) -> ModelCard:
    return ModelCard(
        name="x",
        role=ModelRole.PERSON_BOXES,
        file="folder/x.onnx",
        licence="Apache-2.0",
        sha256=("0" * 64,),
        sources=sources,
        layout="NCHW",
        colours="bgr",
        mean=(0.0,),
        std=(1.0,),
        width_px=320,
        height_px=320,
        joints=0,
    )


def test_a_card_tells_how_its_model_is_made_where_it_is_made_here() -> None:
    made = Conversion(parts=("a", "b"))
    assert card_with(ArchiveMember(url="https://example.org/x.zip", member="x.onnx"), made).conversion == made


def test_a_card_of_a_fetched_model_has_no_conversion() -> None:
    assert card_with(ArchiveMember(url="https://example.org/x.zip", member="x.onnx")).conversion is None


def test_the_suffix_is_the_end_of_the_file_name() -> None:
    assert card_with().suffix == ".onnx"
