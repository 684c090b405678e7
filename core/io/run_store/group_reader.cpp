// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run_store/group_reader.hpp"

#include <fmt/format.h>

#include <array>

namespace kvloupe::hdf5 {
namespace {

std::vector<std::string> readTexts(const Item& item) {
  std::string bytes(item.bytes(), '\0');
  item.read(bytes.data());
  std::vector<std::string> values(item.count());
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::string& value = values[i];
    value.assign(bytes, i * item.elementBytes, item.elementBytes);
    value.erase(value.find_last_not_of('\0') + 1);
  }
  return values;
}

}  // namespace

GroupReader::GroupReader(Handle group, Place place)
    : group_(std::move(group)), place_(std::move(place)) {}

GroupReader GroupReader::group(const std::string& name) const {
  const Place place = place_.child(name);
  if (!has(name))
    throw Error(ErrorCode::NotFound, {.message = "there is no such group",
                                      .file = place.file,
                                      .place = place.path,
                                      .expected = "a group",
                                      .found = "nothing",
                                      .advice = {}});
  return {checked(H5Gopen2(group_.get(), name.c_str(), H5P_DEFAULT), H5Gclose, place,
                  "the group cannot be opened"),
          place};
}

bool GroupReader::has(const std::string& name) const { return hasLink(group_.get(), name); }

void GroupReader::refuse(const std::string& name, const std::string& message,
                         const std::string& expected, const std::string& found) const {
  throw Error(ErrorCode::Mismatch, {.message = message,
                                    .file = place_.file,
                                    .place = place_.path + "@" + name,
                                    .expected = expected,
                                    .found = found,
                                    .advice = {}});
}

int GroupReader::toInt(const std::string& name, std::int64_t value) const {
  if (!std::in_range<int>(value))
    refuse(name, "the number is out of range", "a 32-bit integer", fmt::format("{}", value));
  return static_cast<int>(value);
}

std::int64_t GroupReader::integer(const std::string& name) const {
  return scalar<std::int64_t>(name);
}

std::int64_t GroupReader::count(const std::string& name) const {
  const std::int64_t value = integer(name);
  if (value < 0) refuse(name, "a count is negative", "0 or more", fmt::format("{}", value));
  return value;
}

int GroupReader::intCount(const std::string& name) const { return toInt(name, count(name)); }

std::uint64_t GroupReader::unsignedInteger(const std::string& name) const {
  return scalar<std::uint64_t>(name);
}

double GroupReader::real(const std::string& name) const { return scalar<double>(name); }

std::optional<double> GroupReader::maybeReal(const std::string& name) const {
  if (!hasAttribute(group_.get(), name)) return std::nullopt;
  return real(name);
}

std::optional<int> GroupReader::maybeInt(const std::string& name) const {
  if (!hasAttribute(group_.get(), name)) return std::nullopt;
  return toInt(name, integer(name));
}

bool GroupReader::flag(const std::string& name) const {
  const std::uint8_t value = scalar<std::uint8_t>(name);
  if (value > 1) refuse(name, "not a flag", "0 or 1", fmt::format("{}", value));
  return value == 1;
}

std::optional<bool> GroupReader::maybeFlag(const std::string& name) const {
  if (!hasAttribute(group_.get(), name)) return std::nullopt;
  return flag(name);
}

std::optional<Interval> GroupReader::maybeInterval(const std::string& name) const {
  if (!hasAttribute(group_.get(), name)) return std::nullopt;
  const Item item = openAttribute(group_.get(), place_, name, Kind::F64, 1);
  checkShape(item, {2});
  std::array<double, 2> ends{};
  item.read(ends.data());
  return Interval{ends[0], ends[1]};
}

std::string GroupReader::text(const std::string& name) const {
  if (!hasAttribute(group_.get(), name) && has(name))
    return readTexts(openDataset(group_.get(), place_, name, Kind::Text, 0)).front();
  return readTexts(openAttribute(group_.get(), place_, name, Kind::Text, 0)).front();
}

std::optional<std::string> GroupReader::maybeText(const std::string& name) const {
  if (!hasAttribute(group_.get(), name) && !has(name)) return std::nullopt;
  return text(name);
}

std::vector<std::string> GroupReader::textList(const std::string& name) const {
  if (!hasAttribute(group_.get(), name)) return {};
  return readTexts(openAttribute(group_.get(), place_, name, Kind::Text, 1));
}

std::vector<std::pair<int, int>> GroupReader::integerPairs(const std::string& name) const {
  if (!hasAttribute(group_.get(), name)) return {};
  const Item item = openAttribute(group_.get(), place_, name, Kind::I64, 2);
  checkShape(item, {kAny, 2});
  std::vector<std::int64_t> flat(item.count());
  item.read(flat.data());
  std::vector<std::pair<int, int>> pairs;
  for (std::size_t i = 0; i < flat.size(); i += 2)
    pairs.emplace_back(toInt(name, flat[i]), toInt(name, flat[i + 1]));
  return pairs;
}

std::vector<std::string> GroupReader::texts(const std::string& name) const {
  return readTexts(openDataset(group_.get(), place_, name, Kind::Text, 1));
}

void GroupReader::checkShape(const Item& item, const std::vector<hsize_t>& shape) {
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == kAny || shape[i] == item.dims[i]) continue;
    std::string expected;
    for (const hsize_t n : shape)
      expected += (expected.empty() ? "[" : ", ") + (n == kAny ? "any" : fmt::format("{}", n));
    throw Error(ErrorCode::Mismatch, {.message = "wrong shape",
                                      .file = item.place.file,
                                      .place = item.place.path,
                                      .expected = expected + "]",
                                      .found = shapeText(item.dims),
                                      .advice = {}});
  }
}

}  // namespace kvloupe::hdf5
