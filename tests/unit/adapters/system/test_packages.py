from __future__ import annotations

from appliance.adapters.system.packages import distributions_providing, import_error, version_of


def test_each_provider_of_a_module_is_named_once() -> None:
    assert distributions_providing("numpy") == ["numpy"]
    assert distributions_providing("no_such_module") == []


def test_versions_of_installed_distributions_are_known() -> None:
    assert version_of("numpy")
    assert version_of("no-such-distribution") is None


def test_a_module_that_loads_has_no_error_and_one_that_does_not_says_why() -> None:
    assert import_error("json") is None
    assert "no_such_module" in str(import_error("no_such_module"))


def test_a_module_that_imports_but_whose_function_fails_is_not_well() -> None:
    assert import_error("os.path", "getcwd_of_nothing") is not None
    assert import_error("os", "getcwd") is None
