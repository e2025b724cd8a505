from __future__ import annotations

from pathlib import Path

from appliance.settings.cutting import Storage


def test_the_appliances_folder_lies_in_the_data_root_unless_named() -> None:
    assert Storage(home=Path("/srv/x")).data_folder.root == Path("/srv/x/data")
    assert Storage(home=Path("/srv/x"), data=Path("/mnt/d")).data_folder.root == Path("/mnt/d")


def test_the_appliances_folder_is_absolute_whatever_was_said() -> None:
    assert Storage(data=Path("here")).data_folder.root == Path.cwd() / "here"
