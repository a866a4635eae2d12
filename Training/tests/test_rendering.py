"""Notes, sampled pianos, rooms, splits, and the step that joins them."""

import argparse
import csv
import json
import shutil

import mido
import numpy as np
import pytest
import soundfile

from audiolm_training import midi, labelled_recordings, recordings, render, room, splits
from audiolm_training.sampler import SAMPLE_RATE, SampledPiano


def write_midi(path, messages):
    file = mido.MidiFile(ticks_per_beat=500)  # at the default tempo a tick is a millisecond
    track = mido.MidiTrack()
    file.tracks.append(track)
    for kind, delay, *values in messages:
        if kind == "pedal":
            track.append(mido.Message("control_change", control=64, value=values[0], time=delay))
        else:
            track.append(mido.Message(kind, note=values[0], velocity=64, time=delay))
    path.parent.mkdir(parents=True, exist_ok=True)
    file.save(path)


@pytest.fixture
def piano(tmp_path):
    """One string, A4, which rings for 2 s."""
    folder = tmp_path / "data" / "instruments" / "one-string"
    folder.mkdir(parents=True)
    time = np.arange(2 * 32_000) / 32_000
    soundfile.write(folder / "a.wav", 0.5 * np.sin(2 * np.pi * 440 * time) * np.exp(-time), 32_000)
    region = {"sample": "a.wav", "key": 69, "lokey": 0, "hikey": 127, "lovel": 1, "hivel": 127, "volume_db": 0,
              "release": 0.2, "kind": "note"}  # fmt: skip
    (folder / "piano.json").write_text(json.dumps({"amp_veltrack": 100, "regions": [region]}))
    return folder


def test_the_pedal_holds_a_note_until_it_is_released_or_struck_again(tmp_path):
    write_midi(tmp_path / "a.mid", [
        ("note_on", 0, 60), ("note_off", 500, 60),
        ("pedal", 0, 127), ("note_on", 500, 62), ("note_off", 100, 62), ("note_on", 400, 62), ("note_off", 100, 62),
        ("pedal", 400, 0),
    ])  # fmt: skip
    notes = [(round(n.onset, 3), round(n.release, 3), n.key) for n in midi.read_notes(tmp_path / "a.mid")]
    assert notes == [(0, 0.5, 60), (1, 1.5, 62), (1.5, 2.0, 62)]


def test_transposed_notes_stay_on_the_keyboard():
    notes = [midi.Note(1, 2, 107, 64), midi.Note(1, 2, 60, 64)]
    assert midi.transform(notes, 3, 2.0) == [midi.Note(0.5, 1.0, 63, 64)]


def test_an_excerpt_keeps_what_sets_in_within_it():
    notes = [midi.Note(0, 9, 60, 64), midi.Note(2, 3, 61, 64), midi.Note(4, 9, 62, 64), midi.Note(5, 6, 63, 64)]
    assert midi.excerpt(notes, 2, 3) == [midi.Note(0, 1, 61, 64), midi.Note(2, 3, 62, 64)]


@pytest.mark.parametrize("key", [57, 69, 70])
def test_a_string_sounds_at_its_keys_pitch_and_stops_after_its_release(piano, key):
    sound = SampledPiano(piano).play([midi.Note(0.5, 1.0, key, 127)])
    assert np.abs(sound[: SAMPLE_RATE // 2 - 10]).max() == 0
    held = sound[SAMPLE_RATE // 2 : SAMPLE_RATE]
    spectrum = np.abs(np.fft.rfft(held * np.hanning(len(held)), 8 * len(held)))
    pitch = spectrum.argmax() * SAMPLE_RATE / (8 * len(held))
    assert 1200 * abs(np.log2(pitch / (440 * 2 ** ((key - 69) / 12)))) < 10  # cents
    assert np.abs(sound[int(1.21 * SAMPLE_RATE) :]).max() == 0


def test_a_recording_has_a_level_and_does_not_clip():
    rng = np.random.default_rng(0)
    for _ in range(5):
        sound = room.record(rng.standard_normal(SAMPLE_RATE).astype(np.float32) * 10, rng)
        assert sound.shape == (SAMPLE_RATE,) and np.abs(sound).max() <= 0.901
        assert -40 < 20 * np.log10(sound.std()) < -10


def piece(path, composer, performer, work, seconds=300):
    return splits.Piece(path, seconds, composer, performer, frozenset(work))


def test_splits_share_neither_performer_nor_work():
    pieces = [piece(f"{i}", f"composer {i % 7}", f"performer {i % 40}", [f"opus {i % 30}"]) for i in range(300)]
    assignment = splits.assign(pieces)
    sides = {name: [p for p in pieces if assignment.get(p.path) == name] for name in ("train", "valid", "test")}
    assert all(sides.values())
    held_out = sides["valid"] + sides["test"]
    assert not {p.performer for p in sides["train"]} & {p.performer for p in held_out}
    assert not any(a.same_work(b) for a in sides["train"] for b in held_out)


def test_bach_never_trains():
    pieces = [piece(f"{i}", "bach" if i == 0 else "liszt", f"performer {i}", [f"opus {i}"]) for i in range(40)]
    assert splits.assign(pieces)["0"] == "test"


def test_titles_give_performer_and_work(tmp_path):
    manifest = tmp_path / "manifest.csv"
    manifest.write_text(
        "path,seconds,composer,title\n"
        'a.mid,10,"Chopin, Frédéric","Chopin/Carreño - Ballade g-moll, op. 23"\n'
        "b.mid,10,,Haydn_Keyboard_Sonata_in_C_minor_Hob_XVI_20_hwOlGL5GJFU_cut_mov_1\n"
    )
    first, second = splits.read_pieces(manifest)
    assert (first.composer, first.performer, first.work) == ("chopin", "carreño", frozenset(["opus 23"]))
    assert (second.composer, second.performer) == ("haydn", "hwOlGL5GJFU")


def test_render_writes_sound_notes_and_manifest(tmp_path, piano):
    data = piano.parents[1]
    rows = ["path,seconds,composer,title"]
    for number in range(3):
        write_midi(data / f"{number}.mid", [("note_on", 0, 69), ("note_off", 1000, 69)])
        rows.append(f"{number}.mid,1,Bach,Bach/Player {number} - Fugue no {number}")
    (data / "midi_manifest.csv").write_text("\n".join(rows) + "\n")
    render.run(argparse.Namespace(data=data, runs=tmp_path, passes=1, processes=1, limit=2, again=0, excerpt=None))
    with open(tmp_path / "data" / "piano" / "manifest.csv") as file:
        written = list(csv.DictReader(file))
    assert len(written) == 2 and {row["split"] for row in written} == {"test"}
    # A run that was cut off between a sound and its row.
    manifest = tmp_path / "data" / "piano" / "manifest.csv"
    manifest.write_text("\n".join(manifest.read_text().splitlines()[:2]) + "\n")
    render.run(argparse.Namespace(data=data, runs=tmp_path, passes=1, processes=1, limit=2, again=0, excerpt=None))
    with open(manifest) as file:
        assert list(csv.DictReader(file)) == written
    wav = tmp_path / "data" / "piano" / "test" / f"{written[0]['id']}.wav"
    assert soundfile.info(wav).samplerate == SAMPLE_RATE
    assert np.load(wav.with_suffix(".notes.npy")).shape == (1, 4)


def test_second_renderings_are_of_the_same_notes_on_another_piano(tmp_path, piano):
    data = piano.parents[1]
    shutil.copytree(piano, piano.with_name("other-string"))
    rows = ["path,seconds,composer,title"]
    for number in range(40):
        write_midi(data / f"{number}.mid", [("note_on", 0, 69), ("note_off", 200 + 10 * number, 69)])
        rows.append(f"{number}.mid,3000,Liszt,Liszt/Player {number} - op. {number}")
    (data / "midi_manifest.csv").write_text("\n".join(rows) + "\n")
    arguments = argparse.Namespace(data=data, runs=tmp_path, passes=2, processes=1, limit=3, again=2, excerpt=None)
    render.run(arguments)
    out = tmp_path / "data" / "piano"
    with open(out / "manifest.csv") as file:
        rows = {(row["split"], row["id"]): row for row in csv.DictReader(file)}
    again = [row for (split, _), row in rows.items() if split == "again"]
    assert len(again) == 2 and len(labelled_recordings.find(out, ("train", "again"))) == 8
    for row in again:
        first = rows["train", row["id"]]
        assert first["instrument"] != row["instrument"]
        assert (first["transpose"], first["tempo"]) == (row["transpose"], row["tempo"])
        notes = [np.load(out / split / f"{row['id']}.notes.npy") for split in ("train", "again")]
        assert (notes[0] == notes[1]).all()
    render.run(arguments)
    with open(out / "manifest.csv") as file:
        assert len(list(csv.DictReader(file))) == len(rows)
    with pytest.raises(SystemExit, match="--excerpt"):
        render.run(argparse.Namespace(**vars(arguments) | {"excerpt": 5.0}))


def test_recordings_of_any_rate_are_prepared_by_group(tmp_path):
    source = tmp_path / "source" / "speaker"
    source.mkdir(parents=True)
    tone = np.sin(2 * np.pi * 440 * np.arange(44_100) / 44_100) * 0.5
    soundfile.write(source / "one.flac", np.stack([tone, tone], 1), 44_100)
    arguments = argparse.Namespace(
        recordings=tmp_path / "source", name="mine", manifest=None, valid_share=0.0, runs=tmp_path)
    with pytest.raises(SystemExit, match="at least two"):
        recordings.run(arguments)
    soundfile.write(source / "two.wav", tone, 44_100)
    recordings.run(arguments)
    found, other = labelled_recordings.find(tmp_path / "data" / "mine")
    assert {found.split, other.split} == {"train", "valid"}
    assert not labelled_recordings.find(tmp_path / "data" / "mine", labelled=".notes.npy")
    sound, rate = soundfile.read(found.wav)
    assert rate == 24_000 and abs(len(sound) - 24_000) <= 1
    soundfile.write(source / "one.wav", tone, 44_100)
    with pytest.raises(SystemExit, match="rename"):
        recordings.run(arguments)


def test_one_group_at_least_validates_and_none_is_on_both_sides(tmp_path):
    groups = {f"speaker {number}" for number in range(5)}
    assert list(recordings.splits_of(groups, 0.0, {}).values()).count("valid") == 1
    assert list(recordings.splits_of(groups, 1.0, {}).values()).count("train") == 1
    assert recordings.splits_of(groups, 0.0, {}) == recordings.splits_of(set(sorted(groups)), 0.0, {})
    (tmp_path / "source").mkdir()
    for name in "ab":
        soundfile.write(tmp_path / "source" / f"{name}.wav", np.zeros(24_000), 24_000)
    manifest = tmp_path / "manifest.tsv"
    manifest.write_text("path\tspeaker\tuse\na.wav\tann\teval\nb.wav\tann\ttrain\n")
    with pytest.raises(SystemExit, match="ann"):
        recordings.run(argparse.Namespace(
            recordings=tmp_path / "source", name="mine", manifest=manifest, valid_share=0.5, runs=tmp_path))


def test_groups_are_the_folders_below_what_all_share():
    assert recordings.groups_of(["ann/wav/1.wav", "ann/wav/2.wav", "bob/3.wav"]) == {
        "ann/wav/1.wav": "ann", "ann/wav/2.wav": "ann", "bob/3.wav": "bob"}
    assert recordings.groups_of(["all/ann/1.wav", "all/bob/2.wav", "all/3.wav"]) == {
        "all/ann/1.wav": "ann", "all/bob/2.wav": "bob", "all/3.wav": "3.wav"}


def test_what_was_prepared_keeps_its_split(tmp_path):
    def prepare(names: str) -> dict[str, str]:
        for name in names:
            (tmp_path / "source" / name).mkdir(parents=True, exist_ok=True)
            soundfile.write(tmp_path / "source" / name / "a.wav", np.zeros(2400), 24_000)
        recordings.run(argparse.Namespace(
            recordings=tmp_path / "source", name="mine", manifest=None, valid_share=0.0, runs=tmp_path))
        with open(tmp_path / "data" / "mine" / "manifest.csv") as file:
            return {row["piece"]: row["split"] for row in csv.DictReader(file)}

    few = prepare("xyz")
    many = prepare("abcdefghijklmnopqrstuvw")
    assert few.items() <= many.items()
    (tmp_path / "data" / "mine" / "manifest.csv").unlink()
    with pytest.raises(SystemExit, match="--name"):
        prepare("")


def test_channels_that_cancel_each_other_out_are_heard(tmp_path):
    tone = 0.5 * np.sin(np.arange(24_000) * 0.1)
    soundfile.write(tmp_path / "a.wav", np.stack([tone, -0.9 * tone], 1), 24_000)
    assert np.abs(recordings.read_mono(tmp_path / "a.wav") - tone).max() < 1e-3


def test_a_manifest_of_other_recordings_is_refused(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.zeros(2400), 24_000)
    manifest = tmp_path / "manifest.tsv"
    manifest.write_text("path\tspeaker\tuse\nb.wav\tann\ttrain\n")
    with pytest.raises(SystemExit, match="none of the recordings"):
        recordings.run(argparse.Namespace(
            recordings=tmp_path, name="mine", manifest=manifest, valid_share=0.5, runs=tmp_path))
