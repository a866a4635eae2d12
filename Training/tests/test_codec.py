"""The codec's transform, quantiser and training chain."""

import argparse
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from audiolm_training import export_codec, synthetic, tokenize_acoustic, train_codec, weight_file
from audiolm_training.codec import Codec, CodecConfig, load_codec
from audiolm_training.codec_metrics import mel_distance, si_sdr
from audiolm_training.losses import balanced_gradient
from audiolm_training.mdct import MDCT
from audiolm_training.quantizer import ResidualVectorQuantizer

CONFIG = Path(__file__).parents[1] / "configs" / "debug.yaml"


def noise(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(3))


def tiny_codec() -> Codec:
    torch.manual_seed(0)
    codec = Codec(CodecConfig(latent_dim=8, encoder_dim=16, encoder_blocks=2, decoder_dim=16, decoder_blocks=2,
                              levels=3, codebook_size=16, beams=2))  # fmt: skip
    codec.quantizer.initialise(codec.latents(noise(1, 480 * 60)).flatten(0, 1).detach())
    return codec.eval()


def test_the_mdct_reconstructs_perfectly_and_keeps_energy():
    mdct, wave = MDCT(480), noise(2, 4800)
    cosine, _ = mdct.analyse(wave)
    assert cosine.shape == (2, 10, 480)
    assert torch.allclose(mdct.synthesise(cosine), wave[:, :-480], atol=1e-5)
    padded = torch.nn.functional.pad(wave, (0, 480))
    assert torch.isclose(mdct.analyse(padded)[0].square().sum(), wave.square().sum(), rtol=1e-5)


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
    assert torch.equal(codec.decode(codes)[:, : 5 * 480], codec.decode(changed)[:, : 5 * 480])
    assert not torch.equal(codec.decode(codes), codec.decode(changed))


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


def test_balanced_losses_have_their_shares_whatever_their_scale():
    output = torch.ones(4, requires_grad=True)
    small, large = 1e-3 * output[0], 1e3 * output[1]
    gradient = balanced_gradient(output, {"a": small, "b": large}, {"a": 0.75, "b": 0.25})
    assert torch.allclose(gradient, torch.tensor([0.75, 0.25, 0, 0]))


def test_distances_of_a_copy_and_of_known_noise():
    wave = 0.1 * noise(1, 24_000)
    assert mel_distance(wave, wave) == 0
    assert mel_distance(wave * 10, wave) == pytest.approx(10, abs=0.01)  # 20 dB
    assert si_sdr(wave + 0.01 * torch.randn_like(wave), wave) == pytest.approx(20, abs=0.3)


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

    folder = tmp_path / "bundle"
    export_codec.run(argparse.Namespace(runs=tmp_path, codec="codec", bundle=folder))
    names = set(weight_file.read(folder / "codec.safetensors"))
    assert names == set(load_codec(tmp_path / "codec" / "checkpoint.pt").state_dict())
    golden = load_file(folder / "golden.safetensors")
    assert golden["codec.codes"].shape == (50, 4)

    tokenize_acoustic.run(
        argparse.Namespace(runs=tmp_path, bundle=folder, data="piano", order=0, splits=["test"])
    )
    codes = np.load(tmp_path / "tokens" / "piano" / "acoustic" / "test" / "test0.npy")
    assert codes.shape == (600, 4) and codes.dtype == np.uint16


def test_tokens_of_pieces_equal_tokens_of_the_whole():
    codec = tiny_codec()
    samples = (noise(480 * 120) * 3000).short().numpy()
    whole = codec.encode(torch.from_numpy(samples.astype(np.float32) / 32768)[None])[0].numpy()
    pieces = tokenize_acoustic.tokenize(codec, samples, seconds=1)
    assert (whole == pieces).mean() > 0.99  # float rounding may move a frame that lies between two codes
