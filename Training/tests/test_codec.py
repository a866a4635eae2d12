"""The codec's transform, quantiser and training chain."""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from safetensors.torch import load_file

from audiolm_training import (
    export_codec,
    phase_integration,
    synthetic,
    tokenize_acoustic,
    train_adapters,
    train_codec,
    train_decoder,
    weight_file,
)
from audiolm_training.codec import Codec, CodecConfig, load_codec
from audiolm_training.codec_metrics import mel_distance
from audiolm_training.discriminator import Balancer, Discriminator
from audiolm_training.losses import SpectrumLoss
from audiolm_training.perceptual_losses import LOSSES
from audiolm_training.quantizer import ResidualVectorQuantizer
from audiolm_training.spectrum import Spectrum, levels, magnitudes
from audiolm_training.stage_settings import read_settings
from audiolm_training.token_data import save
from audiolm_training.train_stage import StageTraining

CONFIG = Path(__file__).parents[1] / "configs" / "debug.yaml"


def noise(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(3))


def tones(seconds: float = 1.0) -> torch.Tensor:
    """Three decaying tones. [1, samples]"""
    time = torch.arange(int(seconds * 24_000)) / 24_000
    sound = sum(torch.sin(2 * torch.pi * pitch * time) for pitch in (220, 440, 1250))
    return (0.2 * sound * torch.exp(-time))[None]


def tiny_codec() -> Codec:
    torch.manual_seed(0)
    codec = Codec(CodecConfig(latent_dim=8, encoder_dim=16, encoder_blocks=2, decoder_dim=16, decoder_blocks=2,
                              levels=3, codebook_size=16, beams=2))  # fmt: skip
    frames = codec.frames(noise(1, 480 * 60))
    codec.start_from_components(frames[0], torch.ones(codec.config.bins))
    codec.quantizer.initialise(codec.encoder(frames).flatten(0, 1).detach())
    return codec.eval()


def test_spectra_give_the_wave_back():
    spectrum, wave = Spectrum(1440, 240, 2048), noise(2, 4800)
    spectra = spectrum.analyse(wave)
    assert spectra.shape == (2, 20, 1025)
    again = spectrum.synthesise(spectra)
    assert again.shape == (2, 240 * 21 - 1440)
    assert torch.allclose(again, wave[:, : again.shape[1]], atol=1e-5)


def test_a_full_scale_sine_has_magnitude_one_and_levels_invert():
    wave = torch.sin(2 * torch.pi * 1500 * torch.arange(4800) / 24_000)[None]
    magnitude = Spectrum(1440, 240, 2048).analyse(wave).abs()[0, -1]
    assert magnitude.max() == pytest.approx(1, abs=1e-3) and magnitude.argmax() == 128
    assert torch.allclose(magnitudes(levels(magnitude)), magnitude.clamp_min(1e-5), rtol=1e-4)


def test_a_window_that_is_not_a_multiple_of_the_hop_is_refused():
    with pytest.raises(ValueError, match="multiple"):
        Spectrum(1000, 240, 2048)


def test_integrated_phases_fit_the_magnitudes():
    """The sound of a wave's magnitudes has those magnitudes, which that of random phases has not."""
    codec, wave = tiny_codec(), tones()
    frames = codec.frames(codec.padded(wave))
    distance = mel_distance(codec.sound(frames)[:, : wave.shape[1]], wave)
    shuffled = torch.polar(magnitudes(frames.unflatten(2, (2, -1)).flatten(1, 2)), noise(1, 106, 1025) * 6)
    random = mel_distance(codec.spectrum.synthesise(shuffled)[:, : wave.shape[1]], wave)
    assert distance < 0.4 * random


def test_phases_do_not_see_beyond_the_next_frame():
    found = levels(Spectrum(1440, 240, 2048).analyse(tones()).abs())[0].numpy()
    changed = found.copy()
    changed[52:] = 0
    whole, other = (phase_integration.integrate(x, 1440, 240, 2048) for x in (found, changed))
    assert np.array_equal(whole[:51], other[:51]) and not np.array_equal(whole[51], other[51])


def test_phases_gradients_follow_the_integration(monkeypatch):
    monkeypatch.setattr(phase_integration, "FADING", 1.0)
    torch.manual_seed(3)
    found, weights, direction = torch.randn(1, 9, 65), torch.randn(1, 8, 65), torch.randn(1, 9, 65)
    levels_in = found.clone().requires_grad_()
    (phase_integration.Phases.apply(levels_in, 96, 16, 128) * weights).sum().backward()

    def turns(step: float) -> torch.Tensor:
        # In the order of the unchanged levels, which a gradient takes as given.
        ranks = phase_integration._ranks(found[0].numpy())
        moved = (found + step * direction)[0].numpy()
        phases = phase_integration._integrate(moved, ranks, *phase_integration._steps(96, 16, 128), np.float32(1 / 8))[0]
        return torch.from_numpy(phases)

    change = turns(1e-3) - turns(-1e-3)
    change -= change.round()
    slope = (change * weights[0]).sum().item() / 2e-3
    assert slope == pytest.approx((levels_in.grad * direction).sum().item(), rel=1e-2)


def test_a_discriminator_learns_to_tell_noise_from_tones():
    torch.manual_seed(0)
    discriminator, real, made = Discriminator((256, 128), 4), tones()[:, :4800], 0.1 * noise(1, 4800)
    optimizer = torch.optim.Adam(discriminator.parameters(), 3e-3)
    before = discriminator.losses_of(made, real)
    for _ in range(20):
        optimizer.zero_grad()
        discriminator.loss(real, made).backward()
        optimizer.step()
    after = discriminator.losses_of(made, real)
    assert discriminator.loss(real, made) < 1  # guessing: 2
    assert after["adversarial"] > before["adversarial"]
    assert discriminator.losses_of(real, real)["features"] == 0 < after["features"]


def test_losses_are_balanced_by_their_gradients():
    output = torch.zeros(4, requires_grad=True)
    losses = {"first": output[0] * 2, "second": output[1] * 1000, "third": output[2] * 1e-3}
    gradient = Balancer().gradient(losses, output, "first", {"second": 0.5, "third": 3.0})
    assert torch.allclose(gradient, torch.tensor([2.0, 1.0, 6.0, 0.0]))


def test_components_alone_code_most_of_a_sound():
    torch.manual_seed(0)
    codec, wave = Codec(CodecConfig(encoder_blocks=1, decoder_blocks=1)), tones()
    frames = codec.frames(wave)
    codec.start_from_components(frames[0], torch.ones(codec.config.bins))
    again = codec.decoder.linear_path(codec.encoder.linear_path(frames) + codec.encoder.output.bias)
    again = again + codec.decoder.output.bias
    assert (again - frames).square().mean() < 1e-3 * frames.var()


def test_codes_do_not_see_the_future():
    codec, wave = tiny_codec(), noise(1, 4800)
    changed = wave.clone()
    changed[:, 2400:] = 0
    assert torch.equal(codec.encode(wave)[:, :5], codec.encode(changed)[:, :5])


def test_decoded_sound_does_not_see_later_codes():
    codec = tiny_codec()
    codes = codec.encode(noise(1, 4800))
    changed = codes.clone()
    changed[:, 6:] = 0
    decoded, other = codec.decode(codes), codec.decode(changed)
    assert decoded.shape == (1, 10 * 480 - 1440)
    kept = 6 * 480 - 1440 - 240  # the phases of a spectrum see the next one
    assert torch.equal(decoded[:, :kept], other[:, :kept]) and not torch.equal(decoded, other)


@pytest.mark.parametrize("levels", [1, 3])
def test_a_reconstruction_is_as_long_as_the_sound(levels):
    assert tiny_codec().reconstruct(noise(1, 1001), levels).shape == (1, 1001)


def test_more_beams_never_code_worse():
    torch.manual_seed(1)
    quantizer, latents = ResidualVectorQuantizer(4, 16, 6), noise(500, 6)
    left = quantizer.initialise(latents)
    assert left == sorted(left, reverse=True) and left[-1] < 0.5
    errors = [(latents - quantizer.decode(quantizer.encode(latents, beams))).square().mean() for beams in (1, 8)]
    assert errors[1] < errors[0]


def test_fewer_levels_are_searched_by_themselves():
    torch.manual_seed(1)
    quantizer, latents = ResidualVectorQuantizer(4, 16, 6), noise(500, 6)
    quantizer.initialise(latents)
    cut, searched = quantizer.encode(latents, 4)[:, :2], quantizer.encode(latents, 4, 2)
    assert searched.shape == cut.shape
    errors = [(latents - quantizer.decode(codes)).square().mean() for codes in (cut, searched)]
    assert errors[1] < errors[0]


def test_quantiser_dropout_uses_only_the_first_levels_and_passes_gradients():
    quantizer, latents = ResidualVectorQuantizer(3, 16, 6), noise(40, 6).requires_grad_()
    quantizer.initialise(latents.detach())
    quantizer.eval()
    levels = torch.tensor([1, 3]).repeat(20)
    quantised, commitment = quantizer(latents, levels)
    codes = quantizer.encode(latents.detach())
    assert torch.allclose(quantised[0], quantizer.decode(codes[0, :1]), atol=1e-5)
    assert torch.allclose(quantised[1], quantizer.decode(codes[1]), atol=1e-5)
    (quantised.sum() + 0 * commitment).backward()
    assert torch.equal(latents.grad, torch.ones_like(latents))


def test_dead_codes_are_revived():
    quantizer = ResidualVectorQuantizer(1, 8, 2).train()
    quantizer.codebooks[0] = torch.tensor([100.0, 100.0])
    quantizer.codebooks[0, 0] = 0
    for _ in range(400):
        quantizer(noise(64, 2), torch.ones(64, dtype=torch.long))
    choices = quantizer.encode(noise(64, 2))
    assert len(choices.unique()) == 8


def test_the_loss_is_none_for_equals_and_grows_with_distance():
    loss, target = SpectrumLoss(2048), levels(Spectrum(1440, 240, 2048).analyse(tones()).abs())
    assert all(value == 0 for value in loss(target, target).values())
    near, far = (sum(loss(target + by, target).values()) for by in (0.05, 0.2))
    assert 0 < near < far


def test_distances_of_a_copy_and_of_known_noise():
    wave = 0.1 * noise(1, 24_000)
    assert mel_distance(wave, wave) == 0
    assert mel_distance(wave * 10, wave) == pytest.approx(10, abs=0.01)  # 20 dB


def test_train_export_and_tokenize(tmp_path):
    synthetic.write(tmp_path / "data" / "piano")
    train = argparse.Namespace(config=CONFIG, runs=tmp_path, name="codec", minutes=None)
    train_codec.run(train)
    first = torch.load(tmp_path / "codec" / "checkpoint.pt", weights_only=True)
    assert first["quantised"] and first["step"] > 2

    train.minutes = first["elapsed"] / 60 + 0.02
    train_codec.run(train)
    second = torch.load(tmp_path / "codec" / "checkpoint.pt", weights_only=True)
    assert second["step"] > first["step"]

    decoder = argparse.Namespace(
        config=CONFIG, runs=tmp_path, codec="codec", bundle=None, name="codec-decoder", minutes=None)
    train_decoder.run(decoder)
    refined = torch.load(tmp_path / "codec-decoder" / "checkpoint.pt", weights_only=True)
    changed = {name.split(".")[0] for name, tensor in refined["codec"].items() if not torch.equal(tensor, second["codec"][name])}
    assert changed == {"decoder", "encoder"}

    decoder.minutes = refined["elapsed"] / 60 + 0.01
    train_decoder.run(decoder)
    further = torch.load(tmp_path / "codec-decoder" / "checkpoint.pt", weights_only=True)
    assert further["step"] > refined["step"] and further["discriminator"].keys() == refined["discriminator"].keys()

    folder = tmp_path / "bundle"
    export_codec.run(argparse.Namespace(runs=tmp_path, codec="codec", bundle=folder))
    names = set(weight_file.read(folder / "codec.safetensors"))
    assert names == set(load_codec(tmp_path / "codec" / "checkpoint.pt").state_dict())
    exported = train_decoder.weights_of_bundle(folder)
    for name, tensor in load_codec(tmp_path / "codec" / "checkpoint.pt").state_dict().items():
        assert (exported[name] - tensor).abs().max() <= tensor.abs().max() / 250, name  # they are stored as int8
    golden = load_file(folder / "golden.safetensors")
    assert golden["codec.codes"].shape == (53, 12)  # a second, and the silence after it

    tokenize_acoustic.run(
        argparse.Namespace(runs=tmp_path, bundle=folder, data="piano", order=0, limit=1, splits=["test", "train"],
                           command=None, copies=1, cents=0)
    )
    copies = {path.stem for path in (tmp_path / "tokens" / "piano" / "acoustic" / "train").glob("*.npy")}
    assert len(copies) == 2 and any(name.endswith("+1") for name in copies)
    codes = np.load(tmp_path / "tokens" / "piano" / "acoustic" / "test" / "test0.npy")
    assert codes.shape == (600, 12) and codes.dtype == np.uint16

    for split in ("train", "valid"):  # the stages that learn them are of the same sizes
        for path in (tmp_path / "tokens" / "piano" / "acoustic" / "test").glob("*.npy"):
            save(tmp_path / "tokens" / "piano" / "acoustic" / split / path.name, np.load(path))
            save(tmp_path / "tokens" / "piano" / "semantic" / split / path.name, np.zeros(300, np.uint16))
    for stage in ("coarse_stage", "fine_stage"):
        training = StageTraining(replace(read_settings(CONFIG, stage), steps=1), tmp_path, "cpu", minutes=1)
        training.run()
        assert training.step == 1


def test_adapters_change_codes_of_few_levels_alone(tmp_path):
    synthetic.write(tmp_path / "data" / "piano")
    folder = tmp_path / "bundle"
    plain = Codec(CodecConfig(**yaml.safe_load(CONFIG.read_text())["codec"]["model"])).eval()
    sound = plain.frames(noise(1, 25 * 24_000))
    plain.start_from_components(sound[0], torch.ones(plain.config.bins))
    plain.quantizer.initialise(plain.encoder(sound)[0].detach())
    export_codec.export(plain, folder)

    train_adapters.run(argparse.Namespace(config=CONFIG, runs=tmp_path, bundle=folder, name="adapters", minutes=None))
    export_codec.run(argparse.Namespace(runs=tmp_path, codec="adapters", bundle=tmp_path / "adapted"))
    plain, adapted = (export_codec.load_bundle(tmp_path / name) for name in ("bundle", "adapted"))
    assert adapted.config.adapted_levels == 2
    start = train_decoder.weights_of_bundle(tmp_path / "adapted")
    assert start.keys() == plain.state_dict().keys()
    stored = adapted.state_dict()
    assert all(torch.equal(tensor, stored[name]) for name, tensor in plain.state_dict().items())
    assert any(tensor.abs().max() > 0 for name, tensor in stored.items() if name.endswith("up.weight"))
    wave = noise(1, 24_000)
    for levels, same in ((4, True), (3, True), (2, False), (1, False)):
        assert torch.equal(plain.latents(plain.frames(wave), levels), adapted.latents(adapted.frames(wave), levels)) == same
        codes = plain.encode(wave, levels)
        assert torch.equal(plain.decode(codes), adapted.decode(codes)) == same
    golden = load_file(tmp_path / "adapted" / "golden.safetensors")
    assert golden["codec.few_codes"].shape == (53, 2)


@pytest.mark.parametrize("name", list(LOSSES))
def test_perceptual_losses_grow_with_the_damage(name: str):
    loss = LOSSES[name]()
    # Syllables: noise whose bands swell and fade.
    time = torch.arange(24_000) / 24_000
    sound = 0.05 * noise(2, 24_000) * (1.01 + torch.sin(2 * torch.pi * 4 * time)) + tones()
    damage = torch.randn(2, 24_000, generator=torch.Generator().manual_seed(9))
    values = [loss(sound + level * damage, sound).item() for level in (0, 0.01, 0.05, 0.2)]
    assert abs(values[0]) < 0.01
    assert values == sorted(values) and values[3] > 3 * values[1]
    output = (sound + 0.05 * damage).requires_grad_()
    loss(output, sound).backward()
    assert output.grad.isfinite().all() and output.grad.abs().sum() > 0


def test_intelligibility_is_near_the_standard_measure():
    stoi = pytest.importorskip("pystoi").stoi
    time = torch.arange(48_000) / 24_000
    sound = 0.1 * noise(1, 48_000) * (1.01 + torch.sin(2 * torch.pi * 3 * time))
    damage = torch.randn(1, 48_000, generator=torch.Generator().manual_seed(9))
    for level in (0.03, 0.1, 0.3):
        output = sound + level * damage
        measured = stoi(sound[0].numpy(), output[0].numpy(), 24_000)
        assert abs(1 - LOSSES["intelligibility"]()(output, sound).item() - measured) < 0.03


def test_tokens_of_pieces_equal_tokens_of_the_whole():
    codec = tiny_codec()
    samples = (noise(480 * 120) * 3000).short().numpy()
    whole = codec.encode(torch.from_numpy(samples.astype(np.float32) / 32768)[None])[0].numpy()
    pieces = tokenize_acoustic.tokenize(codec, samples, seconds=1)
    assert (whole == pieces).mean() > 0.99  # float rounding may move a frame that lies between two codes
