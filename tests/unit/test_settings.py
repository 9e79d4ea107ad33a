from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.settings import PREFIX, Settings, load


def test_without_environment_the_defaults_hold() -> None:
    assert load({}) == Settings()


def test_every_fault_is_named_after_its_variable() -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(
            {"LOTSE_PORT": "no", "LOTSE_PUBLIC_URL": "lotse.example", "LOTSE_TIME_ZONE": "Mars", "LOTSE_NONSENSE": "1"}
        )
    assert {fault.where for fault in caught.value.faults} == {
        "LOTSE_PORT", "LOTSE_PUBLIC_URL", "LOTSE_TIME_ZONE", "LOTSE_NONSENSE",
    }  # fmt: skip


def test_secrets_can_come_from_a_file_and_are_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("123:abc\n")
    settings = load({"LOTSE_TELEGRAM_TOKEN_FILE": str(file)})
    assert settings.telegram_token is not None
    assert settings.telegram_token.get_secret_value() == "123:abc"
    assert "123:abc" not in repr(settings)


def test_unreadable_secret_file_is_a_fault() -> None:
    with pytest.raises(ConfigurationError, match="LOTSE_TELEGRAM_TOKEN_FILE"):
        load({"LOTSE_TELEGRAM_TOKEN_FILE": "/nowhere/token"})


def test_every_setting_is_described_here_and_in_the_handbook() -> None:
    handbook = Path("docs/operating.md").read_text("utf-8")
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert f"`{PREFIX}{name.upper()}`" in handbook, f"docs/operating.md lacks {PREFIX}{name.upper()}"
