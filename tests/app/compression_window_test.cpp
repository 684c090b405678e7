// SPDX-License-Identifier: GPL-3.0-or-later
// The Compression panel on the real core and demo:gqa, by mouse and keyboard.
#include <QAction>
#include <QDir>
#include <QFile>
#include <QInputDialog>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLineEdit>
#include <QMenu>
#include <QMouseEvent>
#include <QProcess>
#include <QPushButton>
#include <QRegularExpression>
#include <QSpinBox>
#include <QTest>

#include "app/support/real_window.hpp"
#include "compression/plan/accounting.hpp"
#include "compression/plan/resolve.hpp"
#include "compression/plan/spec.hpp"
#include "controls/choice_box.hpp"
#include "controls/labels.hpp"
#include "controls/rank_cell.hpp"
#include "controls/segmented_control.hpp"
#include "panels/compression_panel.hpp"
#include "panels/impact_panel.hpp"
#include "types/format.hpp"
#include "window/main_actions.hpp"

using namespace kvloupe;

class CompressionWindowTest : public QObject {
  Q_OBJECT

  std::unique_ptr<RealWindow> real_;

  MainWindow& window() { return *real_->window; }
  Workspace& workspace() { return *real_->workspace; }
  CompressionPanel& panel() { return *window().workbench()->compression(); }
  const ModelInfo& model() { return *workspace().activeSlot().model; }
  QString specs() {
    return QString::fromStdString(specText(specsOf(workspace().activeSlot().draft)));
  }
  template <class Widget>
  Widget* named(const QString& name) {
    for (Widget* each : panel().findChildren<Widget*>())
      if (each->accessibleName() == name) return each;
    return nullptr;
  }
  /// Chooses an entry as the keyboard does: with the focus, from the top down.
  void choose(const QString& list, const QString& entry) {
    auto* box = named<QComboBox>(list);
    QVERIFY2(box && box->isVisibleTo(&window()), qPrintable(list));
    box->setFocus();
    QTest::keyClick(box, Qt::Key_Home);
    for (int i = 0; i < box->count() && box->currentText() != entry; ++i)
      QTest::keyClick(box, Qt::Key_Down);
    QCOMPARE(box->currentText(), entry);
  }
  void type(const QString& cell, const QString& text) {
    auto* field = named<RankCell>(cell);
    QVERIFY2(field && field->isVisibleTo(&window()), qPrintable(cell));
    field->setFocus();
    field->selectAll();
    if (text.isEmpty())
      QTest::keyClick(field, Qt::Key_Delete);
    else
      QTest::keyClicks(field, text);
    QTest::keyClick(field, Qt::Key_Return);
  }
  /// The panel's figures are those of the core, counted over the windows that are measured.
  void figuresAreTheCores() {
    const Accounting own =
        account(resolvePlan(specsOf(workspace().activeSlot().draft), model()), model(), 256);
    const Accounting& shown = panel().view().accounting;
    QCOMPARE(shown.cacheRatio, own.cacheRatio);
    QCOMPARE(shown.bytesPerToken, own.bytesPerToken);
    for (std::size_t i = 0; i < own.targets.size(); ++i) {
      QCOMPARE(shown.targets[i].tensorRatio, own.targets[i].tensorRatio);
      QCOMPARE(shown.targets[i].cacheRatio, own.targets[i].cacheRatio);
    }
    QStringList words;
    for (const QLabel* label : panel().findChildren<QLabel*>()) words << label->text();
    QVERIFY(words.contains(QString::fromStdString(formatRatio(own.cacheRatio))));
  }
  void measured() {
    real_->settle();
    const EvaluationPtr& plan = workspace().activeSlot().current.value;
    QVERIFY(plan && plan->figures.complete());
    QCOMPARE(plan->accounting.cacheRatio, panel().view().accounting.cacheRatio);
    QCOMPARE(window().workbench()->impact()->view().state, FigureState::Measured);
  }
  void picture(const QString& name) {
    const QString folder = qEnvironmentVariable("KVLOUPE_PICTURES");
    if (!folder.isEmpty()) QVERIFY(window().grab().save(folder + "/" + name + ".png"));
  }
  /// What is shown has room for its words, and no control lies over another.
  void nothingIsClipped(const QString& where) {
    QList<QWidget*> shown;
    for (QWidget* each : panel().findChildren<QWidget*>()) {
      if (!each->isVisibleTo(&panel())) continue;
      const auto* label = qobject_cast<QLabel*>(each);
      if (label && !label->text().isEmpty() && !qobject_cast<ElidedLabel*>(each) &&
          !label->wordWrap())
        QVERIFY2(label->width() >=
                     label->fontMetrics().size(Qt::TextSingleLine, label->text()).width() - 1,
                 qPrintable(where + ": " + label->text()));
      if (const auto* button = qobject_cast<QPushButton*>(each))
        QVERIFY2(button->width() >= button->fontMetrics().horizontalAdvance(button->text()),
                 qPrintable(where + ": " + button->text()));
      const bool control = qobject_cast<QComboBox*>(each) || qobject_cast<QAbstractButton*>(each) ||
                           qobject_cast<QAbstractSpinBox*>(each) ||
                           qobject_cast<RankSlider*>(each) || qobject_cast<RankCell*>(each);
      if (!control) continue;
      for (QWidget* other : shown)
        if (other->parentWidget() == each->parentWidget())
          QVERIFY2(!other->geometry().intersects(each->geometry()),
                   qPrintable(where + ": " + each->accessibleName() + " over " +
                              other->accessibleName()));
      shown << each;
    }
  }

 private slots:
  void initTestCase() {
    real_ = std::make_unique<RealWindow>();
    window().resize(1440, 900);
    window().openPath("demo:gqa");
    real_->settle();
    QCOMPARE(specs(), "v:rank=32");
  }
  void init() { QTest::failOnWarning(QRegularExpression("^(?!This plugin does not support).*")); }
  void cleanupTestCase() { real_.reset(); }

  void rankAndKeptAreOneThing() {
    auto* kept = named<QAbstractSpinBox>("V kept, percent");
    kept->setFocus();
    kept->selectAll();
    QTest::keyClicks(kept, "37.5");
    QTest::keyClick(kept, Qt::Key_Return);
    QCOMPARE(specs(), "v:rank=24");
    QCOMPARE(real_->slider("V rank")->value(), 24);
    figuresAreTheCores();
    measured();
  }

  void aFormatIsChosenByKeyboard() {
    choose("V format", "int4");
    QCOMPARE(specs(), "v:rank=24,bits=4");
    figuresAreTheCores();
    choose("V rotation", "hadamard");
    QCOMPARE(specs(), "v:rank=24,rotate=hadamard,bits=4");
    choose("V scale", "channel");
    QCOMPARE(specs(), "v:rank=24,rotate=hadamard,bits=4,scale=channel");
    QVERIFY(panel().view().note.contains("not causal"));
    figuresAreTheCores();
    // Blocks of 32 do not fit rank 24: not to be chosen, and why.
    auto* bits = named<ChoiceBox>("V format");
    QVERIFY(!bits->offers(static_cast<int>(Format::Q8_0)));
    QVERIFY(bits->itemText(static_cast<int>(Format::Q8_0)).contains("24 coefficients a head"));
    measured();
    picture("compression-format");
    nothingIsClipped("a format");
  }

  void numbersStandWhereTheyAct() {
    const auto shown = [&](const QString& name) {
      auto* box = named<QSpinBox>(name);
      return box != nullptr && box->isVisibleTo(&window());
    };
    const auto number = [&](const QString& name, const QString& text) {
      auto* box = named<QSpinBox>(name);
      QVERIFY2(shown(name), qPrintable(name));
      box->setFocus();
      box->selectAll();
      QTest::keyClicks(box, text);
      QTest::keyClick(box, Qt::Key_Return);
    };
    // Of the plan of the test before: rank 24, rotated, int4 with a scale of a channel.
    for (const char* name : {"V group, tokens", "V residual, tokens", "V sink, tokens"})
      QVERIFY2(shown(name), name);
    QVERIFY(!shown("V seed"));
    QVERIFY(!shown("K residual, tokens"));  // untouched
    QVERIFY(panel().view().note.contains("not causal"));
    auto* residual = named<QSpinBox>("V residual, tokens");
    residual->setFocus();
    QTest::keyClick(residual, Qt::Key_Up);  // as many as share a scale
    QCOMPARE(specs(), "v:rank=24,rotate=hadamard,bits=4,scale=channel,residual=32");
    QVERIFY(!panel().view().note.contains("not causal"));
    number("V group, tokens", "64");
    QVERIFY(panel().view().note.contains("residual>=64"));
    QVERIFY(window().actions()->undo->text().contains("V group 64"));
    number("V sink, tokens", "4");
    QCOMPARE(specs(), "v:rank=24,rotate=hadamard,bits=4,scale=channel,group=64,residual=32,sink=4");
    figuresAreTheCores();
    choose("V rotation", "random");
    QVERIFY(shown("V seed"));
    const QRect up = named<QSpinBox>("V seed")->rect().adjusted(
        named<QSpinBox>("V seed")->width() - 10, 0, 0, 0);
    QTest::mouseClick(named<QSpinBox>("V seed"), Qt::LeftButton, {}, QPoint(up.center().x(), 7));
    QCOMPARE(specs(),
             "v:rank=24,rotate=random,bits=4,scale=channel,group=64,residual=32,sink=4,seed=1");
    figuresAreTheCores();
    measured();
    QCOMPARE(workspace().activeSlot().current.value->specs.front().seed, std::uint64_t(1));
    picture("compression-numbers");
    nothingIsClipped("numbers");
    // The layers that are set apart have them too, and a format in 16 bits has no group.
    choose("V format", "16");
    QCOMPARE(specs(), "v:rank=24,residual=32,sink=4");
    QVERIFY(!shown("V group, tokens") && !shown("V seed"));
    const QString before = "v:rank=24,rotate=hadamard,bits=4,scale=channel";
    for (int i = 0; i < 20 && specs() != before; ++i) window().actions()->undo->trigger();
    QCOMPARE(specs(), before);
    QVERIFY(panel().view().note.contains("residual>=32"));
    measured();
  }

  void nothingComesOrGoesUnderThePointer() {
    workspace().editPlan(untouchedDraft(workspace().activeSlot().draft), workspace().newGesture());
    auto* residual = named<QSpinBox>("V residual, tokens");
    auto* scope = named<QComboBox>("V scope");
    QVERIFY(!residual->isVisibleTo(&window()) && !scope->isVisibleTo(&window()));
    RankSlider* slider = real_->slider("V rank");
    const QPoint from = slider->handleRect().center();
    QTest::mousePress(slider, Qt::LeftButton, {}, from);
    const QPointF to(from - QPoint(96, 0));
    QMouseEvent move(QEvent::MouseMove, to, slider->mapToGlobal(to), Qt::NoButton, Qt::LeftButton,
                     Qt::NoModifier);
    QApplication::sendEvent(slider, &move);
    QVERIFY(slider->value() < 60);
    QVERIFY(specs().startsWith("v:rank="));
    QVERIFY(!residual->isVisibleTo(&window()) && !scope->isVisibleTo(&window()));
    QTest::mouseRelease(slider, Qt::LeftButton, {}, to.toPoint());
    // Few want them: they come when asked for, and go again.
    auto* more = named<QPushButton>("More of V");
    QVERIFY(more->isVisibleTo(&window()));
    QVERIFY(!residual->isVisibleTo(&window()) && !scope->isVisibleTo(&window()));
    QTest::mouseClick(more, Qt::LeftButton);
    QVERIFY(residual->isVisibleTo(&window()) && scope->isVisibleTo(&window()));
    QTest::mouseClick(more, Qt::LeftButton);
    QVERIFY(!residual->isVisibleTo(&window()) && !scope->isVisibleTo(&window()));
    const QString before = "v:rank=24,rotate=hadamard,bits=4,scale=channel";
    for (int i = 0; i < 4 && specs() != before; ++i) window().actions()->undo->trigger();
    QCOMPARE(specs(), before);
    measured();
  }

  void theSliderStopsWhereBlocksFit() {
    RankSlider* slider = real_->slider("V rank");
    slider->setFocus();
    QTest::keyClick(slider, Qt::Key_PageUp);
    QCOMPARE(slider->value(), 32);
    choose("V format", "q4_0");
    // The scale that it does not have goes unsaid, the rotation stays.
    QCOMPARE(specs(), "v:rank=32,rotate=hadamard,format=q4_0");
    slider->setFocus();
    QTest::keyClick(slider, Qt::Key_PageDown);
    QCOMPARE(slider->value(), 32);  // 24 is no multiple of 32
    QTest::keyClick(slider, Qt::Key_End);
    QCOMPARE(specs(), "v:rotate=hadamard,format=q4_0");
    figuresAreTheCores();
    choose("V rotation", "none");
    measured();
    choose("V method", "Low rank");
    QCOMPARE(specs(), "v:rank=32");
  }

  void basisAndTapAreChosen() {
    choose("V basis", "output");
    QCOMPARE(specs(), "v:rank=32,basis=output");
    QVERIFY(!named<ChoiceBox>("V basis")->offers(static_cast<int>(Basis::Query)));
    measured();
    choose("V basis", "pca");
    choose("K method", "Low rank");
    choose("K tap", "k_prebias");
    QCOMPARE(specs(), "k:rank=32,tap=k_prebias v:rank=32");
    choose("K basis", "query");
    QCOMPARE(specs(), "k:rank=32,tap=k_prebias,basis=query v:rank=32");
    figuresAreTheCores();
    measured();
    QVERIFY(window().actions()->undo->text().contains("K basis query"));
    window().actions()->undo->trigger();
    QCOMPARE(specs(), "k:rank=32,tap=k_prebias v:rank=32");
    QVERIFY(window().actions()->undo->text().contains("K tap k_prebias"));
    window().actions()->undo->trigger();
    QCOMPARE(specs(), "k:rank=32,tap=k v:rank=32");
    choose("K method", "Untouched");
    QCOMPARE(specs(), "v:rank=32");
    measured();
  }

  void layersAreTypedIntoCells() {
    QTest::mouseClick(named<QAbstractButton>("Per layer"), Qt::LeftButton);
    type("V layer 0 rank", "48");
    type("V layer 1 rank", "48");
    type("V layer 5 rank", "64");
    QCOMPARE(specs(), "v:rank=32 v:rank=48@0-1 v:bits=16@5");
    QVERIFY(window().actions()->undo->text().contains("V layer 5 untouched"));
    figuresAreTheCores();
    measured();
    picture("compression-layers");
    nothingIsClipped("layers apart");
    window().actions()->undo->trigger();
    QCOMPARE(specs(), "v:rank=32 v:rank=48@0-1");
    QCOMPARE(named<RankCell>("V layer 5 rank")->text(), "32");
    type("V layer 0 rank", {});
    QCOMPARE(specs(), "v:rank=32 v:rank=48@1");
    QTest::mouseClick(named<QAbstractButton>("No layer set apart"), Qt::LeftButton);
    QCOMPARE(specs(), "v:rank=32");
    measured();
  }

  void theBudgetIsSpentOverTheLayers() {
    QTest::mouseClick(named<QPushButton>("Allocate over layers"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(workspace().activity().measuring == NeedKind::Allocation,
                             RealWindow::kPatience);
    QTRY_VERIFY_WITH_TIMEOUT(workspace().activity().progress, RealWindow::kPatience);
    real_->settle();
    const AllocationPtr found = workspace().activeSlot().allocation.value;
    QVERIFY(found && found->plan);
    QVERIFY(!found->plan->specs.empty());
    // It is the plan now, measured, with the core's own figures; the cells show its ranks.
    const Plan allocated = resolvePlan(found->plan->specs, model());
    QVERIFY(resolvePlan(specsOf(workspace().activeSlot().draft), model()) == allocated);
    QVERIFY(!workspace().activeSlot().draft.beyond);
    QCOMPARE(panel().view().accounting.cacheRatio, found->plan->accounting.cacheRatio);
    for (const AllocationChoice& choice : found->choices)
      QCOMPARE(named<RankCell>(QString("V layer %1 rank").arg(choice.layer))->rank(), choice.rank);
    measured();
    const AllocationView& view = panel().view().allocation;
    QCOMPARE(view.allocated->figure,
             QString::fromStdString(formatRatio(found->plan->accounting.cacheRatio)));
    QVERIFY(view.uniform.has_value());
    QVERIFY(found->uniform->accounting.cacheRatio >= found->plan->accounting.cacheRatio - 1e-9);
    picture("compression-allocated");
    nothingIsClipped("an allocation");
    QTest::mouseClick(named<QPushButton>("Use the plan of equal layers"), Qt::LeftButton);
    QVERIFY(resolvePlan(specsOf(workspace().activeSlot().draft), model()) ==
            resolvePlan(found->uniform->specs, model()));
    measured();
    QTest::mouseClick(named<QPushButton>("Use the allocated plan"), Qt::LeftButton);
    measured();
  }

  void plansAreKeptAndFiled() {
    PlansMenu* button = panel().plans();
    const auto entry = [&](const QString& text) {
      QTest::mouseClick(button, Qt::LeftButton);
      for (QAction* action : button->plansMenu()->actions())
        if (action->text() == text) {
          button->plansMenu()->close();
          return action;
        }
      return static_cast<QAction*>(nullptr);
    };
    entry(QString::fromUtf8("Keep this plan…"))->trigger();
    auto* dialog = button->findChild<QInputDialog*>();
    QVERIFY(dialog);
    dialog->setTextValue("allocated");
    dialog->accept();
    QCOMPARE(workspace().activeSlot().kept.size(), std::size_t(1));
    const QString allocated = specs();
    const QString path = real_->folder.filePath("plan.json");
    QVERIFY(entry(QString::fromUtf8("Export this plan…"))->isEnabled());
    workspace().exportPlan(workspace().active(), path);
    real_->settle();
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QJsonObject plan = QJsonDocument::fromJson(file.readAll()).object();
    QCOMPARE(plan["chains"].toArray().size(),
             static_cast<qsizetype>(
                 resolvePlan(specsOf(workspace().activeSlot().draft), model()).chains.size()));
    QVERIFY(QFile::exists(real_->folder.filePath("plan.safetensors")));
    window().actions()->undo->trigger();
    QVERIFY(specs() != allocated);
    entry("allocated")->trigger();
    QCOMPARE(specs(), allocated);
    window().actions()->undo->trigger();
    workspace().importPlan(workspace().active(), path);
    real_->settle();
    QCOMPARE(specs(), allocated);
    entry("Forget")->trigger();
    QVERIFY(workspace().activeSlot().kept.empty());
  }

  void itFitsEverySize() {
    for (const ThemeKind theme : {ThemeKind::Light, ThemeKind::Dark}) {
      applyTheme(*qobject_cast<QApplication*>(qApp), theme);
      for (const QSize size : {QSize(1440, 900), QSize(1024, 680)}) {
        window().resize(size);
        QTest::qWait(50);
        const QString name = QString("compression-%1-%2")
                                 .arg(theme == ThemeKind::Light ? "light" : "dark")
                                 .arg(size.width());
        picture(name);
        nothingIsClipped(name);
      }
    }
    applyTheme(*qobject_cast<QApplication*>(qApp), ThemeKind::Light);
    window().resize(1440, 900);
  }

  void aLatentHasTheSameControls() {
    window().openPath("demo:mla", Slot::B);
    real_->settle();
    QCOMPARE(specs(), "latent:rank=64");
    choose("Latent format", "int8");
    choose("Latent basis", "query");
    QCOMPARE(specs(), "latent:rank=64,basis=query,bits=8");
    type("R layer 3 rank", "16");
    QCOMPARE(specs(), "latent:rank=64,basis=query,bits=8 rope_key:rank=16@3");
    figuresAreTheCores();
    measured();
    picture("compression-latent");
    nothingIsClipped("a latent");
    // K and V expanded from the latent free no cache: nothing to allocate.
    auto* presets = named<SegmentedControl>("Presets");
    QTest::mouseClick(presets->segment(static_cast<int>(PlanPreset::VOnly)), Qt::LeftButton);
    QCOMPARE(specs(), "v:rank=32");
    QVERIFY(!named<QPushButton>("Allocate over layers")->isEnabled());
    QCOMPARE(panel().view().accounting.cacheRatio, 1.0);
    measured();
  }
};

QTEST_MAIN(CompressionWindowTest)
#include "compression_window_test.moc"
