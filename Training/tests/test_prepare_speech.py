"""The step `prepare-speech` on made-up utterances without transcripts."""

import csv
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiolm_training import labelled_recordings, prepare_speech
from audiolm_training.prepare_speech import SHARED, Utterance

from step_calls import call


def speech(folder: Path, counts: dict[str, int], use: str = "train") -> Path:
    """A folder with so many utterances of 1 s of each speaker."""
    folder.mkdir(exist_ok=True)
    rows = ["path\tspeaker\tseconds\ttext\trms_db\tflag\tuse"]
    for speaker, count in counts.items():
        for number in range(count):
            soundfile.write(folder / f"{speaker}{number}.wav", np.full(8000, 0.1), 8000)
            rows.append(f"{speaker}{number}.wav\t{speaker}\t1\t\t-20\t\t{use}")
    (folder / "manifest.tsv").write_text("\n".join(rows) + "\n")
    return folder


def prepare(folder: Path, *words: str) -> dict[str, str]:
    """The split of each recording that the manifest then lists."""
    call(prepare_speech, folder, "--speech", str(folder / "in"), *words)
    with open(folder / "data" / "speech" / "manifest.csv", newline="") as file:
        return {row["id"]: row["split"] for row in csv.DictReader(file)}


@pytest.fixture(autouse=True)
def short_recordings(monkeypatch):
    """Of two utterances, written in this process."""
    monkeypatch.setattr(prepare_speech, "JOINED_SECONDS", 2.0)
    monkeypatch.setattr(prepare_speech, "ProcessPoolExecutor", lambda _: NoProcesses())


class NoProcesses:
    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def map(self, function, jobs):
        return map(function, jobs)


def test_no_speaker_comes_to_be_on_two_sides(tmp_path):
    speech(tmp_path / "in", {"a": 2, "b": 4, "c": 6})
    splits = prepare(tmp_path, "--valid-share", "0")
    assert splits == {"a-000": "valid", **{f"b-00{i}": "train" for i in range(2)}, **{f"c-00{i}": "train" for i in range(3)}}
    assert prepare(tmp_path, "--valid-share", "0") == splits
    with pytest.raises(SystemExit, match="would now be of valid; prepare under another --name"):
        prepare(tmp_path, "--valid-share", "1")
    speech(tmp_path / "in", {"a": 2, "b": 4, "c": 6}, use="eval")
    with pytest.raises(SystemExit, match="would now be of test"):
        prepare(tmp_path, "--valid-share", "0")
    assert len(list((tmp_path / "data").rglob("*.wav"))) == 6


def test_utterances_that_are_added_or_removed_are_noticed(tmp_path):
    speech(tmp_path / "in", {"a": 2, "b": 3})
    prepare(tmp_path)
    speech(tmp_path / "in", {"a": 2, "b": 4})
    with pytest.raises(SystemExit, match=r"b-001.wav: holds 1.0 s, but its utterances would now be 2.0 s"):
        prepare(tmp_path)
    speech(tmp_path / "in", {"a": 2, "b": 2})
    with pytest.raises(SystemExit, match="b-001.wav: would now be left out"):
        prepare(tmp_path)


def test_a_run_that_is_cut_off_lists_all_that_is_finished(tmp_path, monkeypatch):
    speech(tmp_path / "in", {"a": 2, "b": 12})
    data, write, listed = tmp_path / "data" / "speech", prepare_speech.write, []

    def cut_off(recording) -> None:
        listed.append(len(labelled_recordings.find(data)))
        if len(listed) == 4:
            raise KeyboardInterrupt
        write(recording)

    monkeypatch.setattr(prepare_speech, "write", cut_off)
    with pytest.raises(KeyboardInterrupt):
        prepare(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        listed[:] = [0, 0, 0]
        prepare(tmp_path)
    assert listed == [0, 0, 0, 3] and len(labelled_recordings.find(data)) == 3
    monkeypatch.setattr(prepare_speech, "write", write)
    assert len(prepare(tmp_path)) == 7 == len(labelled_recordings.find(data))


def test_rows_appear_as_recordings_are_finished(tmp_path, monkeypatch):
    speech(tmp_path / "in", {"a": 2, "b": 6})
    write, listed = prepare_speech.write, []

    def look(recording) -> None:
        listed.append(len(labelled_recordings.find(tmp_path / "data" / "speech")))
        write(recording)

    monkeypatch.setattr(prepare_speech, "write", look)
    prepare(tmp_path)
    assert listed == [0, 1, 2, 3]


def test_there_is_something_to_train_on_and_to_validate_with():
    def splits(minutes: dict[str, float], share: float) -> dict[str, str]:
        speakers = {name: [Utterance(Path(name), name, 60 * of, "", -20.0, name == "test")] for name, of in minutes.items()}
        return prepare_speech.splits_of(speakers, share, 12.0)

    assert splits({"a": 3, "b": 2, "test": 1}, 0.0) == {"a": "train", "b": "valid", "test": "test"}
    assert splits({"a": 3, "b": 2, "test": 1}, 1.0) == {"a": "train", "b": "valid", "test": "test"}
    assert splits({"a": 30, "b": 20}, 1.0) == {"a": "train", "b": SHARED}
    assert splits({"a": 3}, 1.0) == splits({"a": 30}, 0.05) == {"a": SHARED}
    assert splits({"test": 3}, 0.05) == {"test": "test"}


def test_an_only_speakers_last_recordings_validate(tmp_path):
    speech(tmp_path / "in", {"lj": 20})
    splits = prepare(tmp_path, "--valid-share", "0.2")
    assert [split for _, split in sorted(splits.items())] == ["train"] * 8 + ["valid"] * 2
    speech(tmp_path / "in", {"lj": 1})
    with pytest.raises(SystemExit, match="lj has but one recording"):
        prepare(tmp_path, "--name", "short")


def test_without_utterances_there_is_nothing_to_prepare(tmp_path):
    speech(tmp_path / "in", {})
    with pytest.raises(SystemExit, match="no utterances"):
        prepare(tmp_path)
