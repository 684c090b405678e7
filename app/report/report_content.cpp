// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/report_content.hpp"

#include <QCoreApplication>
#include <QDate>
#include <QLocale>
#include <algorithm>

#include "charts/chart_frame.hpp"
#include "pages/compare_page.hpp"
#include "pages/pages.hpp"
#include "report/report_commands.hpp"
#include "report/report_tables.hpp"
#include "tables/plan_difference_table.hpp"
#include "tables/verdict_table.hpp"
#include "types/format.hpp"
#include "window/presenters.hpp"
#include "words/core_words.hpp"

namespace kvloupe {
namespace {

struct Words {
  Q_DECLARE_TR_FUNCTIONS(kvloupe::Report)
};

QString words(const std::string& text) { return QString::fromStdString(text); }

class Builder {
 public:
  Builder(const ReportSource& source, const ReportChoice& choice)
      : source_(source), choice_(choice) {
    report_.title = choice.title.isEmpty() ? defaultReportTitle(source) : choice.title;
    QStringList byline;
    if (!choice.author.isEmpty()) byline << choice.author;
    byline << QDate::currentDate().toString(Qt::ISODate)
           << QCoreApplication::applicationName() + ' ' + QCoreApplication::applicationVersion();
    report_.byline = byline.join(QString::fromUtf8(" · "));
    report_.spec = choice.twoColumns ? FigureSpec::twoColumns() : FigureSpec::oneColumn();
  }

  Report build() {
    summary();
    add(ReportHeading{Words::tr("What was measured"), 1});
    add(modelsTable(models()));
    add(settingsTable(models()));
    for (const auto& model : models()) addModel(*model);
    compare();
    comparePlans();
    verdict();
    commands();
    add(ReportHeading{Words::tr("Files"), 1});
    add(hashesTable(models()));
    return std::move(report_);
  }

 private:
  [[nodiscard]] const ReportModels& models() const { return source_.models(); }
  void add(ReportBlock block) { report_.blocks.push_back(std::move(block)); }
  [[nodiscard]] bool chosen(const QString& key) const { return choice_.figures.contains(key); }

  /// Whether a model's safe ratios are of what is chosen now.
  [[nodiscard]] static bool current(const ReportModel& model) {
    return sweepCurrent(model.state(), model.workspace().settings());
  }

  /// The verdict in words, else what the plans say, else what is there.
  void summary() {
    for (const auto& model : models()) {
      const SweepPtr& sweep = model->state().sweep.value;
      if (!sweep || !sweep->verdict || !current(*model)) continue;
      QStringList sentences;
      for (const std::string& sentence : sweep->verdict->sentences)
        sentences << coreWords(sentence);
      if (!sentences.isEmpty())
        add(ReportText{columnOf(models(), *model) + QStringLiteral(": ") + sentences.join('\n')});
    }
    add(ReportText{
        Words::tr("Whiskers, bands and brackets are 95 % intervals; the noise floor is the spread "
                  "that equal variances would show. ΔPPL compares both on the same tokens. A cache "
                  "ratio counts the whole cache.")});
  }

  /// A page of the window as one figure, or as one for each of its charts.
  void addFigures(const FigureSheet& sheet, const QString& caption, const QString& command) {
    const QString made = command.isEmpty() ? QString() : QLatin1Char(' ') + madeBy(command);
    if (choice_.twoColumns) {
      add(ReportFigures{{{caption + made, sheet}}});
      return;
    }
    ReportFigures row;
    for (const FigureSheet& part : sheet.apart()) {
      row.row.push_back({part.title() + QStringLiteral(". ") + caption + made, part});
      if (row.row.size() == 2) add(std::exchange(row, {}));
    }
    if (!row.row.empty()) add(row);
  }

  void addModel(const ReportModel& model) {
    const SlotState& state = model.state();
    const std::size_t before = report_.blocks.size();
    add(ReportHeading{columnOf(models(), model), 1});
    const QString analysis =
        state.analysis.value ? analysisCommand(state, *state.analysis.value) : QString();
    for (qsizetype i = 0; i < pageKeys().size(); ++i) {
      const QString& key = pageKeys()[i];
      Page& page = *model.pages()[static_cast<std::size_t>(i)];
      if (key == "compare" || !chosen(key) || !page.absence().isEmpty()) continue;
      page.bringUpToDate();
      const bool sensitive = key == "sensitivity";
      const QString command = key == "layers" || key == "dimensions" ? analysis
                              : sensitive && state.sensitivity.value
                                  ? sensitivityCommand(state, *state.sensitivity.value)
                                  : QString();
      addFigures(page.sheet(), captionOf(page, model), command);
      if (key == "layers") add(layersTable(model));
      if (sensitive && state.sensitivity.value) add(sensitivityTable(model));
    }
    if (chosen("impact")) addImpact(model);
    if (report_.blocks.size() == before + 1) report_.blocks.pop_back();  // a heading of nothing
  }

  [[nodiscard]] QString captionOf(const Page& page, const ReportModel& model) const {
    const QString& subtitle = page.charts().front()->subtitle();
    const QString of = subtitle.contains(model.name()) ? subtitle
                       : subtitle.isEmpty()            ? model.name()
                                            : model.name() + QString::fromUtf8(" · ") + subtitle;
    return page.name() + QStringLiteral(", ") + of + QLatin1Char('.');
  }

  void addImpact(const ReportModel& model) {
    const SlotState& state = model.state();
    if (state.plans.empty() && !state.baseline.value) return;
    if (!state.plans.empty()) {
      const ImpactView& view = model.impact().view();
      FigureSheet plane, convergence;
      plane.add(model.impact().plane(), {0, 0, 1, 1});
      plane.setProvenance(view.provenance);
      convergence.add(model.impact().convergence(), {0, 0, 1, 1});
      convergence.setProvenance(view.provenance);
      const QString of = QStringLiteral(", %1, %2.").arg(model.name(), view.measuredOn);
      ReportFigures row;
      row.row.push_back({Words::tr("Cache ratio against ΔPPL of every plan measured") + of, plane});
      if (!view.convergence.points.empty())
        row.row.push_back({Words::tr("ΔPPL as the text was read, of the plan in force") + of +
                               QLatin1Char(' ') +
                               madeBy(evaluationCommand(state, *state.current.value)),
                           convergence});
      if (choice_.twoColumns)
        for (const ReportFigure& figure : row.row) add(ReportFigures{{figure}});
      else
        add(row);
    }
    add(withCommands(plansTable(model), model));
  }

  /// Whether a search of safe ratios measured the plan: its command makes it again.
  [[nodiscard]] static bool ofSweep(const ReportModel& model, const Evaluation& plan) {
    if (!current(model)) return false;
    for (const SweepCurve& curve : model.state().sweep.value->curves)
      for (const SweepPoint& point : curve.points)
        if (point.specText == plan.specText) return true;
    return false;
  }

  /// The number of the command in the last column; of very many plans the first ones have one.
  ReportTable withCommands(ReportTable table, const ReportModel& model) {
    const SlotState& state = model.state();
    std::vector<EvaluationPtr> rows = comparablePlans(model.state(), model.workspace().settings());
    if (state.baseline.value) rows.insert(rows.begin(), state.baseline.value);
    table.head << Words::tr("command");
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const bool own = !ofSweep(model, *rows[i]);
      const qsizetype number = !own ? commandOf(sweepCommand(state, *state.sweep.value))
                               : i < kMostCommands ? commandOf(evaluationCommand(state, *rows[i]))
                                                   : 0;
      table.rows[i] << (number > 0 ? QString::number(number) : QString::fromUtf8("–"));
    }
    return table;
  }

  /// Drawn as it was left, for the zoom of that is what was looked at; then as is wanted.
  static ComparePage& comparison(const ReportModel& model, bool plans) {
    auto& page = *pageOf<ComparePage>(model.pages());
    page.bringUpToDate();
    page.showPlans(plans);
    page.bringUpToDate();
    return page;
  }

  void compare() {
    const auto both = std::find_if(models().begin(), models().end(), [](const auto& model) {
      return pageOf<ComparePage>(model->pages())->modelsAbsence().isEmpty();
    });
    if (!chosen("compare") || both == models().end()) return;
    const ComparePage& page = comparison(**both, false);
    add(ReportHeading{Words::tr("A beside B"), 1});
    QStringList names;
    for (const auto& model : models()) names << columnOf(models(), *model);
    addFigures(page.sheet(),
               Words::tr("Compare, %1; below, B / A.").arg(names.join(QStringLiteral(", "))), {});
  }

  /// Of every model that has two.
  void comparePlans() {
    if (!chosen(kComparePlans)) return;
    for (const auto& model : models()) {
      if (!pageOf<ComparePage>(model->pages())->plansAbsence().isEmpty()) continue;
      const ComparePage& page = comparison(*model, true);
      const PlanDifferenceView& view = page.planTable()->view();
      const QString of = columnOf(models(), *model);
      add(ReportHeading{Words::tr("Two plans of %1").arg(of), 1});
      addFigures(page.sheet(),
                 Words::tr("%1 under plan A, %2, and plan B, %3; below, B − A.")
                     .arg(of, view.nameA, view.nameB),
                 {});
      std::vector<QStringList> rows = page.planTable()->rows();
      ReportTable table{Words::tr("Two plans of %1, on the same text. %2").arg(of, view.ruling),
                        rows.front(),
                        {rows.begin() + 1, rows.end()},
                        true};
      add(std::move(table));
    }
  }

  void verdict() {
    const bool any = std::any_of(models().begin(), models().end(), [](const auto& model) {
      return model->state().sweep.value != nullptr;
    });
    if (!any) return;
    add(ReportHeading{Words::tr("Verdict"), 1});
    auto& page = *pageOf<ComparePage>(models().front()->pages());
    page.bringUpToDate();
    const VerdictTable& table = *page.verdict();
    std::vector<QStringList> rows = table.rows();
    for (QString& cell : rows.front())
      cell.replace(QLatin1String("dPPL <="), QString::fromUtf8("ΔPPL ≤"));
    ReportTable safe{Words::tr("Safe cache ratio within a budget of ΔPPL, and ΔPPL’s 95 % interval "
                               "there, %"),
                     rows.front(),
                     {},
                     true};
    for (auto row = rows.begin() + 1; row != rows.end(); ++row)
      if (std::any_of(row->begin() + 1, row->end(),
                      [](const QString& cell) { return !cell.isEmpty(); }))
        safe.rows.push_back(*row);
    add(withoutEmptyColumns(std::move(safe)));
    for (const auto& model : models()) {
      const QString ruling = table.ruling(model->slot() == Slot::A ? ModelSlot::A : ModelSlot::B);
      const QString of = current(*model) ? columnOf(models(), *model)
                                         : Words::tr("%1, stale").arg(columnOf(models(), *model));
      if (!ruling.isEmpty())
        add(ReportText{
            Words::tr("“Don’t mess with K”, %1: %2").arg(of, QString(ruling).replace('\n', ' '))});
      const SlotState& state = model->state();
      if (state.sweep.value)
        add(ReportText{Words::tr("%1: %2, ctx %3, %4. %5")
                           .arg(of, words(state.sweep.value->method))
                           .arg(state.sweep.value->setting.context)
                           .arg(words(state.sweep.value->setting.text.name),
                                madeBy(sweepCommand(state, *state.sweep.value)))});
    }
  }

  /// A model that was not judged has no column.
  static ReportTable withoutEmptyColumns(ReportTable table) {
    for (qsizetype column = table.head.size() - 1; column > 0; --column) {
      const bool empty = std::all_of(table.rows.begin(), table.rows.end(),
                                     [&](const QStringList& row) { return row[column].isEmpty(); });
      if (!empty) continue;
      table.head.removeAt(column);
      for (QStringList& row : table.rows) row.removeAt(column);
    }
    return table;
  }

  /// Notes a command line and returns its number, from 1.
  qsizetype commandOf(const QString& line) {
    const auto index = commands_.indexOf(line);
    if (index >= 0) return index + 1;
    commands_ << line;
    return commands_.size();
  }

  QString madeBy(const QString& line) {
    return Words::tr("Made again by command %1.").arg(commandOf(line));
  }

  void commands() {
    add(ReportHeading{Words::tr("Command lines that make it again"), 1});
    for (qsizetype i = 0; i < commands_.size(); ++i)
      add(ReportCommand{Words::tr("Command %1").arg(i + 1), commands_[i]});
    for (const auto& model : models())
      if (const auto& origin = model->state().origin; origin && !origin->command.empty())
        add(ReportCommand{Words::tr("The run of %1").arg(columnOf(models(), *model)),
                          words(origin->command)});
  }

  static constexpr std::size_t kMostCommands = 200;

  const ReportSource& source_;
  const ReportChoice& choice_;
  Report report_;
  QStringList commands_;
};

}  // namespace

QString defaultReportTitle(const ReportSource& source) {
  QStringList names;
  for (const auto& model : source.models()) names << model->name();
  return Words::tr("How far the KV cache of %1 can be compressed")
      .arg(names.join(Words::tr(" and of ")));
}

Report reportOf(const ReportSource& source, const ReportChoice& choice) {
  return Builder(source, choice).build();
}

}  // namespace kvloupe
