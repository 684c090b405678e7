// SPDX-License-Identifier: GPL-3.0-or-later
#include "types/format.hpp"

#include <QTest>
#include <limits>

using namespace kvloupe;

namespace {

QString text(const std::string& utf8) {
  // No-break spaces are shown as underscores, so that a missing one is seen.
  return QString::fromStdString(utf8).replace(QChar(0x00a0), QLatin1Char('_'));
}

}  // namespace

class FormatTest : public QObject {
  Q_OBJECT

 private slots:
  void figures_data() {
    QTest::addColumn<QString>("got");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const std::string& got, const char* expected) {
      QTest::newRow(name) << text(got) << QString::fromUtf8(expected);
    };
    row("ratio", formatRatio(1.4545), "1.45×");
    row("ratio of one", formatRatio(1), "1.00×");
    row("large ratio", formatRatio(1234.5), "1,234.50×");
    row("spread below two", formatSpread(1.92), "1.92×");
    row("spread", formatSpread(4.13), "4.1×");
    row("spread that rounds to two", formatSpread(1.996), "2.0×");
    row("spread that rounds to ten", formatSpread(9.96), "10×");
    row("spread of tens", formatSpread(46.4), "46×");
    row("spread of hundreds", formatSpread(118.2), "118×");
    row("spread of thousands", formatSpread(12345.6), "12,346×");
    row("small quotient", formatSpread(0.0163), "0.016×");
    row("quotient", formatSpread(0.42), "0.42×");
    row("spread interval", formatSpreadInterval({41.53, 50.96}), "[41.5, 51.0]");
    row("spread in its interval", formatSpreadBeside(10.61, Interval{10.4, 10.8}), "10.6×");
    row("small spread in its interval", formatSpreadBeside(1.92, Interval{1.5, 2.4}), "1.92×");
    row("spread without an interval", formatSpreadBeside(10.61, std::nullopt), "11×");
    row("delta of thousands", formatDeltaPpl(25370.96), "+25,371_%");
    row("delta of hundred thousands", formatDeltaPpl(253706.96), "+2.54e5_%");
    row("interval of hundred thousands", formatDeltaPplInterval(253706.96, {9.8e4, 3.1e7}),
        "[+9.80e4, +3.10e7]");
    row("delta that rounds to a hundred thousand", formatDeltaPpl(99999.6), "+1.00e5_%");
    row("a token's loss", formatTokenLoss(1.666), "+1.67");
    row("a token's small loss", formatTokenLoss(0.0042), "+0.004");
    row("a token's tiny gain", formatTokenLoss(-2.13e-5), "−2.1e-5");
    row("perplexity of millions", formatPpl(12345678.9), "1.23e7");
    row("its uncertainty", formatPplUncertainty(12345678.9, {1.2e7, 1.3e7}), "±_5.00e5");
    row("delta that rounds to a thousand", formatDeltaPpl(999.96), "+1,000_%");
    row("delta with its interval", formatDeltaPplWithin(0.93, Interval{0.838, 1.021}),
        "+0.93_% [+0.84, +1.02]");
    row("delta of a narrow interval", formatDeltaPplWithin(0.0138, Interval{0.0126, 0.0151}),
        "+0.014_% [+0.013, +0.015]");
    row("delta of an interval of no width", formatDeltaPplWithin(0, Interval{0, 0}),
        "+0.00_% [+0.00, +0.00]");
    row("delta without an interval", formatDeltaPplWithin(21.41, std::nullopt), "+21.4_%");
    row("perplexity", formatPpl(7.4119), "7.412");
    row("large perplexity", formatPpl(12345.67), "12,345.7");
    row("perplexity uncertainty", formatPplUncertainty(7.412, {7.318, 7.506}), "±_0.094");
    row("delta", formatDeltaPpl(0.934), "+0.93_%");
    row("large delta", formatDeltaPpl(21.44), "+21.4_%");
    row("delta that rounds to ten", formatDeltaPpl(9.996), "+10.0_%");
    row("change of NLL", formatDeltaNll(0.00041, Interval{-0.0002, 0.001}),
        "+0.0004_nats [−0.0002, +0.0010]");
    row("small change of NLL", formatDeltaNll(0.000021, Interval{0.000015, 0.000027}),
        "+0.000021_nats [+0.000015, +0.000027]");
    row("small change alone", formatDeltaNll(-0.00001), "−0.000010_nats");
    row("small change without its unit", formatDeltaNllBare(-0.00001), "−0.000010");
    row("change under single precision", formatDeltaNll(-3e-9), "+0.0000_nats");
    row("negative delta", formatDeltaPpl(-0.02), "−0.02_%");
    row("delta of zero", formatDeltaPpl(0), "+0.00_%");
    row("delta that rounds to zero", formatDeltaPpl(-0.001), "+0.00_%");
    row("delta interval", formatDeltaPplInterval(0.93, {0.838, 1.021}), "[+0.84, +1.02]");
    row("interval over zero", formatDeltaPplInterval(0.1, {-0.12, 0.31}), "[−0.12, +0.31]");
    row("interval has the figure's decimals", formatDeltaPplInterval(21.4, {9.12, 33.9}),
        "[+9.1, +33.9]");
    row("kept", formatKept(0.375), "37.5_%");
    row("all kept", formatKept(1), "100_%");
    row("nearly all kept", formatKept(0.9996), "100.0_%");
    row("progress", formatProgress(93184, 131072), "71_%");
    row("nearly done", formatProgress(999, 1000), "99_%");
    row("nothing to do", formatProgress(0, 0), "0_%");
    row("probability", formatProbability(0.414), "0.41");
    row("small probability", formatProbability(0.00312), "0.0031");
    row("very small probability", formatProbability(0.0000213), "2.1e-5");
    row("no probability", formatProbability(0), "0.0000");
    row("weight", formatWeight(0.4118), "0.412");
    row("small weight", formatWeight(0.00042), "4.2e-4");
    row("no weight", formatWeight(0), "0");
    row("change of a weight", formatWeightChange(-0.0031), "−0.003");
    row("small change of a weight", formatWeightChange(2.1e-5), "+2.1e-5");
    row("no change of a weight", formatWeightChange(0), "0");
    row("small divergence", formatKl(0.0000213), "2.1e-5_nats");
    row("small divergence that carries", formatKlBare(9.96e-6), "1.0e-5");
    row("divergence with one digit", formatKlBare(0.0004), "0.0004");
    row("no divergence", formatKl(0), "0.0000_nats");
    row("divergence", formatKl(0.01213), "0.0121_nats");
    row("larger divergence", formatKlBare(0.1189), "0.119");
    row("divergence of nats", formatKlBare(1.944), "1.94");
    row("count", formatCount(131072), "131,072");
    row("small count", formatCount(999), "999");
    row("negative count", formatCount(-1234), "−1,234");
    row("parameters", formatParameters(4961280), "4.96_M");
    row("many parameters", formatParameters(671026419200), "671_G");
    row("bytes per token", formatBytesPerToken(2112), "2,112_B/token");
    row("fractional bytes per token", formatBytesPerToken(2112.5), "2,112.5_B/token");
    row("bytes", formatBytes(134), "134_bytes");
    row("megabytes", formatBytes(988097824), "988_MB");
    row("rate", formatTokensPerSecond(9351.2), "9,350_tok/s");
    row("slow rate", formatTokensPerSecond(0.53), "0.5_tok/s");
    row("seconds", formatTimeLeft(3.4), "4_s left");
    row("minutes", formatDuration(147), "2_min 27_s");
    row("hours", formatDuration(3900), "1_h 5_min");
    row("not a number", formatDeltaPpl(std::numeric_limits<double>::quiet_NaN()), "–");
    row("infinite", formatRatio(std::numeric_limits<double>::infinity()), "–");
  }
  void figures() {
    QFETCH(QString, got);
    QFETCH(QString, expected);
    QCOMPARE(got, expected);
  }
};

QTEST_APPLESS_MAIN(FormatTest)
#include "format_test.moc"
