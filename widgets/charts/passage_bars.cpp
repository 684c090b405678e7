// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/passage_bars.hpp"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>
#include <map>

#include "charts/attention_map.hpp"
#include "charts/chart_ticker.hpp"
#include "charts/token_text.hpp"
#include "types/format.hpp"

namespace kvloupe {
namespace {

struct Words {
  Q_DECLARE_TR_FUNCTIONS(kvloupe::PassageBars)
};

constexpr double kBins = 28;  // about, over the whole range

QString words(const std::string& text) { return QString::fromStdString(text); }
QString count(std::int64_t tokens) { return words(formatCount(tokens)); }
QString number(double value) { return QString::number(value, 'g', 8); }

/// Columns for figures with intervals: value, low95, high95.
QStringList figureCsv(double value, const std::optional<Interval>& interval) {
  return {number(value), interval ? number(interval->low) : QString(),
          interval ? number(interval->high) : QString()};
}

}  // namespace

BarsData lossHistogram(const Passage& passage, const ColorScale& scale) {
  std::vector<double> losses;
  for (const PassageToken& token : passage.tokens)
    if (token.scored && std::isfinite(deltaNllOf(token))) losses.push_back(deltaNllOf(token));
  BarsData data;
  data.title =
      Words::tr("%1 tokens of this window").arg(count(static_cast<std::int64_t>(losses.size())));
  data.xLabel = Words::tr("ΔNLL, nats");
  data.yLabel = Words::tr("Tokens");
  data.signedX = true;
  data.counts = true;
  data.scale = scale;
  data.csvHead = {QStringLiteral("from"), QStringLiteral("to"), QStringLiteral("tokens")};
  if (losses.empty()) return data;
  std::sort(losses.begin(), losses.end());
  double sum = 0;
  for (const double loss : losses) sum += loss;
  const std::size_t half = losses.size() / 2;
  const double median =
      losses.size() % 2 == 1 ? losses[half] : (losses[half - 1] + losses[half]) / 2;
  data.subtitle = Words::tr("mean %1, median %2")
                      .arg(words(formatDeltaNllBare(sum / static_cast<double>(losses.size()))),
                           words(formatDeltaNll(median)));
  const double width = stepUp(std::max(1e-6, losses.back() - losses.front()) / kBins);
  std::map<long, int> bins;
  for (const double loss : losses) ++bins[std::lround(loss / width)];
  for (const auto& [bin, tokens] : bins) {
    const double middle = static_cast<double>(bin) * width;
    Bar bar{.from = middle - width / 2,
            .to = middle + width / 2,
            .value = static_cast<double>(tokens),
            .look = Bar::Look::Scaled,
            .shade = middle};
    bar.tip.title = Words::tr("%1 tokens").arg(count(tokens));
    bar.tip.lines.emplace_back(
        Words::tr("ΔNLL %1 to %2 nats").arg(signedTick(bar.from, 3), signedTick(bar.to, 3)),
        QString());
    bar.csv = {number(bar.from), number(bar.to), QString::number(tokens)};
    data.bars.push_back(std::move(bar));
  }
  return data;
}

BarsData lossByPosition(const std::vector<PositionFigure>& positions) {
  BarsData data;
  data.title = Words::tr("ΔNLL by position");
  data.subtitle = Words::tr("whole text, 95\u00a0% interval");
  data.xLabel = Words::tr("Token in its window");
  data.yLabel = Words::tr("ΔNLL, nats");
  data.csvHead = {QStringLiteral("first"),     QStringLiteral("last"),  QStringLiteral("tokens"),
                  QStringLiteral("delta_nll"), QStringLiteral("low95"), QStringLiteral("high95")};
  for (const PositionFigure& figure : positions) {
    Bar bar{.from = static_cast<double>(figure.first),
            .to = figure.last + 1.0,
            .value = figure.deltaNll,
            .interval = figure.interval};
    bar.tip.title = Words::tr("Tokens %1 to %2").arg(figure.first).arg(figure.last);
    bar.tip.lines.emplace_back(words(formatDeltaNll(figure.deltaNll, figure.interval)), QString());
    bar.tip.lines.emplace_back(QString(), Words::tr("%1 tokens scored").arg(count(figure.tokens)));
    bar.csv = QStringList{QString::number(figure.first), QString::number(figure.last),
                          QString::number(figure.tokens)} +
              figureCsv(figure.deltaNll, figure.interval);
    data.bars.push_back(std::move(bar));
  }
  return data;
}

BarsData attentionRow(const Passage& passage, int row) {
  BarsData data;
  data.title = Words::tr("Row");
  data.yLabel = Words::tr("Attention weight");
  data.csvHead = {QStringLiteral("key"), QStringLiteral("token"), QStringLiteral("side"),
                  QStringLiteral("weight")};
  const auto tokens = static_cast<int>(passage.tokens.size());
  if (!passage.attention || row < 0 || row >= tokens) return data;
  const HeadAttention& head = *passage.attention;
  const auto nameOf = [&](int token) {
    return tokenName(passage, passage.tokens[static_cast<std::size_t>(token)].id);
  };
  data.title = Words::tr("Row “%1”").arg(nameOf(row));
  data.xLabel = Words::tr("Token that “%1” looks at").arg(nameOf(row));
  data.filled = Words::tr("baseline");
  data.outlined = Words::tr("compressed");
  std::vector<std::pair<double, int>> changes;
  for (int key = 0; key <= row; ++key) {
    const auto at = static_cast<std::size_t>(row * tokens + key);
    const double before = static_cast<double>(head.baseline[at]);
    const double after = static_cast<double>(head.compressed[at]);
    changes.emplace_back(std::abs(after - before), key);
    TipText tip;
    tip.title = nameOf(key);
    tip.lines.emplace_back(
        Words::tr("weight %1 → %2").arg(words(formatWeight(before)), words(formatWeight(after))),
        Words::tr("change %1").arg(words(formatWeightChange(after - before))));
    const double x = key;
    data.bars.push_back(
        {.from = x - 0.36,
         .to = x - 0.03,
         .value = before,
         .tip = tip,
         .csv = {QString::number(key), nameOf(key), QStringLiteral("baseline"), number(before)}});
    data.bars.push_back(
        {.from = x + 0.03,
         .to = x + 0.36,
         .value = after,
         .look = Bar::Look::Outlined,
         .tip = tip,
         .csv = {QString::number(key), nameOf(key), QStringLiteral("compressed"), number(after)}});
    data.names.emplace_back(x, nameOf(key));
  }
  data.subtitle =
      words(formatKl(head.rowKl[static_cast<std::size_t>(row)])).prepend(Words::tr("KL "));
  // The two weights that changed most, in words.
  std::sort(changes.rbegin(), changes.rend());
  for (std::size_t i = 0; i < std::min<std::size_t>(2, changes.size()); ++i) {
    const auto [change, key] = changes[i];
    const auto at = static_cast<std::size_t>(row * tokens + key);
    if (change > 0)
      data.subtitle +=
          Words::tr(" · %1 %2 → %3")
              .arg(nameOf(key), words(formatProbability(static_cast<double>(head.baseline[at]))),
                   words(formatProbability(static_cast<double>(head.compressed[at]))));
  }
  return data;
}

BarsData attentionKl(const Passage& passage, int selectedLayer) {
  BarsData data;
  data.title = Words::tr("Attention KL per layer");
  data.subtitle = Words::tr("mean, 95\u00a0% interval as of independent rows");
  data.xLabel = Words::tr("Layer");
  data.yLabel = Words::tr("KL, nats");
  data.selected = selectedLayer;
  data.opens = true;
  data.csvHead = {QStringLiteral("layer"), QStringLiteral("kl"), QStringLiteral("low95"),
                  QStringLiteral("high95")};
  // Few layers carry each its number, many a numeric axis.
  const bool named = passage.layers.size() <= 16;
  for (std::size_t layer = 0; layer < passage.layers.size(); ++layer) {
    const LayerAttention& figure = passage.layers[layer];
    const double at = static_cast<double>(layer);
    Bar bar{.from = at - 0.3, .to = at + 0.3, .value = figure.mean, .interval = figure.interval};
    if (bar.interval) bar.interval->low = std::max(0.0, bar.interval->low);
    bar.tip.title = Words::tr("Layer %1").arg(layer);
    bar.tip.lines.emplace_back(Words::tr("KL %1").arg(words(formatKl(figure.mean))),
                               figure.interval ? Words::tr("95 %: [%1, %2]")
                                                     .arg(words(formatKlBare(bar.interval->low)),
                                                          words(formatKlBare(bar.interval->high)))
                                               : Words::tr("no interval under 3 rows"));
    const auto worst = std::max_element(figure.heads.begin(), figure.heads.end());
    if (worst != figure.heads.end())
      bar.tip.lines.emplace_back(Words::tr("most in head %1: %2")
                                     .arg(worst - figure.heads.begin())
                                     .arg(words(formatKl(*worst))),
                                 QString());
    bar.tip.lines.emplace_back(QString(), Words::tr("Click to show this layer"));
    bar.csv = QStringList{QString::number(layer)} + figureCsv(figure.mean, figure.interval);
    data.bars.push_back(std::move(bar));
    if (named) data.names.emplace_back(at, QString::number(layer));
  }
  return data;
}

BarsData lossOfRecalled(const RecallFigures& figures) {
  BarsData data;
  data.title = Words::tr("Recalled words");
  data.subtitle = Words::tr("whole text, 95\u00a0% interval");
  data.xLabel = Words::tr("Decided by what stood before");
  data.yLabel = Words::tr("ΔNLL, nats");
  data.csvHead = {QStringLiteral("kind"), QStringLiteral("tokens"), QStringLiteral("delta_nll"),
                  QStringLiteral("low95"), QStringLiteral("high95")};
  const auto add = [&](const QString& key, const QString& name, const TokenKindFigure& figure) {
    const double at = static_cast<double>(data.bars.size());
    Bar bar{
        .from = at - 0.3, .to = at + 0.3, .value = figure.deltaNll, .interval = figure.interval};
    bar.tip.title = Words::tr("%1: %2 tokens").arg(name, count(figure.tokens));
    bar.tip.lines.emplace_back(words(formatDeltaNll(figure.deltaNll, figure.interval)), QString());
    bar.csv = QStringList{key, QString::number(figure.tokens)} +
              figureCsv(figure.deltaNll, figure.interval);
    data.bars.push_back(std::move(bar));
    data.names.emplace_back(at, name);
  };
  add(QStringLiteral("recalled"), Words::tr("recalled"), figures.recalled);
  add(QStringLiteral("others"), Words::tr("all others"), figures.others);
  return data;
}

}  // namespace kvloupe
