// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "types/interval.hpp"

namespace kvloupe {

// One function per kind of figure; the result is UTF-8 with English grouping whatever the locale,
// a no-break space before units and percent signs, and the minus sign U+2212. A value that is not
// finite is written as an en dash.

/// "1.45×": cache and tensor ratios, two decimals.
std::string formatRatio(double ratio);
/// "1.92×", "4.1×", "46×", "1,204×": spreads, noise floors and quotients of spreads.
std::string formatSpread(double spread);
/// "10.6×" beside "[10.4, 10.8]": a figure has the decimals of the interval that it stands in.
std::string formatSpreadBeside(double spread, const std::optional<Interval>& interval);
/// "[41.5, 51.0]": the interval of a spread, one digit finer than the figure.
std::string formatSpreadInterval(const Interval& interval);
/// "7.412": three decimals, from 1,000 on one; from 100,000 on "1.23e5".
std::string formatPpl(double ppl);
/// "± 0.094": half the width of a perplexity's interval, decimals as of formatPpl(ppl).
std::string formatPplUncertainty(double ppl, const Interval& interval);
/// "+0.93 %", "+21.4 %", "−0.02 %", "+1,204 %": two decimals under 10, one under 1,000, then none,
/// from 100,000 on "+2.54e5 %"; always with a sign.
std::string formatDeltaPpl(double percent);
/// "[+0.84, +1.02]": decimals as of formatDeltaPpl(percent); prefix "95 %: " where it stands alone.
std::string formatDeltaPplInterval(double percent, const Interval& interval);
/// "+0.93 % [+0.84, +1.02]": both in one; more decimals, up to four, where the interval is so
/// narrow that it would read as of no width.
std::string formatDeltaPplWithin(double percent, const std::optional<Interval>& interval);
/// "+0.0004 nats", "+0.0004 nats [−0.0002, +0.0010]": a change of NLL, always with a sign. A small
/// one has more decimals: "+0.000021 nats [+0.000015, +0.000027]".
std::string formatDeltaNll(double nats, const std::optional<Interval>& interval = std::nullopt);
/// The same without the unit.
std::string formatDeltaNllBare(double nats);
/// "37.5 %", "100 %": a fraction of something, from 0 to 1.
std::string formatKept(double fraction);
/// "71 %": progress, whole percent, rounded down so that 100 % means done.
std::string formatProgress(std::int64_t done, std::int64_t total);
/// "0.41", "0.0031", "2.1e-5".
std::string formatProbability(double probability);
/// "0.412", "4.2e-4", "0": a weight of the attention; a change of one has a sign: "+0.003".
std::string formatWeight(double weight);
std::string formatWeightChange(double change);
/// "+1.67", "−0.004", "+2.1e-5": the change of one token's NLL, nats, without its unit.
std::string formatTokenLoss(double nats);
/// "0.0121 nats", "2.1e-5 nats"; "0.119" without the unit.
std::string formatKl(double nats);
std::string formatKlBare(double nats);
/// "131,072".
std::string formatCount(std::int64_t count);
/// "4.96 M": parameters, three significant digits.
std::string formatParameters(std::int64_t count);
/// "2,112 B/token".
std::string formatBytesPerToken(double bytes);
/// "134 bytes", "988 MB": three significant digits, powers of 1000.
std::string formatBytes(std::int64_t bytes);
/// "9,350 tok/s".
std::string formatTokensPerSecond(double rate);
/// "4 s", "2 min 27 s", "1 h 5 min".
std::string formatDuration(double seconds);
/// "4 s left".
std::string formatTimeLeft(double seconds);

}  // namespace kvloupe
