import pytest

from gateway.secret_files import SecretFiles, SecretMissing


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "northwind").write_text("s3cret word\n")
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    (tmp_path / "long").write_bytes(b"x" * 70_000)
    return tmp_path


def test_a_secret_is_its_file_without_the_line_end(folder):
    assert SecretFiles(folder).read("northwind") == "s3cret word"


def test_a_changed_secret_is_used_at_once(folder):
    secrets = SecretFiles(folder)
    secrets.read("northwind")
    (folder / "northwind").write_text("newer")
    assert secrets.read("northwind") == "newer"


@pytest.mark.parametrize(
    "name", ["missing", "empty", "bytes", "long", "../northwind", "", ".", "a/b"]
)
def test_a_secret_that_cannot_be_had_is_named_with_the_setting(folder, name):
    with pytest.raises(SecretMissing) as refused:
        SecretFiles(folder).read(name)
    assert repr(name) in str(refused.value)
    assert "x" * 10 not in str(refused.value)


def test_without_a_folder_there_is_no_secret():
    with pytest.raises(SecretMissing, match=r"'northwind'.*secrets\.folder is not set"):
        SecretFiles(None).read("northwind")
