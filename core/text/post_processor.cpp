// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/post_processor.hpp"

#include <utility>

#include "text/refusal.hpp"
#include "text/vocabulary.hpp"

namespace kvloupe {
namespace {

std::int32_t knownId(const JsonValue& id, const std::string& file,
                     const PostProcessor::IsTokenFn& isToken) {
  const std::int64_t value = id.asInt(0, kMaxTokenId);
  if (!isToken(value)) {
    refuseValue(ErrorCode::Mismatch, file, id, "an id that no token has", "the id of a token");
  }
  return static_cast<std::int32_t>(value);
}

/// ["<s>", 0], as Bert's and Roberta's processors name a token.
std::int32_t namedId(const JsonValue& pair, const std::string& file,
                     const PostProcessor::IsTokenFn& isToken) {
  if (pair.asArray().size() != 2) pair.refuse("a token that is no pair", "[text, id]");
  return knownId(*++pair.begin(), file, isToken);
}

}  // namespace

PostProcessor PostProcessor::fromJson(const JsonValue& json, const std::string& file,
                                      const IsTokenFn& isToken) {
  PostProcessor processor;
  const std::string_view type = json.asObject().requireString("type");
  if (type == "ByteLevel") return processor;  // corrects offsets, adds nothing
  if (type == "BertProcessing" || type == "RobertaProcessing") {
    processor.templates_.push_back(
        {namedId(json.at("cls"), file, isToken), kText, namedId(json.at("sep"), file, isToken)});
    return processor;
  }
  if (type == "Sequence") {
    for (const JsonValue& step : json.requireArray("processors")) {
      PostProcessor inner = fromJson(step, file, isToken);
      for (Template& one : inner.templates_) processor.templates_.push_back(std::move(one));
    }
    return processor;
  }
  if (type != "TemplateProcessing") {
    refuseType(file, json, "post-processor",
               "TemplateProcessing, ByteLevel, BertProcessing, RobertaProcessing or Sequence");
  }

  const JsonValue specials = json.requireObject("special_tokens");
  Template single;
  for (const JsonValue& item : json.requireArray("single")) {
    if (const auto sequence = item.asObject().find("Sequence")) {
      const JsonValue id = sequence->at("id");
      if (id.asString() != "A") id.refuse("a template for one text that uses another", "\"A\"");
      single.push_back(kText);
      continue;
    }
    const JsonValue name = item.at("SpecialToken").at("id");
    const auto special = specials.find(name.asString());
    if (!special) {
      refuseValue(ErrorCode::Mismatch, file, name, "a template that names a missing token",
                  "a token of special_tokens");
    }
    for (const JsonValue& id : special->requireArray("ids")) {
      single.push_back(knownId(id, file, isToken));
    }
  }
  processor.templates_.push_back(std::move(single));
  return processor;
}

std::vector<std::int32_t> PostProcessor::apply(std::vector<std::int32_t> ids) const {
  for (const Template& one : templates_) {
    std::vector<std::int32_t> result;
    result.reserve(ids.size() + one.size());
    for (const std::int32_t item : one) {
      if (item == kText) {
        result.insert(result.end(), ids.begin(), ids.end());
      } else {
        result.push_back(item);
      }
    }
    ids = std::move(result);
  }
  return ids;
}

std::optional<std::int32_t> PostProcessor::bosId() const {
  // The last template writes the outermost ids.
  for (auto one = templates_.rbegin(); one != templates_.rend(); ++one) {
    if (!one->empty() && one->front() != kText) return one->front();
  }
  return std::nullopt;
}

}  // namespace kvloupe
