"""The step `prepare-recordings` on folders as people have them."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiolm_training import export_semantic, labelled_recordings, recordings, synthetic

from step_calls import call


def write(folder: Path, *names: str) -> None:
    for name in names:
        soundfile.write(folder / name, np.zeros(2400), 24_000, format="AIFF" if name.endswith(".aif") else None)


def prepare(folder: Path, runs: Path, *words: str) -> dict[str, str]:
    """The split of each recording that was prepared."""
    call(recordings, runs, "--recordings", str(folder), "--name", "mine", *words)
    return {found.identifier: found.split for found in labelled_recordings.find(runs / "data" / "mine")}


def test_every_kind_of_sound_is_read_or_named(tmp_path, capsys):
    write(tmp_path, "a.aif", "b.WAV", "c.flac")
    for name in ("d.m4a", "e.m4a", "f.raw", "notes.txt"):
        (tmp_path / name).write_bytes(b"no sound")
    assert prepare(tmp_path, tmp_path / "runs").keys() == {"a", "b", "c"}
    assert "skipped 2 .m4a, 1 .raw, the first of them d.m4a" in capsys.readouterr().out


def test_a_folder_of_what_cannot_be_read_is_refused(tmp_path):
    (tmp_path / "a.wma").write_bytes(b"no sound")
    with pytest.raises(SystemExit, match="can be read"):
        prepare(tmp_path, tmp_path / "runs")


def test_a_manifest_needs_no_use(tmp_path):
    write(tmp_path, "a.wav", "b.wav", "c.wav")
    manifest = tmp_path / "manifest.tsv"
    manifest.write_text("path\tspeaker\na.wav\tann\nb.wav\tann\nc.wav\tbob\n")
    splits = prepare(tmp_path, tmp_path / "runs", "--manifest", str(manifest))
    assert splits["a"] == splits["b"] != splits["c"] and set(splits.values()) == {"train", "valid"}
    manifest.write_text("path,speaker\na.wav,ann\n")
    with pytest.raises(SystemExit, match="no column path; give a TSV"):
        prepare(tmp_path, tmp_path / "runs", "--manifest", str(manifest))


def test_no_identifier_is_that_of_a_copy(tmp_path):
    write(tmp_path, "a.wav", "a+1.wav")
    assert prepare(tmp_path, tmp_path / "runs").keys() == {"a", "a-1"}
    write(tmp_path, "a-1.wav")
    with pytest.raises(SystemExit, match="would be a-1; rename one"):
        prepare(tmp_path, tmp_path / "runs")


def test_what_is_left_out_later_does_not_stay_unnoticed(tmp_path):
    write(tmp_path, "a.wav", "b.wav", "c.wav")
    prepare(tmp_path, tmp_path / "runs")
    (tmp_path / "c.wav").unlink()
    with pytest.raises(SystemExit, match=r"c\.wav: would now be left out"):
        prepare(tmp_path, tmp_path / "runs")


def test_a_validation_recording_stands_in_for_a_test_recording(tmp_path):
    synthetic.write(tmp_path, seconds=4.0, count=1)
    tested = export_semantic.golden_sound(tmp_path)
    manifest = tmp_path / "manifest.csv"
    manifest.write_text("".join(line for line in manifest.read_text().splitlines(True) if ",test," not in line))
    validated = export_semantic.golden_sound(tmp_path)
    assert len(tested) == len(validated) == 3 * 24_000 and not tested.equal(validated)
    manifest.write_text(manifest.read_text().splitlines(True)[0])
    with pytest.raises(ValueError, match="split valid"):
        export_semantic.golden_sound(tmp_path)
