from __future__ import annotations

import io
import zipfile

from appliance.domain.account import Role

from ..front_door import Box


def test_admins_fetch_the_bundle_and_it_is_noted(box: Box) -> None:
    with box.visit(Role.ADMIN) as browser:
        answer = browser.get("/api/box/support.zip")
    assert answer.status_code == 200
    assert "rinkreel_support.zip" in answer.headers["content-disposition"]
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    assert {"support/versions.json", "support/orders.json"} <= set(archive.namelist())
    assert "support bundle fetched" in box.journal.events


def test_nobody_else_does(box: Box) -> None:
    with box.visit(Role.OPERATOR) as browser:
        assert browser.get("/api/box/support.zip").status_code == 403
