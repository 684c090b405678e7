// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "types/evaluation.hpp"
#include "types/interval.hpp"

namespace kvloupe {

/// A token that a model expects, and how much.
struct LikelyToken {
  std::int32_t id = 0;
  float probability = 0;
};

/// One token of a passage, and what the uncompressed and the compressed model expected in its
/// place. A token that is not scored (the first of a window) has none of it.
struct PassageToken {
  std::int32_t id = 0;
  bool scored = false;
  bool recalled = false;           // what stood before decides it, as the text's own list says
  float baselineNll = 0, nll = 0;  // nats; exp(-nll) is the token's probability
  float kl = 0;                    // KL(p_0 || p_c) over the vocabulary, nats
  bool sameTop1 = true;
  std::vector<LikelyToken> baselineLikeliest = {}, likeliest = {};  // at most 5, likeliest first
};

/// KL(p_0 || p_c) of the attention of one layer: mean over the rows that have a choice, all but
/// the first.
struct LayerAttention {
  std::vector<double> heads;  // nats, by query head
  double mean = 0;            // over heads
  // Of the mean, 95 %, the rows taken as independent; absent under 3 of them.
  std::optional<Interval> interval = {};
};

/// Attention weights of one query head before and after. Matrices are [tokens, tokens], row by
/// row: row i is the token that looks, its weights on tokens 0..i sum to 1, all others are 0.
struct HeadAttention {
  int layer = 0;
  int head = 0;    // query head
  int kvHead = 0;  // that it reads; in MLA its own
  std::vector<float> baseline = {}, compressed = {};
  std::vector<double> rowKl = {};  // nats
};

/// Mean dNLL over one kind of token of the whole evaluation text.
struct TokenKindFigure {
  std::int64_t tokens = 0;                // scored
  double deltaNll = 0;                    // nats a token
  std::optional<Interval> interval = {};  // blocks are whole windows; absent under 3 of them
};

/// The tokens that what stood before decides, and all others.
struct RecallFigures {
  TokenKindFigure recalled, others;
};

/// A window of the evaluation text, or a sentence of the person's own, looked at closely.
struct Passage {
  EvaluationSetting setting;
  std::string specText;  // what is compressed; empty: nothing
  std::string sentence;  // the text, where it is not a window
  int window = 0;        // of the evaluation text, in the order of the text
  int windows = 0;       // that the text has
  std::vector<PassageToken> tokens;
  std::map<std::int32_t, std::string> texts;  // of every id above, to be shown
  std::vector<LayerAttention> layers;         // empty unless attention was asked for
  std::optional<HeadAttention> attention;     // likewise
  // Of the whole text under the same plan; absent where that was not measured, or where the text
  // has no list of recalled words.
  std::optional<RecallFigures> recall;
};

}  // namespace kvloupe
