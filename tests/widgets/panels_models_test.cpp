// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>
#include <QTimer>

#include "controls/labels.hpp"
#include "panels/error_dialog.hpp"
#include "panels/log_pane.hpp"
#include "panels/models_panel.hpp"
#include "panels/models_rail.hpp"
#include "panels/start_page.hpp"
#include "panels/status_line.hpp"
#include "theme/theme.hpp"

using namespace kvloupe;

namespace {

QString words(const QWidget& panel) {
  QStringList lines;
  for (const QLabel* label : panel.findChildren<QLabel*>()) {
    if (!label->isVisibleTo(&panel)) continue;
    const auto* elided = qobject_cast<const ElidedLabel*>(label);
    lines << (elided ? elided->fullText() : label->text());
  }
  return lines.join('\n').replace(QChar(QChar::Nbsp), ' ');
}

QAbstractButton* button(const QWidget& panel, const QString& text) {
  for (QAbstractButton* each : panel.findChildren<QAbstractButton*>())
    if (each->text() == text) return each;
  return nullptr;
}

template <class Widget>
Widget* named(const QWidget& panel, const QString& name) {
  for (Widget* widget : panel.findChildren<Widget*>())
    if (widget->accessibleName() == name) return widget;
  return nullptr;
}

ModelsView view() {
  ModelsView view;
  view.cards[0] = {.kind = ModelCardView::Kind::Open,
                   .name = "demo:gqa",
                   .facts = {{"Family", "qwen2"}, {"Layers", "6"}},
                   .warnings = {},
                   .refusal = {}};
  view.calibrations = {{"demo calibration", ""}, {"mine.txt", "/texts/mine.txt"}};
  view.evaluations = {{"demo evaluation", ""}};
  view.calibrationTokens = 16384;
  view.calibrationNote = "of 131,072";
  view.context = view.maxContext = 512;
  view.device = "CPU, 2 threads";
  view.settingsEnabled = view.canStop = true;
  return view;
}

}  // namespace

class PanelsModelsTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { applyTheme(*qobject_cast<QApplication*>(qApp), ThemeKind::Light); }
  void init() { QTest::failOnWarning(QRegularExpression("^(?!This plugin does not support).*")); }

  void cardsShowTheirModel() {
    ModelsPanel panel;
    panel.setView(view());
    const QString text = words(panel);
    for (const char* part :
         {"demo:gqa", "qwen2", "No model to compare with", "of 131,072", "CPU, 2 threads"})
      QVERIFY2(text.contains(part), part);
    QVERIFY(!button(panel, "Analyse")->isEnabled());
    QVERIFY(button(panel, "Stop")->isEnabled());
  }

  void aCardIsBuiltAnewUnderItsMenu() {
    ModelsPanel panel;
    ModelsView news = view();
    panel.setView(news);
    panel.show();
    QTimer::singleShot(500, [] {  // where the click would wait for it
      if (QWidget* menu = QApplication::activePopupWidget()) menu->close();
    });
    named<QAbstractButton>(panel, "What to do with model A")->click();
    auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
    QVERIFY(menu);
    news.cards[0].facts.push_back({"Heads", "4"});
    panel.setView(news);
    QTest::qWait(10);
    QVERIFY(words(panel).contains("Heads"));
    QSignalSpy closed(&panel, &ModelsPanel::closeRequested);
    menu->actions().last()->trigger();
    QCOMPARE(closed.count(), 1);
    menu->close();
  }

  void aRefusalStandsInItsPlace() {
    ModelsPanel panel;
    ModelsView refused = view();
    refused.cards[1].refusal = ModelCardView::Refusal{"my-qwen2", "a Git LFS pointer"};
    panel.setView(refused);
    const QString text = words(panel);
    QVERIFY(text.contains("my-qwen2") && text.contains("not opened"));
    QVERIFY(!text.contains("No model to compare with"));
    QSignalSpy details(&panel, &ModelsPanel::detailsRequested);
    QSignalSpy dismiss(&panel, &ModelsPanel::dismissRequested);
    button(panel, "Details")->click();
    button(panel, "Dismiss")->click();
    QCOMPARE(details[0][0].value<ModelSlot>(), ModelSlot::B);
    QCOMPARE(dismiss.count(), 1);
  }

  void textsAreChosen() {
    ModelsPanel panel;
    panel.setView(view());
    auto* calibration = named<QComboBox>(panel, "Calibration text");
    QSignalSpy chosen(&panel, &ModelsPanel::calibrationChosen);
    QSignalSpy asked(&panel, &ModelsPanel::calibrationFileRequested);
    QCOMPARE(calibration->count(), 3);
    emit calibration->activated(1);
    QCOMPARE(chosen[0][0].toString(), "/texts/mine.txt");
    calibration->setCurrentIndex(2);
    emit calibration->activated(2);
    QCOMPARE(asked.count(), 1);
    QCOMPARE(calibration->currentIndex(), 0);  // the entry itself is no text
    QSignalSpy tokens(&panel, &ModelsPanel::calibrationTokensChosen);
    emit named<QComboBox>(panel, "Calibration tokens")->activated(5);
    QCOMPARE(tokens[0][0].toLongLong(), 0);
    QSignalSpy context(&panel, &ModelsPanel::contextChosen);
    named<QSpinBox>(panel, "Context, tokens")->setValue(256);
    QCOMPARE(context[0][0].toInt(), 256);
  }

  void theProtocolIsChosen() {
    ModelsPanel panel;
    ModelsView strided = view();
    strided.protocol = "strided";
    panel.setView(strided);
    auto* protocol = named<QComboBox>(panel, "Protocol");
    QCOMPARE(protocol->currentText(), "strided");
    QSignalSpy chosen(&panel, &ModelsPanel::protocolChosen);
    emit protocol->activated(2);
    QCOMPARE(chosen[0][0].toString(), "llama.cpp");
  }

  void theCacheIsShownBeforeAndAfter() {
    ModelsPanel panel;
    ModelsView cached = view();
    cached.cards[0].cacheBytesPerToken = 3072;
    cached.cards[0].planBytesPerToken = 2112;
    panel.setView(cached);
    panel.setCacheExtent({32'768, 1});
    QVERIFY(words(panel).contains(QString::fromUtf8("101 MB → 69.2 MB")));
    cached.cards[0].planBytesPerToken = 1536;  // the plan was moved
    panel.setView(cached);
    QVERIFY(words(panel).contains(QString::fromUtf8("101 MB → 50.3 MB")));
    QSignalSpy size(&panel, &ModelsPanel::cacheExtentChosen);
    panel.show();
    auto* change = button(panel, QString::fromUtf8("32,768 tokens × 1"));
    QVERIFY(change && change->focusPolicy() & Qt::TabFocus);
    change->click();
    auto* batch = named<QSpinBox>(panel, "Batch, sequences");
    QVERIFY(batch);
    batch->setValue(32);
    QCOMPARE(size[0][0].value<CacheExtent>(), (CacheExtent{32'768, 32}));
    QVERIFY(words(panel).contains(QString::fromUtf8("3.22 GB → 1.61 GB")));
    batch->window()->close();
  }

  void aCardSaysWhatIsOdd() {
    ModelsPanel panel;
    ModelsView odd = view();
    odd.cards[0].warnings = {"auto_map is not run", "the tokenizer adds no <s>"};
    panel.setView(odd);
    QVERIFY(words(panel).contains("auto_map is not run"));
    QVERIFY(words(panel).contains("the tokenizer adds no <s>"));
  }

  void theRailStartsAndStops() {
    ModelsRail rail;
    rail.setView(view());
    QSignalSpy stop(&rail, &ModelsRail::stopRequested);
    QSignalSpy open(&rail, &ModelsRail::openRequested);
    named<QAbstractButton>(rail, "Stop")->click();
    named<QAbstractButton>(rail, QString::fromUtf8("Open model B…"))->click();
    QCOMPARE(stop.count(), 1);
    QCOMPARE(open[0][0].value<ModelSlot>(), ModelSlot::B);
  }

  void aCardAndItsBadgeChooseTheModel() {
    ModelsView two = view();
    two.cards[1] = two.cards[0];
    two.cards[1].name = "demo:mla";
    two.cards[1].active = true;
    ModelsPanel panel;
    panel.resize(236, 700);
    panel.setView(two);
    panel.show();
    QSignalSpy chosen(&panel, &ModelsPanel::chosen);
    auto* name = [&]() -> QLabel* {
      for (QLabel* label : panel.findChildren<QLabel*>())
        if (label->isVisible() && label->text() == "demo:gqa") return label;
      return nullptr;
    }();
    QVERIFY(name);
    QTest::mouseClick(name, Qt::LeftButton);
    QCOMPARE(chosen.count(), 1);
    QCOMPARE(chosen[0][0].value<ModelSlot>(), ModelSlot::A);
    auto* badge = named<QAbstractButton>(panel, "Show model A: demo:gqa");
    QVERIFY(badge && badge->focusPolicy() & Qt::TabFocus);
    QTest::keyClick(badge, Qt::Key_Space);
    QCOMPARE(chosen.count(), 2);
    QVERIFY(named<QAbstractButton>(panel, "Model B, shown: demo:mla"));
    two.cards[1] = {};
    panel.setView(two);
    for (QLabel* label : panel.findChildren<QLabel*>())
      if (label->isVisible() && label->text() == "No model to compare with")
        QTest::mouseClick(label, Qt::LeftButton);
    QCOMPARE(chosen.count(), 2);  // nothing to choose in an empty place
  }

  void theRailChoosesTheModel() {
    ModelsRail rail;
    rail.setView(view());
    QSignalSpy chosen(&rail, &ModelsRail::chosen);
    auto* badge = named<QAbstractButton>(rail, "Show model A: demo:gqa");
    QVERIFY(badge);
    QTest::keyClick(badge, Qt::Key_Space);
    QCOMPARE(chosen.count(), 1);
    QCOMPARE(chosen[0][0].value<ModelSlot>(), ModelSlot::A);
  }

  void aRefusalDialogHasAllItsParts() {
    ErrorReport report{.title = "Model not opened",
                       .headline = "The weights were never downloaded",
                       .exact = {},
                       .context = "/models/x",
                       .file = "model.safetensors",
                       .place = "bytes 0 to 7",
                       .found = "<b>version</b> https://git-lfs",
                       .expected = "a header length",
                       .advice = "Download the weights: `git lfs pull` in that folder",
                       .unchanged = "Nothing was loaded.",
                       .line = "model.safetensors: one line",
                       .canRetry = true,
                       .openAnother = QString::fromUtf8("Open another folder…")};
    ErrorDialog dialog(report);
    dialog.setAttribute(Qt::WA_DeleteOnClose, false);
    const QString text = words(dialog);
    for (const QString& part :
         {report.headline, report.file, report.place, report.found, report.expected,
          QString("git lfs pull"), report.unchanged, QString("What to do")})
      QVERIFY2(text.contains(part), qPrintable(part));
    for (const QLabel* label : dialog.findChildren<QLabel*>())  // a stranger's words are no markup
      if (label->text() == report.found) QCOMPARE(label->textFormat(), Qt::PlainText);
    button(dialog, "Copy")->click();
    QCOMPARE(QApplication::clipboard()->text(), "git lfs pull");
    button(dialog, "Copy details")->click();
    QCOMPARE(QApplication::clipboard()->text(), report.line);
    QSignalSpy retry(&dialog, &ErrorDialog::retryRequested);
    button(dialog, "Try again")->click();
    QCOMPARE(retry.count(), 1);
  }

  void theStartPageHasThreeWaysIn() {
    StartPage page;
    page.resize(1440, 840);
    page.setRecent({{"qwen2", "/models/qwen2", false}});
    QSignalSpy demo(&page, &StartPage::demoRequested);
    QSignalSpy model(&page, &StartPage::openModelRequested);
    QSignalSpy run(&page, &StartPage::openRunRequested);
    QSignalSpy recent(&page, &StartPage::recentRequested);
    QTest::keyClick(button(page, "Explore the demo"), Qt::Key_Return);
    button(page, QString::fromUtf8("Open a model folder…"))->click();
    button(page, QString::fromUtf8("Open a saved run…"))->click();
    button(page, "qwen2")->click();
    QCOMPARE(demo.count(), 1);
    QCOMPARE(model.count(), 1);
    QCOMPARE(run.count(), 1);
    QCOMPARE(recent[0][0].toString(), "/models/qwen2");
  }

  void theStatusLineIsDeterminate() {
    StatusLine line;
    StatusView running;
    running.title = "Measuring V rank 24";
    running.busy = true;
    running.fraction = 0.716;
    running.amount = "93,184 of 131,072 tokens";
    line.setView(running);
    QVERIFY(words(line).contains(QString::fromUtf8("71 %")));
    QVERIFY(button(line, "Cancel")->isVisibleTo(&line));
    line.setView({});
    QVERIFY(words(line).contains("Ready"));
    QVERIFY(!button(line, "Cancel")->isVisibleTo(&line));
  }

  void theLogKeepsItsLines() {
    LogPane log;
    log.append("Opened demo:gqa");
    log.append("Saved");
    QVERIFY(log.text().contains("Opened demo:gqa\n"));
  }
};

QTEST_MAIN(PanelsModelsTest)
#include "panels_models_test.moc"
