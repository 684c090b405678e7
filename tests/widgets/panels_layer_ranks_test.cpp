// SPDX-License-Identifier: GPL-3.0-or-later
// The ranks of single layers in the Compression panel: cells, or a strip that is painted.
#include <QAbstractButton>
#include <QApplication>
#include <QLineEdit>
#include <QMenu>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>
#include <QTimer>
#include <QVBoxLayout>
#include <cmath>
#include <set>

#include "controls/rank_cell.hpp"
#include "controls/rank_strip.hpp"
#include "panels/compression_panel.hpp"
#include "theme/theme.hpp"
#include "widgets/support/compression_view.hpp"

using namespace kvloupe;
using namespace kvloupe::test;

class PanelsLayerRanksTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { applyTheme(*qobject_cast<QApplication*>(qApp), ThemeKind::Light); }
  void init() { QTest::failOnWarning(QRegularExpression("^(?!This plugin does not support).*")); }

  void fewLayersAreCells() {
    CompressionPanel panel;
    panel.setView(view());
    panel.resize(304, 900);
    panel.show();
    QVERIFY(QTest::qWaitForWindowExposed(&panel));
    follow(panel);
    QSignalSpy edits(&panel, &CompressionPanel::planEdited);
    QVERIFY(words(panel).contains("same in all 6 layers"));
    QVERIFY(!named<RankCell>(panel, "V layer 2 rank")->isVisibleTo(&panel));
    QTest::mouseClick(named<QAbstractButton>(panel, "Per layer"), Qt::LeftButton);
    auto* cell = named<RankCell>(panel, "V layer 2 rank");
    QVERIFY(cell->isVisibleTo(&panel));
    QCOMPARE(cell->text(), "24");
    QTest::mouseClick(cell, Qt::LeftButton);
    QTRY_COMPARE(cell->selectedText(), "24");
    QTest::keyClicks(cell, "48");
    QTest::keyClick(cell, Qt::Key_Return);
    QCOMPARE(edits.count(), 1);
    const auto layers = [&] { return panel.view().draft.find(Target::V)->layers; };
    QVERIFY((layers() == std::map<int, LayerOverride>{{2, LayerOverride{48}}}));
    QVERIFY(words(panel).contains("1 of 6 layers apart"));
    QVERIFY(cell->apart());
    QTest::keyClick(cell, Qt::Key_Down);
    QCOMPARE(layers().at(2).rank, 47);
    QTest::keyClicks(cell, "999");  // clamped
    QTest::keyClick(cell, Qt::Key_Return);
    QCOMPARE(layers().at(2).rank, 64);
    cell->selectAll();
    QTest::keyClicks(cell, "5");
    QTest::keyClick(cell, Qt::Key_Escape);
    QCOMPARE(cell->text(), "64");
    cell->selectAll();
    QTest::keyClick(cell, Qt::Key_Delete);
    QTest::keyClick(cell, Qt::Key_Return);
    QVERIFY(layers().empty());
    QCOMPARE(cell->text(), "24");
    // Of K too, and all at once taken back.
    auto* keys = named<RankCell>(panel, "K layer 0 rank");
    keys->setFocus();
    keys->selectAll();
    QTest::keyClicks(keys, "16");
    QTest::keyClick(keys, Qt::Key_Tab);
    QCOMPARE(panel.view().draft.find(Target::K)->layers.size(), std::size_t(1));
    QTest::mouseClick(named<QAbstractButton>(panel, "No layer set apart"), Qt::LeftButton);
    QVERIFY(panel.view().draft.find(Target::K)->layers.empty());
    QVERIFY(words(panel).contains("same in all 6 layers"));
  }

  void aLayerCanBeLeftUntouched() {
    CompressionPanel panel;
    CompressionView quantized = view();
    for (TargetSetting& setting : quantized.draft.settings)
      if (setting.target == Target::V) setting.format = Format::Int4;
    panel.setView(quantized);
    panel.setLayersFolded(false);
    panel.resize(304, 900);
    panel.show();
    follow(panel);
    auto* cell = named<RankCell>(panel, "V layer 5 rank");
    cell->setFocus();
    cell->selectAll();
    QTest::keyClicks(cell, "full");
    QTest::keyClick(cell, Qt::Key_Return);
    QVERIFY((panel.view().draft.find(Target::V)->at(5) == LayerKept{64, Format::Bits16}));
    QCOMPARE(cell->text(), "full");
    // A rank again: in the target's format.
    cell->selectAll();
    QTest::keyClicks(cell, "32");
    QTest::keyClick(cell, Qt::Key_Return);
    QVERIFY((panel.view().draft.find(Target::V)->at(5) == LayerKept{32, Format::Int4}));
  }

  void manyLayersArePainted() {
    CompressionPanel panel;
    CompressionView deep = view();
    for (TargetSetting& setting : deep.draft.settings) setting.numLayers = 24;
    panel.setView(deep);
    panel.setLayersFolded(false);
    panel.resize(304, 900);
    panel.show();
    QVERIFY(QTest::qWaitForWindowExposed(&panel));
    follow(panel);
    auto* strip = named<RankStrip>(panel, "V ranks, layer by layer");
    QVERIFY(strip && strip->isVisibleTo(&panel));
    QCOMPARE(strip->bars().size(), std::size_t(24));
    QSignalSpy edits(&panel, &CompressionPanel::planEdited);
    const auto at = [&](int layer, int rank) {
      return QPoint(static_cast<int>(strip->columnRect(layer).center().x()),
                    static_cast<int>(std::lround(strip->heightOf(rank))));
    };
    // One stroke, faster than the layers: those between are painted too.
    QTest::mousePress(strip, Qt::LeftButton, {}, at(3, 40));
    QMouseEvent move(QEvent::MouseMove, at(9, 40), strip->mapToGlobal(at(9, 40)), Qt::NoButton,
                     Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(strip, &move);
    QTest::mouseRelease(strip, Qt::LeftButton, {}, at(9, 40));
    const auto layers = [&] { return panel.view().draft.find(Target::V)->layers; };
    QCOMPARE(layers().size(), std::size_t(7));
    QCOMPARE(edits.count(), 2);  // a press and a move, however many layers they cross
    for (int layer = 3; layer <= 9; ++layer) QVERIFY(std::abs(layers().at(layer).rank - 40) <= 1);
    std::set<int> gestures;
    for (const QList<QVariant>& edit : edits) gestures.insert(edit[1].toInt());
    QCOMPARE(gestures.size(), std::size_t(1));
    const QString folder = qEnvironmentVariable("KVLOUPE_PICTURES");
    if (!folder.isEmpty()) QVERIFY(panel.grab().save(folder + "/compression-strip.png"));
    // The keyboard.
    strip->setFocus();
    QCOMPARE(strip->current(), 9);
    QTest::keyClick(strip, Qt::Key_Right);
    QTest::keyClick(strip, Qt::Key_Down);
    QCOMPARE(layers().at(10).rank, 23);
    QVERIFY(strip->accessibleDescription().contains("Layer 10: V rank 23 of 64, set apart"));
    QTest::keyClick(strip, Qt::Key_Home);
    QCOMPARE(layers().at(10).rank, 1);
    QTest::keyClick(strip, Qt::Key_Delete);
    QVERIFY(!layers().contains(10));
  }

  void aLayerOfAStripCanBeLeftUntouched() {
    CompressionPanel panel;
    panel.setView(layered(24, Format::Int4));
    panel.setLayersFolded(false);
    panel.resize(304, 900);
    panel.show();
    QVERIFY(QTest::qWaitForWindowExposed(&panel));
    follow(panel);
    auto* strip = named<RankStrip>(panel, "V ranks, layer by layer");
    const auto choose = [&](const QString& words) {
      askForMenu(strip, strip->columnRect(5).center().toPoint());
      for (QAction* action : strip->findChild<QMenu*>()->actions())
        if (action->text() == words) action->trigger();
      strip->findChild<QMenu*>()->close();
      QTRY_VERIFY(!strip->findChild<QMenu*>());
    };
    QTimer::singleShot(2000, [] {
      if (QWidget* menu = QApplication::activePopupWidget()) menu->close();
    });
    choose("Leave layer 5 untouched");
    QVERIFY((panel.view().draft.find(Target::V)->at(5) == LayerKept{64, Format::Bits16}));
    QCOMPARE(strip->accessibleDescription(), "Layer 5: V untouched, set apart");
    choose("Layer 5 as the others");
    QVERIFY(panel.view().draft.find(Target::V)->layers.empty());
  }

  void anotherModelTakesAnOpenMenuAway() {
    CompressionPanel panel;
    panel.setLayersFolded(false);
    panel.resize(304, 900);
    panel.show();
    for (const int layers : {6, 24}) {
      panel.setView(layered(layers));
      QWidget* asked = layers == 6 ? static_cast<QWidget*>(named<RankCell>(panel, "V layer 2 rank"))
                                   : named<RankStrip>(panel, "V ranks, layer by layer");
      const QPointer<QWidget> cell(asked);
      bool replaced = false;
      QTimer::singleShot(0, &panel, [&] {
        panel.setView(layered(layers - 1));
        replaced = true;
      });
      askForMenu(asked, QPoint(3, 3));
      QTRY_VERIFY(replaced);
      QVERIFY(!cell);
      QVERIFY(!QApplication::activePopupWidget());
    }
  }

  void aStrokeEndsWithItsStrip() {
    CompressionPanel panel;
    panel.setView(layered(24));
    panel.setLayersFolded(false);
    panel.resize(304, 900);
    panel.show();
    QVERIFY(QTest::qWaitForWindowExposed(&panel));
    QSignalSpy drags(&panel, &CompressionPanel::dragChanged);
    QTest::mousePress(named<RankStrip>(panel, "V ranks, layer by layer"), Qt::LeftButton, {},
                      QPoint(40, 20));
    QCOMPARE(drags.count(), 1);
    panel.setView(layered(12));
    QCOMPARE(drags.count(), 2);
    QCOMPARE(drags.last()[0].toBool(), false);
  }

  void layersFollowTheirHeadInTheTabOrder() {
    for (const int layers : {6, 24}) {
      QWidget window;
      auto* panel = new CompressionPanel(&window);
      auto* after = new QLineEdit(&window);
      auto* column = new QVBoxLayout(&window);
      column->addWidget(panel);
      column->addWidget(after);
      panel->setView(layered(layers));
      QList<QWidget*> wanted;
      for (const QString& target : {QString("K"), QString("V")}) {
        if (layers > 8) wanted << named<RankStrip>(*panel, target + " ranks, layer by layer");
        for (int layer = 0; layers <= 8 && layer < layers; ++layer)
          wanted << named<RankCell>(*panel, QString("%1 layer %2 rank").arg(target).arg(layer));
      }
      QWidget* next = named<QAbstractButton>(*panel, "No layer set apart");
      for (QWidget* each : wanted) {
        next = next->nextInFocusChain();
        QCOMPARE(next, each);
      }
    }
  }
};

QTEST_MAIN(PanelsLayerRanksTest)
#include "panels_layer_ranks_test.moc"
