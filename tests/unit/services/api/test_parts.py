from __future__ import annotations

from appliance.services.api.parts import ApiRule
from appliance.services.intake import Intake

from .front_door import PaperIntake


def test_the_bus_credential_stays_out_of_texts() -> None:
    assert "secret" not in repr(ApiRule(bus_credential="a secret"))


def test_people_have_to_sign_in_unless_told_otherwise() -> None:
    assert ApiRule().sign_in


def test_the_stand_in_for_intake_offers_what_the_real_one_does() -> None:
    for name in ("open_job", "take", "refuse", "settle", "check"):
        assert callable(getattr(Intake, name))
        assert callable(getattr(PaperIntake, name))
