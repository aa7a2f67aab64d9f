"""Settings come from the environment, and say which one is wrong."""

import dataclasses
from pathlib import Path

import pytest

from ops.config import Settings


def test_reads_each_setting_in_its_own_type():
    settings = Settings.from_env({"OPS_WORKERS": "3", "OPS_DEMO": "no", "OPS_HOME": "there"})

    assert (settings.workers, settings.demo, settings.home) == (3, False, Path("there"))


def test_an_empty_setting_is_the_default():
    assert Settings.from_env({"OPS_BIND": ""}) == Settings()


@pytest.mark.parametrize("name", ["OPS_WORKERS", "OPS_DEMO"])
def test_names_the_setting_that_cannot_be_read(name):
    with pytest.raises(ValueError, match=name):
        Settings.from_env({name: "perhaps"})


def test_every_setting_is_described_for_operators():
    book = Path("docs/operating.md").read_text()

    missing = [
        field.name
        for field in dataclasses.fields(Settings)
        if f"OPS_{field.name.upper()}" not in book
    ]

    assert missing == []


OIDC = {
    "oidc_issuer": "https://sign-in.example.test",
    "oidc_client_id": "tracker",
    "oidc_client_secret": "secret",
    "oidc_roles": "leads=lead@GMP",
}


@pytest.mark.parametrize("name", ["oidc_client_id", "oidc_client_secret", "oidc_roles"])
def test_a_provider_needs_all_that_goes_with_it(name):
    with pytest.raises(ValueError, match=f"OPS_{name.upper()}"):
        Settings(**OIDC | {name: ""})


@pytest.mark.parametrize(
    "issuer",
    ["http://sign-in.example.test", "sign-in.example.test", "ftp://127.0.0.1", "http://[x"],
)
def test_a_provider_is_reached_over_https_or_on_this_machine(issuer):
    with pytest.raises(ValueError, match="https://"):
        Settings(**OIDC | {"oidc_issuer": issuer})
    assert Settings(**OIDC | {"oidc_issuer": "http://127.0.0.1:9"})


def test_settings_can_be_shown_without_their_secrets():
    assert "secret" not in repr(Settings(**OIDC))


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"backup": "backups"}, "whole path"),
        ({"backup_key": ""}, "OPS_BACKUP_KEY"),
        ({"backup_key": "k" * 31}, "OPS_BACKUP_KEY"),
        ({"backup_key": "k k" * 16}, "OPS_BACKUP_KEY"),
        ({"backup_days": 0}, "OPS_BACKUP_DAYS"),
    ],
)
def test_backups_need_a_folder_and_a_key(wrong, why):
    right = {"backup": "/mnt/backup", "backup_key": "k" * 32}
    Settings(**right)

    with pytest.raises(ValueError, match=why):
        Settings(**right | wrong)


def test_a_replica_may_be_behind_by_something():
    with pytest.raises(ValueError, match="OPS_REPLICA_LAG_SECONDS"):
        Settings(replica_lag_seconds=0)
