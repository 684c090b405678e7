// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/report_tables.hpp"

#include <QCoreApplication>
#include <functional>

#include "charts/layers_data.hpp"
#include "charts/sensitivity_map.hpp"
#include "types/format.hpp"
#include "window/presenters.hpp"
#include "words/core_words.hpp"

namespace kvloupe {
namespace {

struct Words {
  Q_DECLARE_TR_FUNCTIONS(kvloupe::ReportTables)
};

QString words(const std::string& text) { return QString::fromStdString(text); }
QString dash() { return QStringLiteral("–"); }

using Fact = std::pair<QString, std::function<QString(const ReportModel&)>>;

ReportTable factTable(const ReportModels& models, const QString& caption,
                      const std::vector<Fact>& facts) {
  ReportTable table{caption, {QString()}, {}, true};
  for (const auto& model : models) table.head << columnOf(models, *model);
  for (const auto& [name, value] : facts) {
    QStringList row{name};
    bool any = false;
    for (const auto& model : models) {
      const QString cell = value(*model);
      any = any || !cell.isEmpty();
      row << (cell.isEmpty() ? dash() : cell);
    }
    if (any) table.rows.push_back(row);
  }
  return table;
}

/// What the figures of a model stand on, whichever was measured.
const EvaluationSetting* settingOf(const SlotState& state) {
  if (state.baseline.value) return state.baseline.value.get();
  if (!state.plans.empty()) return state.plans.back().value.get();
  if (state.sensitivity.value) return &state.sensitivity.value->setting;
  return state.sweep.value ? &state.sweep.value->setting : nullptr;
}

QString tokensOf(std::int64_t tokens, const TextInfo& text) {
  return Words::tr("%1 of %2").arg(words(formatCount(tokens)), words(formatCount(text.tokens)));
}

QString sigmaBand(const SpreadStatistics& figures) {
  const NoiseFloor& floor =
      figures.effectiveNoiseFloor ? *figures.effectiveNoiseFloor : figures.noiseFloor;
  return words(formatSpread(floor.p97_5));
}

}  // namespace

QString columnOf(const ReportModels& models, const ReportModel& model) {
  if (models.size() == 1) return model.name();
  return (model.slot() == Slot::A ? QStringLiteral("A ") : QStringLiteral("B ")) + model.name();
}

ReportTable modelsTable(const ReportModels& models) {
  const auto info = [](auto read) {
    return [read](const ReportModel& model) -> QString { return read(*model.state().model); };
  };
  return factTable(
      models, Words::tr("Models"),
      {{Words::tr("Opened as"), [](const ReportModel& m) { return m.state().path; }},
       {Words::tr("Family"), info([](const ModelInfo& m) { return familyText(m); })},
       {Words::tr("Parameters"),
        info([](const ModelInfo& m) { return words(formatParameters(m.parameterCount)); })},
       {Words::tr("Layers"), info([](const ModelInfo& m) { return QString::number(m.numLayers); })},
       {Words::tr("Query heads, KV heads"), info([](const ModelInfo& m) {
          return QStringLiteral("%1, %2").arg(m.numHeads).arg(m.numKvHeads);
        })},
       {Words::tr("Dimensions of K, of V"), info([](const ModelInfo& m) {
          return QStringLiteral("%1, %2").arg(m.headDim).arg(m.vHeadDim);
        })},
       {Words::tr("Latent, rotary key"), info([](const ModelInfo& m) {
          return m.attention == AttentionKind::Mla
                     ? QStringLiteral("%1, %2").arg(m.kvLoraRank).arg(m.qkRopeHeadDim)
                     : QString();
        })},
       {Words::tr("Cache, untouched"), info([](const ModelInfo& m) {
          return words(formatBytesPerToken(static_cast<double>(m.kvBytesPerToken)));
        })},
       {Words::tr("Weights stored as"),
        info([](const ModelInfo& m) { return words(m.storedDtype); })},
       {Words::tr("Computed in"), info([](const ModelInfo& m) { return words(m.computeDtype); })},
       {Words::tr("Device"), info([](const ModelInfo& m) { return words(m.device); })},
       {Words::tr("Tokenizer"), info([](const ModelInfo& m) { return words(m.tokenizer); })},
       {Words::tr("Measured by"),
        [](const ReportModel& m) {
          const SlotState& state = m.state();
          const QString version = state.origin ? words(state.origin->programVersion)
                                               : QCoreApplication::applicationVersion();
          return QStringLiteral("%1 %2").arg(QCoreApplication::applicationName(), version);
        }},
       {Words::tr("Run file"),
        [](const ReportModel& m) { return m.state().origin ? m.state().origin->path : QString(); }},
       {Words::tr("Warnings"), info([](const ModelInfo& m) {
          QStringList warnings;
          for (const std::string& warning : m.warnings) warnings << coreWords(warning);
          return warnings.join(QStringLiteral("; "));
        })}});
}

ReportTable settingsTable(const ReportModels& models) {
  const auto setting = [](auto read) {
    return [read](const ReportModel& model) -> QString {
      const EvaluationSetting* found = settingOf(model.state());
      return found ? read(*found) : QString();
    };
  };
  const auto analysis = [](auto read) {
    return [read](const ReportModel& model) -> QString {
      const AnalysisPtr& found = model.state().analysis.value;
      return found ? read(*found) : QString();
    };
  };
  return factTable(models, Words::tr("What the figures were measured on"),
                   {{Words::tr("Calibration text"),
                     analysis([](const Analysis& a) { return words(a.text.name); })},
                    {Words::tr("Tokens of it that streamed"),
                     analysis([](const Analysis& a) { return tokensOf(a.tokens, a.text); })},
                    {Words::tr("Context of the analysis"),
                     analysis([](const Analysis& a) { return QString::number(a.context); })},
                    {Words::tr("Evaluation text"),
                     setting([](const EvaluationSetting& s) { return words(s.text.name); })},
                    {Words::tr("Protocol"),
                     setting([](const EvaluationSetting& s) { return words(s.protocol); })},
                    {Words::tr("Context"), setting([](const EvaluationSetting& s) {
                       return QString::number(s.context);
                     })},
                    {Words::tr("Stride"), setting([](const EvaluationSetting& s) {
                       return s.stride > 0 ? QString::number(s.stride) : QString();
                     })},
                    {Words::tr("Order of the windows, seed"),
                     setting([](const EvaluationSetting& s) { return QString::number(s.seed); })},
                    {Words::tr("Texts overlap"), setting([](const EvaluationSetting& s) {
                       return s.forced ? Words::tr("yes: the person insisted") : QString();
                     })}});
}

ReportTable hashesTable(const ReportModels& models) {
  ReportTable table{
      Words::tr("Files and their SHA-256"),
      {Words::tr("File"), Words::tr("Of"), Words::tr("Bytes"), QStringLiteral("SHA-256")},
      {},
      true};
  const auto add = [&](const QString& file, const QString& of, std::int64_t bytes,
                       const std::string& hash) {
    const QString shown = hash.empty() ? Words::tr("pending") : words(hash);
    for (const QStringList& row : table.rows)
      if (row[0] == file && row[3] == shown) return;  // both models read it
    table.rows.push_back({file, of, words(formatCount(bytes)), shown});
  };
  for (const auto& model : models) {
    const SlotState& state = model->state();
    for (const WeightFile& file : state.model->weightFiles)
      add(words(file.name), Words::tr("weights of %1").arg(model->name()), file.bytes, file.sha256);
    const auto addText = [&](const TextInfo& text, const QString& of) {
      add(words(text.name), of, text.bytes, text.sha256);
    };
    if (state.analysis.value) addText(state.analysis.value->text, Words::tr("calibration"));
    if (const EvaluationSetting* setting = settingOf(state)) {
      addText(setting->text, Words::tr("evaluation"));
      if (setting->calibration) addText(*setting->calibration, Words::tr("calibration"));
    }
  }
  return table;
}

ReportTable layersTable(const ReportModel& model) {
  const SlotState& state = model.state();
  const Analysis& analysis = *state.analysis.value;
  const auto taps = defaultTaps(*state.model);
  ReportTable table{Words::tr("Spread of every layer, heads joined: %1").arg(model.name()),
                    {Words::tr("Layer")},
                    {},
                    false};
  for (const auto& [target, tap] : taps) {
    const QString name =
        QString::fromLatin1(tapName(tap).data(), static_cast<qsizetype>(tapName(tap).size()));
    table.head << name << QStringLiteral("95 %") << Words::tr("noise floor");
  }
  for (int layer = 0; layer < state.model->numLayers; ++layer) {
    QStringList row{QString::number(layer)};
    bool any = false;
    for (const auto& [target, tap] : taps) {
      const TapStatistics* found = analysis.find(layer, tap);
      if (!found || !found->joined.spread) {
        row << dash() << dash() << dash();
        continue;
      }
      any = true;
      const SpreadStatistics& joined = found->joined;
      row << words(formatSpreadBeside(*joined.spread, joined.spreadInterval))
          << (joined.spreadInterval     ? words(formatSpreadInterval(*joined.spreadInterval))
              : joined.notToldFromNoise ? Words::tr("not told from noise")
                                        : dash())
          << sigmaBand(joined);
    }
    if (any) table.rows.push_back(row);
  }
  return table;
}

ReportTable plansTable(const ReportModel& model) {
  ReportTable table{Words::tr("Plans measured: %1").arg(model.name()),
                    {Words::tr("Plan"), Words::tr("cache"), QStringLiteral("B/token"),
                     QStringLiteral("PPL"), QString::fromUtf8("ΔPPL"), QStringLiteral("95 %, %"),
                     Words::tr("KL, nats"), Words::tr("top-1"), Words::tr("tokens")},
                    {},
                    false};
  if (const EvaluationPtr& baseline = model.state().baseline.value) {
    const PerplexityFigure& figure = baseline->figures.baseline;
    table.rows.push_back(
        {Words::tr("untouched"), words(formatRatio(1)),
         words(formatCount(model.state().model->kvBytesPerToken)),
         words(formatPpl(figure.ppl)) +
             (figure.interval
                  ? QStringLiteral(" ") + words(formatPplUncertainty(figure.ppl, *figure.interval))
                  : QString()),
         dash(), dash(), dash(), dash(), words(formatCount(baseline->figures.tokensScored))});
  }
  for (const EvaluationPtr& plan : comparablePlans(model.state(), model.workspace().settings())) {
    const EvaluationFigures& figures = plan->figures;
    table.rows.push_back(
        {words(plan->specText), words(formatRatio(plan->accounting.cacheRatio)),
         words(formatCount(std::llround(plan->accounting.bytesPerToken))),
         words(formatPpl(figures.compressed.ppl)), words(formatDeltaPpl(figures.deltaPplPercent)),
         figures.deltaInterval
             ? words(formatDeltaPplInterval(figures.deltaPplPercent, *figures.deltaInterval))
             : dash(),
         words(formatKlBare(figures.divergence.klMean)),
         words(formatKept(figures.divergence.top1Agreement)),
         words(formatCount(figures.tokensScored))});
  }
  return table;
}

ReportTable sensitivityTable(const ReportModel& model) {
  const Sensitivity& figures = *model.state().sensitivity.value;
  ReportTable table{Words::tr("ΔPPL when one layer alone is compressed (%1): %2")
                        .arg(words(figures.specText), model.name()),
                    {Words::tr("Layer")},
                    {},
                    false};
  for (const std::string& column : figures.columns)
    table.head << columnName(column) << QStringLiteral("95 %, %");
  if (figures.cells.empty()) return table;
  for (int layer = 0; layer < figures.layers; ++layer) {
    QStringList row{QString::number(layer)};
    for (std::size_t column = 0; column < figures.columns.size(); ++column) {
      const SensitivityCell& cell = figures.cell(layer, static_cast<int>(column));
      row << words(formatDeltaPpl(cell.deltaPplPercent))
          << (cell.interval ? words(formatDeltaPplInterval(cell.deltaPplPercent, *cell.interval))
                            : dash());
    }
    table.rows.push_back(row);
  }
  return table;
}

}  // namespace kvloupe
