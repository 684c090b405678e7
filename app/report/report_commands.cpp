// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/report_commands.hpp"

#include <QRegularExpression>
#include <QStringList>
#include <set>

#include "compression/plan/spec.hpp"

namespace kvloupe {
namespace {

QString words(const std::string& text) { return QString::fromStdString(text); }

class Line {
 public:
  Line(const char* command, const SlotState& state) {
    const ModelInfo& model = *state.model;
    add("kvloupe-cli").add(command).add(state.path.isEmpty() ? words(model.folder) : state.path);
    if (words(model.device).startsWith("CPU")) add("--device", "cpu");
    if (!model.computeDtype.empty()) add("--dtype", words(model.computeDtype));
  }
  Line& add(const QString& word) {
    words_ << shellWord(word);
    return *this;
  }
  Line& add(const char* option, const QString& value) { return add(option).add(value); }
  Line& add(const char* option, std::int64_t value) { return add(option, QString::number(value)); }
  /// Nothing for the demo's own text, which the command line takes by itself.
  Line& addText(const char* option, const TextInfo& text) {
    if (text.name == "demo evaluation" || text.name == "demo calibration") return *this;
    return add(option, words(text.path.empty() ? text.name : text.path));
  }
  [[nodiscard]] QString text() const { return words_.join(' '); }

 private:
  QStringList words_;
};

void addMeasure(Line& line, const EvaluationSetting& setting, int windowsPlanned) {
  line.addText("--file", setting.text);
  if (setting.calibration) line.addText("--calibration", *setting.calibration);
  if (setting.calibrationTokens > 0) line.add("--calibration-tokens", setting.calibrationTokens);
  const std::int64_t covered = std::int64_t{windowsPlanned} * setting.context;
  if (setting.protocol == "papers" && covered > 0 &&
      covered + setting.context <= setting.text.tokens)
    line.add("--tokens", covered);  // no more of the text was asked for
  line.add("-c", setting.context);
  if (setting.protocol != "papers") line.add("--protocol", words(setting.protocol));
  if (setting.stride > 0) line.add("--stride", setting.stride);
  if (setting.seed != 0) line.add("--seed", QString::number(setting.seed));
  if (setting.until) line.add("--until", QString::number(*setting.until));
  if (setting.forced) line.add("--force");
}

}  // namespace

QString shellWord(const QString& word) {
  static const QRegularExpression kPlain(QStringLiteral("^[A-Za-z0-9_=:,.@/+%-]+$"));
  if (kPlain.match(word).hasMatch()) return word;
  return '\'' + QString(word).replace('\'', QStringLiteral("'\\''")) + '\'';
}

QString analysisCommand(const SlotState& state, const Analysis& analysis) {
  Line line("analyze", state);
  line.addText("--file", analysis.text);
  if (analysis.tokensPlanned > 0) line.add("--tokens", analysis.tokensPlanned);
  line.add("-c", analysis.context);
  if (analysis.skip > 0) line.add("--skip", analysis.skip);
  return line.text();
}

QString evaluationCommand(const SlotState& state, const Evaluation& evaluation) {
  Line line("perplexity", state);
  addMeasure(line, evaluation, evaluation.figures.windowsPlanned);
  for (const CompressionSpec& spec : evaluation.specs)
    line.add("--compress", words(specText(spec)));
  return line.text();
}

QString sweepCommand(const SlotState& state, const Sweep& sweep) {
  const bool judged = sweep.verdict.has_value();
  Line line(judged ? "verdict" : "sweep", state);
  addMeasure(line, sweep.setting,
             sweep.plans.empty() ? 0 : sweep.plans.front()->figures.windowsPlanned);
  QStringList budgets, targets;
  for (const double budget : sweep.budgets) budgets << QString::number(budget);
  std::set<int> ranks;
  QStringList formats;
  bool searched = false;
  for (const SweepCurve& curve : sweep.curves) {
    targets << words(curve.name);
    searched = searched || !curve.safe.empty();
    for (const SweepPoint& point : curve.points) {
      if (point.format.empty())
        ranks.insert(point.rank);
      else if (!formats.contains(words(point.format)))
        formats << words(point.format);
    }
  }
  if (!judged) line.add("--targets", targets.join(','));
  if (!budgets.isEmpty()) line.add("--budget", budgets.join(','));
  if (!judged && !searched) {
    QStringList asked;
    for (const int rank : ranks) asked << QString::number(rank);
    if (!asked.isEmpty()) line.add("--ranks", asked.join(','));
  }
  if (!judged && !formats.isEmpty()) line.add("--formats", formats.join(','));
  return line.text();
}

QString sensitivityCommand(const SlotState& state, const Sensitivity& sensitivity) {
  Line line("sensitivity", state);
  addMeasure(line, sensitivity.setting, sensitivity.windowsPlanned);
  for (const QString& spec : words(sensitivity.specText).split(' ', Qt::SkipEmptyParts))
    line.add("--compress", spec);
  if (!sensitivity.cumulative.empty()) line.add("--cumulative");
  return line.text();
}

}  // namespace kvloupe
