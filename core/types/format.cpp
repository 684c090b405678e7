// SPDX-License-Identifier: GPL-3.0-or-later
#include "types/format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace kvloupe {
namespace {

constexpr const char* kNoValue = "–";
constexpr const char* kMinus = "−";
constexpr const char* kTimes = "×";
constexpr const char* kSpace = "\u00a0";

/// Groups the integer digits of a plain decimal number by thousands.
std::string grouped(std::string digits) {
  const std::size_t point = std::min(digits.find('.'), digits.size());
  for (std::size_t i = point; i > 3; i -= 3) digits.insert(i - 3, 1, ',');
  return digits;
}

/// Instead of a number of decimals: "2.30e5", for what would be wider than its slot.
constexpr int kPowerOfTen = -1;
constexpr double kWidest = 99'999.5;

std::string magnitude(double value, int decimals) {
  if (decimals == kPowerOfTen) {
    const std::string text = fmt::format("{:.2e}", std::abs(value));
    const std::size_t e = text.find('e');
    return fmt::format("{}e{}", text.substr(0, e), std::stoi(text.substr(e + 1)));
  }
  return grouped(fmt::format("{:.{}f}", std::abs(value), decimals));
}

bool isZero(const std::string& digits) {
  return digits.find_first_not_of("0.,e") == std::string::npos;
}

std::string plain(double value, int decimals) {
  if (!std::isfinite(value)) return kNoValue;
  const std::string digits = magnitude(value, decimals);
  return fmt::format("{}{}", value < 0 && !isZero(digits) ? kMinus : "", digits);
}

/// With `decimals`; what would read as zero, or as a digit that it hardly reaches, as "2.1e-5".
std::string plainOrTiny(double value, int decimals) {
  if (value == 0 || !(std::abs(value) < 0.95 * std::pow(10.0, -decimals)))
    return plain(value, decimals);
  const int power = static_cast<int>(std::floor(std::log10(std::abs(value))));
  const double digits = std::round(value * std::pow(10.0, 1 - power)) / 10;
  const bool carries = std::abs(digits) >= 10;  // 9.96e-6 is 1.0e-5
  return fmt::format("{}e-{}", plain(carries ? digits / 10 : digits, 1),
                     carries ? -power - 1 : -power);
}

/// What rounds to zero is written "+0.00": nothing distinguishes it from zero.
std::string withSign(double value, int decimals) {
  if (!std::isfinite(value)) return kNoValue;
  const std::string digits = magnitude(value, decimals);
  return fmt::format("{}{}", value < 0 && !isZero(digits) ? kMinus : "+", digits);
}

/// Four decimals, or as many as leave two digits of the largest; NLL is single precision.
int deltaNllDecimals(double size) {
  if (!(size >= 1e-7 && size < 9.5e-4)) return 4;
  return 1 - static_cast<int>(std::floor(std::log10(size)));
}

int spreadDecimals(double spread) {
  // Thresholds where rounding would carry: 9.95 reads "10×", never "10.0×".
  if (spread < 0.0995)
    return std::clamp(1 - static_cast<int>(std::floor(std::log10(spread))), 2, 6);
  if (spread < 1.995) return 2;
  return spread < 9.95 ? 1 : 0;
}

int spreadIntervalDecimals(const Interval& interval) {
  return interval.high > 0 ? std::min(spreadDecimals(interval.high) + 1, 6) : 2;
}

/// So many more that half the interval's width has a digit that is not zero, up to `most`.
int resolving(int decimals, const Interval& interval, int most) {
  const double half = (interval.high - interval.low) / 2;
  if (!std::isfinite(half) || half <= 0 || decimals == kPowerOfTen) return decimals;
  return std::clamp(-int(std::floor(std::log10(half))), decimals, most);
}

int pplDecimals(double ppl) {
  const double size = std::abs(ppl);
  return size < 999.9995 ? 3 : size < kWidest ? 1 : kPowerOfTen;
}

int deltaDecimals(double percent) {
  const double size = std::abs(percent);
  return size < 9.995 ? 2 : size < 999.95 ? 1 : size < kWidest ? 0 : kPowerOfTen;
}

/// Three significant digits of a count in powers of 1000, as a number and its prefix.
std::string threeDigits(double value, const char* const* prefixes, int count) {
  int power = 0;
  while (power + 1 < count && value >= 999.5) {
    value /= 1000;
    ++power;
  }
  const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return fmt::format("{:.{}f}{}{}", value, decimals, kSpace, prefixes[power]);
}

}  // namespace

std::string formatRatio(double ratio) {
  return std::isfinite(ratio) ? plain(ratio, 2) + kTimes : kNoValue;
}

std::string formatSpread(double spread) {
  if (!std::isfinite(spread) || spread < 0) return kNoValue;
  return plain(spread, spread > 0 ? spreadDecimals(spread) : 2) + kTimes;
}

std::string formatSpreadBeside(double spread, const std::optional<Interval>& interval) {
  if (!interval || !std::isfinite(spread) || spread < 0) return formatSpread(spread);
  return plain(spread, spreadIntervalDecimals(*interval)) + kTimes;
}

std::string formatSpreadInterval(const Interval& interval) {
  const int decimals = spreadIntervalDecimals(interval);
  return fmt::format("[{}, {}]", plain(interval.low, decimals), plain(interval.high, decimals));
}

std::string formatPpl(double ppl) { return plain(ppl, pplDecimals(ppl)); }

std::string formatPplUncertainty(double ppl, const Interval& interval) {
  return std::string("±") + kSpace + plain((interval.high - interval.low) / 2, pplDecimals(ppl));
}

std::string formatDeltaPpl(double percent) {
  if (!std::isfinite(percent)) return kNoValue;
  return withSign(percent, deltaDecimals(percent)) + kSpace + "%";
}

std::string formatDeltaPplInterval(double percent, const Interval& interval) {
  const int decimals = deltaDecimals(percent);
  return fmt::format("[{}, {}]", withSign(interval.low, decimals),
                     withSign(interval.high, decimals));
}

std::string formatDeltaPplWithin(double percent, const std::optional<Interval>& interval) {
  if (!interval || !std::isfinite(percent)) return formatDeltaPpl(percent);
  const int decimals = resolving(deltaDecimals(percent), *interval, 4);
  return fmt::format("{}{}% [{}, {}]", withSign(percent, decimals), kSpace,
                     withSign(interval->low, decimals), withSign(interval->high, decimals));
}

std::string formatDeltaNllBare(double nats) {
  return withSign(nats, deltaNllDecimals(std::abs(nats)));
}

std::string formatDeltaNll(double nats, const std::optional<Interval>& interval) {
  double size = std::abs(nats);
  if (interval) size = std::max({size, std::abs(interval->low), std::abs(interval->high)});
  const int decimals = deltaNllDecimals(size);
  const std::string figure = fmt::format("{}{}nats", withSign(nats, decimals), kSpace);
  if (!interval) return figure;
  return fmt::format("{} [{}, {}]", figure, withSign(interval->low, decimals),
                     withSign(interval->high, decimals));
}

std::string formatKept(double fraction) {
  const double percent = 100 * fraction;
  const std::string digits = plain(percent, 1);
  return (digits == "100.0" && fraction >= 1 ? "100" : digits) + kSpace + "%";
}

std::string formatProgress(std::int64_t done, std::int64_t total) {
  const double fraction =
      total > 0 ? std::clamp(static_cast<double>(done) / static_cast<double>(total), 0.0, 1.0) : 0;
  return fmt::format("{}{}%", static_cast<int>(std::floor(100 * fraction)), kSpace);
}

std::string formatProbability(double probability) {
  // 0.0031: a token that hardly could be is not one that could not be.
  return plainOrTiny(probability, probability < 0.0095 ? 4 : 2);
}

std::string formatWeight(double weight) { return weight == 0 ? "0" : plainOrTiny(weight, 3); }

std::string formatWeightChange(double change) {
  if (change == 0 || !std::isfinite(change)) return formatWeight(change);
  return (change < 0 ? kMinus : "+") + formatWeight(std::abs(change));
}

std::string formatTokenLoss(double nats) {
  if (!std::isfinite(nats)) return kNoValue;
  const double size = std::abs(nats);
  return (nats < 0 ? kMinus : "+") + plainOrTiny(size, size < 0.0095 ? 3 : 2);
}

std::string formatKlBare(double nats) {
  const double size = std::abs(nats);
  return plainOrTiny(nats, size < 0.09995 ? 4 : size < 0.9995 ? 3 : 2);
}

std::string formatKl(double nats) { return formatKlBare(nats) + kSpace + "nats"; }

std::string formatCount(std::int64_t count) {
  const std::string digits = fmt::format("{}", count);
  return count < 0 ? fmt::format("{}{}", kMinus, grouped(digits.substr(1))) : grouped(digits);
}

std::string formatParameters(std::int64_t count) {
  static constexpr const char* kPrefixes[] = {"", "k", "M", "G", "T"};
  if (count < 1000) return formatCount(count);
  return threeDigits(static_cast<double>(count), kPrefixes, 5);
}

std::string formatBytesPerToken(double bytes) {
  if (!std::isfinite(bytes)) return kNoValue;
  const double rounded = std::round(bytes);
  const bool whole = std::abs(bytes - rounded) < 0.05;
  return plain(bytes, whole ? 0 : 1) + kSpace + "B/token";
}

std::string formatBytes(std::int64_t bytes) {
  static constexpr const char* kPrefixes[] = {"bytes", "kB", "MB", "GB", "TB"};
  if (bytes < 1000) return formatCount(bytes) + kSpace + "bytes";
  return threeDigits(static_cast<double>(bytes), kPrefixes, 5);
}

std::string formatTokensPerSecond(double rate) {
  if (!std::isfinite(rate)) return kNoValue;
  // Three digits are as many as a rate holds still for.
  const double digits = rate > 0 ? std::floor(std::log10(rate)) : 0;
  const double step = digits > 2 ? std::pow(10.0, digits - 2) : 0.1;
  const double rounded = std::round(rate / step) * step;
  return plain(rounded, rounded < 9.95 ? 1 : 0) + kSpace + "tok/s";
}

std::string formatDuration(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return kNoValue;
  const auto whole = static_cast<std::int64_t>(std::ceil(seconds));
  if (whole < 60) return fmt::format("{}{}s", whole, kSpace);
  if (whole < 3600) return fmt::format("{}{}min {}{}s", whole / 60, kSpace, whole % 60, kSpace);
  return fmt::format("{}{}h {}{}min", formatCount(whole / 3600), kSpace, whole / 60 % 60, kSpace);
}

std::string formatTimeLeft(double seconds) { return formatDuration(seconds) + " left"; }

}  // namespace kvloupe
