from __future__ import annotations

from collections.abc import Callable

from appliance.cli.footage import status_of
from appliance.cli.statuses import Status
from appliance.domain.errors import RinkreelError, Transient, Unusable
from appliance.services.replay import Failure, Outcome, Replayed

MakeOutcome = Callable[..., Outcome]
MakeFailure = Callable[[RinkreelError], Failure]


def test_what_came_out_decides_the_status(outcome_of: MakeOutcome, failure_of: MakeFailure) -> None:
    good, bad = [outcome_of("a")], [failure_of(Unusable("no video"))]
    assert status_of(Replayed(outcomes=good), made=True) is Status.MADE
    assert status_of(Replayed(outcomes=good, failures=bad), made=True) is Status.PARTLY_MADE
    assert status_of(Replayed(outcomes=good, failures=bad), made=False) is Status.NOTHING_MOVES
    assert status_of(Replayed(failures=bad), made=False) is Status.UNUSABLE
    assert status_of(Replayed(failures=[failure_of(Transient("share gone"))]), made=False) is Status.TRY_AGAIN
