// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "io/run_store/fields.hpp"
#include "io/run_store/records.hpp"

namespace kvloupe::hdf5 {
namespace {

constexpr std::int64_t kNoToken = -1;   // fills a row of fewer likely tokens
constexpr float kRounding = 1e-4F;      // that a probability may exceed 1 by
constexpr std::size_t kMostLikely = 5;  // of a scored token, on each side

constexpr std::tuple kLayerFields{Field{"kl", "nats", &LayerAttention::mean},
                                  Field{"kl", "nats", &LayerAttention::interval},
                                  Field{"kl_heads", "nats", &LayerAttention::heads, "head"}};

template <typename T, typename Get>
std::vector<T> eachOf(const std::vector<PassageToken>& tokens, Get get) {
  std::vector<T> values;
  for (const PassageToken& token : tokens) values.push_back(T(get(token)));
  return values;
}

std::vector<PassageToken> scoredOf(const Passage& passage) {
  std::vector<PassageToken> scored;
  for (const PassageToken& token : passage.tokens)
    if (token.scored) scored.push_back(token);
  return scored;
}

using Likeliest = std::vector<LikelyToken> PassageToken::*;

void writeLikeliest(const GroupWriter& group, const std::string& prefix,
                    const std::vector<PassageToken>& scored, Likeliest side) {
  std::size_t most = 0;
  for (const PassageToken& token : scored) most = std::max(most, (token.*side).size());
  std::vector<std::int64_t> ids;
  std::vector<float> probabilities;
  for (const PassageToken& token : scored) {
    for (const LikelyToken& likely : token.*side) {
      ids.push_back(likely.id);
      probabilities.push_back(likely.probability);
    }
    const std::size_t lacking = most - (token.*side).size();
    ids.insert(ids.end(), lacking, kNoToken);
    probabilities.insert(probabilities.end(), lacking, 0);
  }
  const std::vector<hsize_t> dims = {scored.size(), most};
  group.array<std::int64_t>(prefix + "likeliest", ids, dims, {"1", {"scored", "candidate"}});
  group.array<float>(prefix + "likeliest_probability", probabilities, dims,
                     {"1", {"scored", "candidate"}});
}

void writeKind(const GroupWriter& group, const TokenKindFigure& figure) {
  group.integer("tokens", figure.tokens);
  group.real("delta_nll", figure.deltaNll);
  group.interval("delta_nll_ci95", figure.interval);
}

TokenKindFigure readKind(const GroupReader& group) {
  return {.tokens = group.count("tokens"),
          .deltaNll = group.real("delta_nll"),
          .interval = group.maybeInterval("delta_nll_ci95")};
}

void writeAttention(const GroupWriter& group, const Passage& passage) {
  const HeadAttention& head = *passage.attention;
  const std::size_t tokens = passage.tokens.size();
  const Axes axes{"1", {"token", "key"}};
  group.integer("layer", head.layer);
  group.integer("head", head.head);
  group.integer("kv_head", head.kvHead);
  group.array<float>("baseline", head.baseline, {tokens, tokens}, axes);
  group.array<float>("compressed", head.compressed, {tokens, tokens}, axes);
  group.array<double>("row_kl", head.rowKl, {tokens}, {"nats", {"token"}});
  writeEntries(group.group("layers"), "layer", passage.layers, kLayerFields);
}

/// Reads a passage out of a group, and refuses what could not have been measured.
class PassageReader {
 public:
  PassageReader(const GroupReader& group, const ModelInfo& model) : group_(group), model_(model) {}

  Passage read() {
    passage_.setting = readSetting(group_);
    passage_.specText = group_.text("spec");
    passage_.sentence = group_.text("sentence");
    passage_.window = group_.intCount("window");
    passage_.windows = group_.intCount("windows");
    if (passage_.sentence.empty() && passage_.window >= passage_.windows)
      group_.refuse("window", "the text has no such window",
                    fmt::format("under {}", passage_.windows), fmt::format("{}", passage_.window));
    readTokens();
    readWords();
    if (group_.has("attention")) readAttention(group_.group("attention"));
    if (group_.has("recall")) {
      const GroupReader recall = group_.group("recall");
      passage_.recall = RecallFigures{.recalled = readKind(recall.group("recalled")),
                                      .others = readKind(recall.group("others"))};
    }
    return std::move(passage_);
  }

 private:
  std::int32_t id(const std::string& name, std::int64_t value) const {
    if (value < 0 || value >= model_.vocabSize)
      group_.refuse(name, "the model has no such token",
                    fmt::format("0 to {}", model_.vocabSize - 1), fmt::format("{}", value));
    return static_cast<std::int32_t>(value);
  }

  template <typename T>
  static void checkFinite(const GroupReader& group, const std::string& name,
                          const std::vector<T>& values) {
    for (const T value : values)
      if (!std::isfinite(value))
        group.refuse(name, "a figure is no number", "finite numbers", fmt::format("{}", value));
  }

  static void checkProbabilities(const GroupReader& group, const std::string& name,
                                 const std::vector<float>& values) {
    for (const float value : values)
      if (!(value >= 0 && value <= 1 + kRounding))
        group.refuse(name, "no probability", "0 to 1", fmt::format("{}", value));
  }

  std::vector<std::uint8_t> flags(const std::string& name, std::size_t count) const {
    std::vector<std::uint8_t> values = group_.array<std::uint8_t>(name, {count}).values;
    for (const std::uint8_t value : values)
      if (value > 1) group_.refuse(name, "not a flag", "0 or 1", fmt::format("{}", value));
    return values;
  }

  void readTokens() {
    const std::vector<std::int64_t> ids = group_.array<std::int64_t>("token", {kAny}).values;
    const std::size_t count = ids.size();
    if (count > static_cast<std::size_t>(passage_.setting.context))
      group_.refuse("token", "more tokens than a window has",
                    fmt::format("at most {}", passage_.setting.context), fmt::format("{}", count));
    const std::vector<std::uint8_t> scored = flags("scored", count);
    const std::vector<std::uint8_t> recalled = flags("recalled", count);
    for (std::size_t i = 0; i < count; ++i) {
      PassageToken token;
      token.id = id("token", ids[i]);
      token.scored = scored[i] != 0;
      token.recalled = recalled[i] != 0;
      passage_.tokens.push_back(std::move(token));
    }
    for (PassageToken& token : passage_.tokens)
      if (token.scored) scored_.push_back(&token);
    readFigures("baseline_nll", &PassageToken::baselineNll);
    readFigures("nll", &PassageToken::nll);
    readFigures("kl", &PassageToken::kl);
    const std::vector<std::uint8_t> same = flags("same_top1", scored_.size());
    for (std::size_t i = 0; i < same.size(); ++i) scored_[i]->sameTop1 = same[i] != 0;
    readLikeliest("baseline_", &PassageToken::baselineLikeliest);
    readLikeliest("", &PassageToken::likeliest);
  }

  void readFigures(const std::string& name, float PassageToken::*member) {
    const std::vector<float> values = group_.array<float>(name, {scored_.size()}).values;
    checkFinite(group_, name, values);
    for (std::size_t i = 0; i < values.size(); ++i) scored_[i]->*member = values[i];
  }

  void readLikeliest(const std::string& prefix, Likeliest side) {
    const std::string name = prefix + "likeliest";
    const auto ids = group_.array<std::int64_t>(name, {scored_.size(), kAny});
    const auto most = static_cast<std::size_t>(ids.dims[1]);
    if (most > kMostLikely)
      group_.refuse(name, "more likely tokens than are kept",
                    fmt::format("at most {}", kMostLikely), fmt::format("{}", most));
    const std::vector<float> probabilities =
        group_.array<float>(name + "_probability", ids.dims).values;
    checkProbabilities(group_, name + "_probability", probabilities);
    for (std::size_t i = 0; i < scored_.size(); ++i)
      for (std::size_t c = i * most; c < (i + 1) * most && ids.values[c] != kNoToken; ++c)
        (scored_[i]->*side).push_back({id(name, ids.values[c]), probabilities[c]});
  }

  void readWords() {
    const GroupReader words = group_.group("words");
    const std::vector<std::string> texts = words.texts("text");
    const std::vector<std::int64_t> ids = words.array<std::int64_t>("id", {texts.size()}).values;
    for (std::size_t i = 0; i < ids.size(); ++i)
      passage_.texts.emplace(id("words/id", ids[i]), texts[i]);
  }

  void readAttention(const GroupReader& group) {
    const std::size_t tokens = passage_.tokens.size();
    HeadAttention head;
    const auto below = [&](const char* name, int most) {
      const int value = group.intCount(name);
      if (value >= most)
        group.refuse(name, "the model does not have it", fmt::format("under {}", most),
                     fmt::format("{}", value));
      return value;
    };
    head.layer = below("layer", model_.numLayers);
    head.head = below("head", model_.numHeads);
    head.kvHead = below("kv_head", model_.numHeads);  // in MLA each query head has its own
    const auto weights = [&](const char* name) {
      std::vector<float> values = group.array<float>(name, {tokens, tokens}).values;
      checkProbabilities(group, name, values);
      return values;
    };
    head.baseline = weights("baseline");
    head.compressed = weights("compressed");
    head.rowKl = group.array<double>("row_kl", {tokens}).values;
    checkFinite(group, "row_kl", head.rowKl);
    passage_.attention = std::move(head);
    readLayers(group.group("layers"));
  }

  void readLayers(const GroupReader& group) {
    passage_.layers = readEntries<LayerAttention>(group, kLayerFields);
    if (passage_.layers.size() != static_cast<std::size_t>(model_.numLayers))
      group.refuse("kl", "not one figure a layer", fmt::format("{}", model_.numLayers),
                   fmt::format("{}", passage_.layers.size()));
    for (const LayerAttention& layer : passage_.layers) {
      checkFinite(group, "kl", std::vector<double>{layer.mean});
      checkFinite(group, "kl_heads", layer.heads);
      if (layer.heads.size() != static_cast<std::size_t>(model_.numHeads))
        group.refuse("kl_heads", "not one figure a query head", fmt::format("{}", model_.numHeads),
                     fmt::format("{}", layer.heads.size()));
    }
  }

  const GroupReader& group_;
  const ModelInfo& model_;
  Passage passage_;
  std::vector<PassageToken*> scored_;
};

}  // namespace

void writePassage(const GroupWriter& group, const Passage& passage) {
  writeSetting(group, passage.setting);
  group.text("spec", passage.specText);
  group.text("sentence", passage.sentence);
  group.integer("window", passage.window);
  group.integer("windows", passage.windows);
  const std::vector<PassageToken>& tokens = passage.tokens;
  const std::vector<PassageToken> scored = scoredOf(passage);
  const auto flagsOf = [&](const char* name, bool PassageToken::*flag) {
    group.array<std::uint8_t>(
        name, eachOf<std::uint8_t>(tokens, [&](const PassageToken& t) { return t.*flag ? 1 : 0; }),
        {tokens.size()}, {"1", {"token"}});
  };
  const auto figuresOf = [&](const char* name, float PassageToken::*figure) {
    group.array<float>(name, eachOf<float>(scored, [&](const auto& t) { return t.*figure; }),
                       {scored.size()}, {"nats", {"scored"}});
  };
  group.array<std::int64_t>("token",
                            eachOf<std::int64_t>(tokens, [](const auto& t) { return t.id; }),
                            {tokens.size()}, {"1", {"token"}});
  flagsOf("scored", &PassageToken::scored);
  flagsOf("recalled", &PassageToken::recalled);
  figuresOf("baseline_nll", &PassageToken::baselineNll);
  figuresOf("nll", &PassageToken::nll);
  figuresOf("kl", &PassageToken::kl);
  group.array<std::uint8_t>("same_top1",
                            eachOf<std::uint8_t>(scored, [](const auto& t) { return t.sameTop1; }),
                            {scored.size()}, {"1", {"scored"}});
  writeLikeliest(group, "baseline_", scored, &PassageToken::baselineLikeliest);
  writeLikeliest(group, "", scored, &PassageToken::likeliest);
  std::vector<std::int64_t> ids;
  std::vector<std::string> texts;
  for (const auto& [id, text] : passage.texts) {
    ids.push_back(id);
    texts.push_back(text);
  }
  const GroupWriter words = group.group("words");
  words.array<std::int64_t>("id", ids, {ids.size()}, {"1", {"word"}});
  words.texts("text", texts, "word");
  if (passage.attention) writeAttention(group.group("attention"), passage);
  if (!passage.recall) return;
  const GroupWriter recall = group.group("recall");
  writeKind(recall.group("recalled"), passage.recall->recalled);
  writeKind(recall.group("others"), passage.recall->others);
}

Passage readPassage(const GroupReader& group, const ModelInfo& model) {
  return PassageReader(group, model).read();
}

}  // namespace kvloupe::hdf5
