"""What the staff chose, as the API has it, and what counts in the end."""

from __future__ import annotations

from appliance.algorithms.house_ruling import rules_in_force
from appliance.algorithms.redacting import redact
from appliance.domain.errors import RinkreelError
from appliance.domain.house_rules import HouseRules
from appliance.domain.timespan import Seconds, seconds_from_float
from appliance.services.api.parts import ApiParts
from appliance.services.api.schemas_settings import ChosenBody, FixedBody, SettingsAsked, SettingsBody

WHERE = "Write it in rinkreel.toml, or set the variable, and start the box anew."


def settings_body(parts: ApiParts) -> SettingsBody:
    """What was chosen, what counts, and what can be changed elsewhere alone."""
    chosen = parts.book.house_rules()
    secrets = parts.support.secrets()
    return SettingsBody(
        chosen=body_from(chosen),
        in_force=body_from(rules_in_force(chosen, parts.looks.defaults)),
        defaults=body_from(parts.looks.defaults),
        fixed=[
            FixedBody(key=key, value=redact(value, secrets), variable=variable)
            for key, (value, variable) in parts.looks.fixed().items()
        ],
        where=WHERE,
    )


def rules_asked(asked: SettingsAsked) -> HouseRules:
    """What was asked for, in the words of the domain."""
    return HouseRules(
        threshold_hps=asked.threshold,
        min_moving=_seconds(asked.min_moving),
        max_stationary=_seconds(asked.max_stationary),
        merge_gap=_seconds(asked.merge_gap),
        pad_before=_seconds(asked.pad_before),
        pad_after=_seconds(asked.pad_after),
        budget=_seconds(asked.budget),
        reels_for=_seconds(asked.reels_for),
        server_name=asked.server_name,
    )


def body_from(rules: HouseRules) -> ChosenBody:
    """The same over the wire."""
    return ChosenBody(
        threshold=rules.threshold_hps,
        min_moving=_float(rules.min_moving),
        max_stationary=_float(rules.max_stationary),
        merge_gap=_float(rules.merge_gap),
        pad_before=_float(rules.pad_before),
        pad_after=_float(rules.pad_after),
        budget=_float(rules.budget),
        reels_for=_float(rules.reels_for),
        server_name=rules.server_name,
    )


def box_name(parts: ApiParts) -> str:
    """What the page calls the box."""
    try:
        return parts.book.house_rules().server_name or parts.rule.box_name
    except RinkreelError:
        return parts.rule.box_name


def _seconds(value: float | None) -> Seconds | None:
    return None if value is None else seconds_from_float(value)


def _float(value: Seconds | None) -> float | None:
    return None if value is None else float(value)
