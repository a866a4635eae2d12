import numpy as np
import pytest

from audiolm_training import tables
from audiolm_training.phone_alignment import PHONES
from audiolm_training.phone_plausibility import PhoneModel, heard_phones, plausibility
from audiolm_training.semantic_tokenizer import SemanticTokenizer, TokenizerConfiguration
from audiolm_training.token_statistics import without_repeats


def test_what_was_often_said_costs_less():
    rng = np.random.default_rng(0)
    said = [np.resize([1, 2, 3, 4, 5], 200), rng.integers(0, len(PHONES), 400)]
    model = PhoneModel(said)
    known, unknown = (model.bits(np.resize(phones, 60)).mean() for phones in ([1, 2, 3, 4, 5], [5, 3, 1, 4, 2]))
    assert known < 0.5 < 3 < unknown
    for past in ([], [1], [1, 2, 3], [39, 0, 7]):
        assert model._chances(past).sum() == pytest.approx(1)
    with pytest.raises(ValueError, match="no recording has phones"):
        PhoneModel([])


def test_phones_are_heard_by_the_tokenizers_logits():
    sizes = TokenizerConfiguration(
        width=8, heads=2, kernel=3, expansion=2, blocks=1, summary_width=4 + len(PHONES), clusters=4)
    tokenizer = SemanticTokenizer(sizes).eval()
    tokenizer.summary.weight.data.zero_()
    tokenizer.summary.bias.data.zero_()
    tokenizer.summary.bias.data[4 + 7] = 1
    assert heard_phones(tokenizer, np.zeros(4000, np.float32)).tolist() == [7]
    found = plausibility(PhoneModel([np.array([7, 8, 7])]), tokenizer, [np.zeros(48_000, np.float32)], 24_000)
    assert found == {"bits_of_a_phone": 0.0, "bits_in_any_order": 0.0, "phones_a_second": 0.5}
    with pytest.raises(ValueError, match="no phone head"):
        heard_phones(SemanticTokenizer(TokenizerConfiguration(8, 2, 3, 2, 1, 4, 4)), np.zeros(4000, np.float32))


def test_repeats_are_left_out():
    assert without_repeats(np.array([3, 3, 1, 1, 3])).tolist() == [3, 1, 3]
    assert len(without_repeats(np.zeros(0, int))) == 0


def test_the_table_has_phones_where_they_were_heard():
    judged = {"prompts": 2, "seconds_right": 0.5, "prompts_right": 1.0}
    heard = {"bits_of_a_phone": 5.5, "bits_in_any_order": 7.75, "phones_a_second": 10.0}
    assert tables.voices_rows({"truth": judged}).splitlines()[2] == "| truth | 2 | 50% | 100% |"
    rows = tables.voices_rows({"truth": judged | heard}).splitlines()
    assert "in any order" in rows[0] and rows[2] == "| truth | 2 | 50% | 100% | 5.50 (7.75) | 10.0 |"
