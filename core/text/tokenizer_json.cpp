// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "io/json.hpp"
#include "text/bpe_tokenizer.hpp"
#include "text/refusal.hpp"
#include "text/tokenizer_files.hpp"

namespace kvloupe {
namespace {

constexpr std::size_t kMaxAddedBytes = std::size_t{1} << 22;

/// Whether a component or one inside it is of a type.
bool holdsType(const JsonValue& json, std::string_view type) {
  if (json.isObject()) {
    const auto own = json.find("type");
    if (own && own->isString() && own->asString() == type) return true;
  }
  return std::any_of(json.begin(), json.end(),
                     [type](const JsonValue& part) { return holdsType(part, type); });
}

std::vector<MergeRule> readMerges(const JsonValue& merges, const std::string& file) {
  std::vector<MergeRule> rules;
  rules.reserve(merges.asArray().size());
  for (const JsonValue& merge : merges) {
    if (merge.isString()) {
      const std::string_view text = merge.asString();
      if (text.starts_with("#version")) continue;
      const std::size_t space = text.find(' ');
      if (space == std::string_view::npos || text.find(' ', space + 1) != std::string_view::npos) {
        refuseValue(ErrorCode::Malformed, file, merge, "a merge that is no pair",
                    "two tokens with a space between them");
      }
      rules.push_back({text.substr(0, space), text.substr(space + 1)});
      continue;
    }
    if (!merge.isArray() || merge.size() != 2) {
      refuseValue(ErrorCode::Malformed, file, merge, "a merge that is no pair", "two tokens");
    }
    auto part = merge.begin();
    const std::string_view left = (*part).asString();
    rules.push_back({left, (*++part).asString()});
  }
  return rules;
}

/// Added tokens with the ids that the `tokenizers` library gives them: that of the vocabulary, else
/// the next one behind it.
std::vector<AddedToken> readAddedTokens(const JsonValue& json, const Vocabulary& vocabulary,
                                        const std::string& file) {
  std::vector<AddedToken> tokens;
  std::unordered_map<std::string_view, std::size_t> byContent;
  std::unordered_map<std::int64_t, std::string_view> byDeclaredId;
  std::size_t bytes = 0;
  auto nextId = static_cast<std::int64_t>(vocabulary.size());
  for (const JsonValue& entry : json.asArray()) {
    const JsonValue idValue = entry.asObject().at("id");
    const std::int64_t declared = idValue.asInt(0, kMaxTokenId);
    const std::string_view content = entry.requireString("content");
    if (content.empty()) continue;
    bytes += content.size();
    if (bytes > kMaxAddedBytes) {
      refuseValue(ErrorCode::Unsupported, file, json, "added tokens that are too long in all",
                  fmt::format("at most {} bytes", kMaxAddedBytes));
    }

    const auto clash = [&](std::string message, std::string expected) {
      refuseValue(ErrorCode::Mismatch, file, idValue, std::move(message), std::move(expected));
    };
    const auto known = vocabulary.find(content);
    if (known && *known != declared) {
      clash(fmt::format("the added token \"{}\" clashes with the vocabulary", content),
            fmt::format("its id there, {}", *known));
    }
    const auto owner = vocabulary.token(static_cast<std::int32_t>(declared));
    if (!known && owner) {
      clash(fmt::format("the added token \"{}\" clashes with the vocabulary", content),
            fmt::format("an id that is not the one of \"{}\"", *owner));
    }
    const auto [declaredBefore, isNewId] = byDeclaredId.try_emplace(declared, content);
    if (!isNewId && declaredBefore->second != content) {
      clash(fmt::format("the added tokens \"{}\" and \"{}\" have the same id",
                        declaredBefore->second, content),
            "an id of its own for every token");
    }

    AddedToken token;
    token.content = content;
    token.singleWord = entry.optionalBool("single_word").value_or(false);
    token.lstrip = entry.optionalBool("lstrip").value_or(false);
    token.rstrip = entry.optionalBool("rstrip").value_or(false);
    token.special = entry.optionalBool("special").value_or(false);
    token.normalized = entry.optionalBool("normalized").value_or(!token.special);
    const auto twin = byContent.find(content);
    if (twin != byContent.end()) {
      if (isNewId) clash(fmt::format("the added token \"{}\" has two ids", content), "one id");
      token.id = tokens[twin->second].id;
      tokens[twin->second] = std::move(token);  // the later one counts
      continue;
    }
    if (!known && vocabulary.token(static_cast<std::int32_t>(nextId))) {
      clash(fmt::format("the added token \"{}\" clashes with the vocabulary", content),
            fmt::format("a vocabulary whose ids end before {}, the next free one", nextId));
    }
    token.id = known ? *known : static_cast<std::int32_t>(nextId++);
    byContent.emplace(content, tokens.size());
    tokens.push_back(std::move(token));
  }
  return tokens;
}

struct ModelPart {
  std::unique_ptr<BpeModel> model;
  std::vector<AddedToken> addedTokens;
};

ModelPart readModel(const JsonValue& root, const std::string& file) {
  const JsonValue model = root.requireObject("model");
  // The first files of the library have no type here.
  if (const auto type = model.find("type")) {
    if (type->asString() != "BPE") {
      refuseValue(ErrorCode::Unsupported, file, *type, "a tokenizer model that is not supported",
                  "\"BPE\"");
    }
  } else if (!model.find("merges")) {
    refuseValue(ErrorCode::Unsupported, file, model, "a tokenizer model without a type", "\"BPE\"");
  }
  if (const auto dropout = model.optionalDouble("dropout"); dropout && *dropout > 0) {
    refuseValue(ErrorCode::Unsupported, file, model.at("dropout"),
                "BPE dropout, which gives other ids each time", "null or 0");
  }
  ModelPart part;
  Vocabulary vocabulary = Vocabulary::fromJson(model.at("vocab"), file);
  if (const auto added = root.optionalArray("added_tokens")) {
    part.addedTokens = readAddedTokens(*added, vocabulary, file);
  }

  BpeOptions options;
  options.continuingSubwordPrefix = model.optionalString("continuing_subword_prefix").value_or("");
  options.endOfWordSuffix = model.optionalString("end_of_word_suffix").value_or("");
  options.fuseUnk = model.optionalBool("fuse_unk").value_or(false);
  options.byteFallback = model.optionalBool("byte_fallback").value_or(false);
  options.ignoreMerges = model.optionalBool("ignore_merges").value_or(false);
  if (const auto unk = model.optionalString("unk_token")) {
    options.unkId = vocabulary.find(*unk);
    for (const AddedToken& token : part.addedTokens) {
      if (!options.unkId && token.content == *unk) options.unkId = token.id;
    }
    if (!options.unkId) {
      refuseValue(ErrorCode::Mismatch, file, model.at("unk_token"),
                  "an unknown token that is not in the vocabulary", "a token of the vocabulary");
    }
  }
  const JsonValue merges = model.at("merges");
  part.model = std::make_unique<BpeModel>(std::move(vocabulary), readMerges(merges, file),
                                          std::move(options), file, merges.path());
  return part;
}

}  // namespace

std::unique_ptr<Tokenizer> parseTokenizerJson(std::string_view json, const std::string& file) {
  const JsonDocument document = JsonDocument::parse(json, file);
  const JsonValue root = document.root();
  root.asObject();
  if (const auto version = root.optionalString("version"); version && *version != "1.0") {
    refuseValue(ErrorCode::Unsupported, file, root.at("version"),
                "a tokenizer file of an unknown version", "\"1.0\"");
  }

  BpeTokenizerParts parts;
  parts.fileName = std::filesystem::path(file).filename().string();
  ModelPart model = readModel(root, file);
  parts.model = std::move(model.model);
  parts.addedTokens = std::move(model.addedTokens);
  if (const auto normalizer = root.optionalObject("normalizer")) {
    parts.normalizer = readNormalizer(*normalizer, file);
    parts.byteLevel = holdsType(*normalizer, "ByteLevel");
  }
  if (const auto preTokenizer = root.optionalObject("pre_tokenizer")) {
    parts.preTokenizer = readPreTokenizer(*preTokenizer, file);
    parts.byteLevel = parts.byteLevel || holdsType(*preTokenizer, "ByteLevel");
  }
  if (const auto decoder = root.optionalObject("decoder")) {
    parts.decoder = readDecoder(*decoder, file);
  }
  if (const auto postProcessor = root.optionalObject("post_processor")) {
    const auto isToken = [&parts](std::int64_t id) {
      return parts.model->vocabulary().token(static_cast<std::int32_t>(id)).has_value() ||
             std::any_of(parts.addedTokens.begin(), parts.addedTokens.end(),
                         [id](const AddedToken& token) { return token.id == id; });
    };
    parts.postProcessor = PostProcessor::fromJson(*postProcessor, file, isToken);
  }
  return std::make_unique<BpeTokenizer>(std::move(parts));
}

}  // namespace kvloupe
