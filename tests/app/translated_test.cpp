// SPDX-License-Identifier: GPL-3.0-or-later
// A window in another language: what a translator is asked for, and what it is not.
#include <qcustomplot.h>

#include <QAbstractButton>
#include <QAction>
#include <QComboBox>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QRegularExpression>
#include <QSet>
#include <QTest>
#include <QTranslator>

#include "app/support/real_window.hpp"
#include "charts/chart_frame.hpp"
#include "charts/chart_plot.hpp"
#include "lessons/goals.hpp"
#include "lessons/lesson_file.hpp"
#include "pages/pages.hpp"
#include "panels/log_pane.hpp"
#include "window/window_view.hpp"

using namespace kvloupe;

namespace {

/// Puts brackets round every word of the program's own; Qt's stay as they are.
class Brackets : public QTranslator {
 public:
  mutable QSet<QString> contexts;

  [[nodiscard]] bool isEmpty() const override { return false; }
  [[nodiscard]] QString translate(const char* context, const char* text, const char*,
                                  int) const override {
    contexts.insert(QString::fromUtf8(context));
    if (!QString::fromUtf8(context).startsWith("kvloupe::")) return {};
    return QString::fromUtf8("⟦%1⟧").replace("%1", QString::fromUtf8(text));
  }
};

}  // namespace

class TranslatedTest : public QObject {
  Q_OBJECT

  Brackets brackets_;
  std::unique_ptr<RealWindow> real_;

  static QString bracketed(const QString& text) { return QString::fromUtf8("⟦%1⟧").arg(text); }

  static void add(QStringList& all, const QString& where, const QString& text) {
    if (!text.isEmpty()) all << where + ": " + text;
  }

  /// Everything that a widget of the window says, with the widget's class before it.
  [[nodiscard]] QStringList said() const {
    QStringList all;
    for (const QWidget* widget : real_->window->findChildren<QWidget*>()) {
      const QString of = QString::fromUtf8(widget->metaObject()->className()).section(':', -1);
      add(all, of + " tip", widget->toolTip());
      add(all, of + " name", widget->accessibleName());
      if (const auto* label = qobject_cast<const QLabel*>(widget)) add(all, of, label->text());
      if (const auto* button = qobject_cast<const QAbstractButton*>(widget))
        add(all, of, button->text());
      if (const auto* list = qobject_cast<const QComboBox*>(widget))
        for (int i = 0; i < list->count(); ++i) {
          add(all, of + " item", list->itemText(i));
          add(all, of + " item tip", list->itemData(i, Qt::ToolTipRole).toString());
        }
      if (const auto* chart = qobject_cast<const ChartFrame*>(widget)) {
        add(all, of + " title", chart->title());
        for (const QCPAxis* axis : chart->findChild<ChartPlot*>()->axisRect()->axes())
          add(all, of + " axis", axis->label());
      }
      for (const QAction* action : widget->actions()) add(all, of + " action", action->text());
    }
    for (const QAction* action : real_->window->findChildren<QAction*>())
      add(all, "action", action->text());
    all.removeDuplicates();
    return all;
  }

  /// What has words and no bracket, and is neither a name nor the words of a lesson or of the core.
  [[nodiscard]] static QStringList untranslated(const QStringList& all) {
    static const QRegularExpression kWord("[A-Za-z]{2}");
    static const QRegularExpression kName(QRegularExpression::anchoredPattern(
        "KV Loupe|[\\w/.-]+\\.txt|(?:[AB] · )?demo:\\w+|papers|strided|llama\\.cpp|rank_95|"
        "k_\\w+(?:, v)?|u?int\\d|fp8|nvfp4|"
        "(?:latent|pca|query|output|random|axis|token|channel|tensor|none|hadamard)|"
        "\\w+ · (?:GQA|MLA)|(?:[\\d.,]+.\\w · )?bfloat16|(?:CPU|CUDA).*|"
        "[\\d.,]+(?:e-\\d+)?.(?:B/token|nats)|[\\d.,]+.\\wB → [\\d.,]+.\\wB"));
    QStringList left;
    QSet<QString> lessons;
    for (const Lesson& lesson : bundledLessons()) lessons << lesson.title;
    for (const QString& each : all) {
      const QString text = each.section(": ", 1);
      if (text.contains(kWord) && !text.contains(QString::fromUtf8("⟦")) &&
          !kName.match(text).hasMatch() && !lessons.contains(text))
        left << each;
    }
    return left;
  }

 private slots:
  void initTestCase() {
    QVERIFY(QCoreApplication::installTranslator(&brackets_));
    real_ = std::make_unique<RealWindow>();
  }

  void everyWordOfTheFirstWindowIsTranslated() {
    const QStringList all = said();
    QVERIFY(all.contains("InkLabel: " + bracketed("Recent")));
    QVERIFY(all.contains("action: " + bracketed("&Open model…")));
    QCOMPARE(untranslated(all).join('\n'), QString());
    QCOMPARE(untranslated({"QLabel: Left out"}), QStringList{"QLabel: Left out"});
  }

  void everyWordOverModelsIsTranslated() {
    real_->window->openPath("demo:gqa");
    real_->settle();
    RankSlider* v = real_->slider(bracketed("V rank"));
    QVERIFY(v);
    v->setValue(24);
    for (const char* page : {"dimensions", "attention", "text", "sensitivity", "compare"}) {
      real_->window->showPage(page);
      real_->settle();
    }
    real_->window->openPath("demo:mla", Slot::B);
    real_->settle();
    const QStringList all = said();
    QVERIFY(all.contains("SpectrumChart axis: " + bracketed("Principal component")));
    QCOMPARE(untranslated(all).join('\n'), QString());
    // One sentence is one text to translate: figures stand inside it.
    const QString log = real_->window->workbench()->log()->text();
    QVERIFY2(log.contains(bracketed("Opened demo:gqa")), qPrintable(log));
    QVERIFY2(log.contains(QString::fromUtf8("⟦v:rank=24: ΔPPL ")), qPrintable(log));
  }

  /// A session or a table that was written in one language is read in another.
  void whatIsWrittenForProgramsHasKeys() {
    const QJsonObject view = windowView(*real_->window->workbench());
    const QString session = QString::fromUtf8(QJsonDocument(view).toJson());
    QVERIFY2(!session.contains(QString::fromUtf8("⟦")), qPrintable(session));
    const auto selection = [&](const char* page) {
      return view["pages"].toObject()[page].toObject()["selection"].toObject();
    };
    QCOMPARE(selection("layers")["metric"].toString(), "spread");
    QCOMPARE(selection("compare")["taps_b"].toString(), "k,v");
    QCOMPARE(selection("sensitivity")["method"].toString(), "k:rank=32,tap=k_rope v:rank=32");
    int tables = 0;
    for (const ChartFrame* chart : real_->window->findChildren<ChartFrame*>()) {
      const std::vector<QStringList> rows = chart->csvRows();
      for (const QStringList& row : rows)
        for (const QString& cell : row)
          QVERIFY2(!cell.contains(QString::fromUtf8("⟦")), qPrintable(cell));
      tables += rows.size() > 1;
    }
    QVERIFY2(tables > 8, qPrintable(QString::number(tables)));
  }

  void aLessonIsDoneInAnyLanguage() {
    for (const QString& page : pageKeys())
      QVERIFY2(real_->window->findChild<QWidget*>(page + "Tab"), qPrintable(page));
    real_->window->showPage("layers");
    real_->settle();
    auto* taps = real_->window->findChild<QComboBox*>("layersTap");
    QVERIFY(taps);
    const LessonStage stage{.workspace = real_->workspace.get(),
                            .control = [&](const QString&) { return taps; },
                            .page = [] { return QString(); },
                            .pageName = {},
                            .showPage = {},
                            .useModel = {}};
    const LessonGoal goal = ChoiceGoal{"layersTap", "k,v"};
    QVERIFY(!stateOf(goal, stage).met);
    QVERIFY(stateOf(goal, stage).words.contains(bracketed("k and v, expanded")));
    fulfil(goal, stage);
    QVERIFY(stateOf(goal, stage).met);
    QCOMPARE(taps->currentText(), bracketed("k and v, expanded"));
  }

  void everyTextHasAContextOfItsOwn() {
    QVERIFY(brackets_.contexts.size() > 50);
    const QSet<QString> ofQt = {"QGuiApplication", "QShortcut"};
    for (const QString& context : brackets_.contexts)  // in QObject's a text is lost among others
      QVERIFY2(context.startsWith("kvloupe::") || ofQt.contains(context), qPrintable(context));
  }
};

QTEST_MAIN(TranslatedTest)
#include "translated_test.moc"
