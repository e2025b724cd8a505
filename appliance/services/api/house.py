"""What lives as long as the server does, beside the parts it was given."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.services.api.events import Newsroom
from appliance.services.api.making import Maker
from appliance.services.api.parts import ApiParts
from appliance.services.api.security_attempts import Attempts
from appliance.services.api.security_gate import Gate
from appliance.services.api.security_passwords import PasswordHasher
from appliance.services.api.security_sessions import Sessions
from appliance.services.api.security_shares import ShareTokens
from appliance.services.api.taking import Taker
from appliance.services.api.tus_store import TusStore
from appliance.services.api.upload_room import UploadRoom


@dataclass(slots=True)
class Packs:
    """How many packs are being made."""

    busy: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Everything that a route may need."""

    parts: ApiParts
    gate: Gate
    sessions: Sessions
    attempts: Attempts
    hasher: PasswordHasher
    shares: ShareTokens
    newsroom: Newsroom
    room: UploadRoom
    taker: Taker
    tus: TusStore
    maker: Maker
    packs: Packs


def build_house(parts: ApiParts) -> House:
    """Put it together."""
    sessions = Sessions(parts.secrets.key, parts.clock, parts.rule.session_for_s)
    room = UploadRoom(parts.data, parts.disk, parts.rule)
    taker = Taker(parts.intake)
    return House(
        parts=parts,
        gate=Gate(parts.book, sessions, sign_in=parts.rule.sign_in),
        sessions=sessions,
        attempts=Attempts(parts.clock, parts.rule.attempts),
        hasher=PasswordHasher(),
        shares=ShareTokens(parts.secrets.key),
        newsroom=Newsroom(parts.ears, parts.book, parts.clock, parts.journal),
        room=room,
        taker=taker,
        tus=TusStore(room, taker, parts.clock, parts.journal),
        maker=Maker(parts.clock, parts.journal),
        packs=Packs(),
    )
