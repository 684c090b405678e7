// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme/theme.hpp"

#include <QApplication>
#include <QFocusFrame>
#include <QFontDatabase>
#include <QFontInfo>
#include <QFontMetricsF>
#include <QHBoxLayout>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>
#include <cmath>

#include "controls/labels.hpp"

using namespace kvloupe;

namespace {

/// CIE L* of a colour, from WCAG's relative luminance.
double lightness(const QColor& color) {
  const double y = contrastRatio(color, Qt::black) * 0.05 - 0.05;
  return y > 0.008856 ? 116 * std::cbrt(y) - 16 : 903.3 * y;
}

}  // namespace

class ThemeTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { applyTheme(*qApp, ThemeKind::Light); }
  void init() {
    QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not support).*")));
  }

  // Without the font an offscreen window draws boxes and nothing else would notice.
  void robotoIsThere() {
    QVERIFY(loadFonts());
    QVERIFY(QFontDatabase::families().contains(QStringLiteral("Roboto")));
    for (const TextRole role :
         {TextRole::Caption, TextRole::Body, TextRole::Title, TextRole::Figure})
      QCOMPARE(QFontInfo(kvloupe::font(role)).family(), QStringLiteral("Roboto"));
    QCOMPARE(QFontInfo(kvloupe::font(TextRole::Title)).pixelSize(), 15);
    QCOMPARE(QFontInfo(QApplication::font()).pixelSize(), 13);
    const QFontMetricsF metrics(kvloupe::font(TextRole::Figure));
    for (const QChar digit : QStringLiteral("023456789"))
      QCOMPARE(metrics.horizontalAdvance(digit), metrics.horizontalAdvance(QLatin1Char('1')));
    for (const QChar needed : QStringLiteral("×−σΔ≈±·–…≤"))
      QVERIFY2(metrics.inFont(needed), qPrintable(QStringLiteral("no glyph for ") + needed));
  }

  void mediumIsHeavier() {
    QVERIFY(QFontMetricsF(kvloupe::font(TextRole::BodyMedium))
                .horizontalAdvance(QStringLiteral("Compression")) >
            QFontMetricsF(kvloupe::font(TextRole::Body))
                .horizontalAdvance(QStringLiteral("Compression")));
  }

  void contrastsHold_data() {
    QTest::addColumn<bool>("dark");
    QTest::newRow("light") << false;
    QTest::newRow("dark") << true;
  }
  void contrastsHold() {
    QFETCH(bool, dark);
    const Palette& p = dark ? darkPalette() : lightPalette();
    for (const QColor& ground : {p.window, p.panel, p.page}) {
      QVERIFY(contrastRatio(p.ink, ground) >= 7);
      QVERIFY(contrastRatio(p.secondText, ground) >= 5.5);
    }
    QVERIFY(contrastRatio(p.controlBorder, p.page) >= 3);
    QVERIFY(contrastRatio(p.primaryButtonText, p.primaryButton) >= 4.5);
    QVERIFY(contrastRatio(p.selectedSegmentText, p.selectedSegment) >= 4.5);
    QVERIFY(contrastRatio(p.tooltipText, p.tooltip) >= 4.5);
    QVERIFY(contrastRatio(p.tooltipSecondText, p.tooltip) >= 4.5);
    for (const DataRole role : {DataRole::K, DataRole::V, DataRole::Latent, DataRole::KV}) {
      QVERIFY(contrastRatio(p.of(role).line, p.page) >= 3);
      QVERIFY(contrastRatio(p.of(role).text, p.page) >= 4.5);
    }
  }

  void lightnessAloneSeparatesTargets() {
    const Palette& p = lightPalette();
    QVERIFY(std::abs(lightness(p.k.fill) - 40) < 1.5);
    QVERIFY(std::abs(lightness(p.latent.fill) - 57) < 1.5);
    QVERIFY(std::abs(lightness(p.v.fill) - 74) < 1.5);
    QVERIFY(std::abs(lightness(p.kv.fill) - 21) < 1.5);
    QCOMPARE(p.of(Target::RopeKey).fill, p.k.fill);
  }

  void rampsAreMonotone() {
    for (const Palette* p : {&lightPalette(), &darkPalette()}) {
      const double sign = p->dark ? 1 : -1;
      for (int i = 1; i <= 50; ++i)
        QVERIFY(sign * (lightness(rampColor(p->sequential, i / 50.0)) -
                        lightness(rampColor(p->sequential, (i - 1) / 50.0))) >
                0);
      QCOMPARE(rampColor(p->diverging, 0.5), p->diverging[3]);
      QCOMPARE(rampColor(p->sequential, -1), p->sequential.front());
      QCOMPARE(rampColor(p->sequential, 2), p->sequential.back());
    }
  }

  void textOnCellsCanBeRead() {
    for (const Palette* p : {&lightPalette(), &darkPalette()})
      for (int i = 0; i <= 50; ++i) {
        const QColor cell = rampColor(p->sequential, i / 50.0);
        QVERIFY(contrastRatio(textOn(cell), cell) >= 4.5);
      }
  }

  void switchingTellsEverybody() {
    QSignalSpy spy(&Theme::instance(), &Theme::changed);
    InkLabel label(TextRole::Body, Ink::Second);
    applyTheme(*qApp, ThemeKind::Dark);
    QCOMPARE(spy.count(), 1);
    QVERIFY(kvloupe::palette().dark);
    QCOMPARE(label.palette().color(QPalette::WindowText), darkPalette().secondText);
    QCOMPARE(QApplication::palette().color(QPalette::Window), darkPalette().window);
    applyTheme(*qApp, ThemeKind::Light);
    QCOMPARE(label.palette().color(QPalette::WindowText), lightPalette().secondText);
    applyTheme(*qApp, ThemeKind::System);
    QCOMPARE(kvloupe::palette().dark, Theme::instance().systemIsDark());
    QCOMPARE(Theme::instance().kind(), ThemeKind::System);
    applyTheme(*qApp, ThemeKind::Light);
  }

  void everyIconDraws() {
    for (int i = 0; i <= static_cast<int>(Icon::App); ++i)
      for (const double ratio : {1.0, 1.5, 2.0}) {
        const QPixmap pixmap = iconPixmap(static_cast<Icon>(i), 16, Qt::red, ratio);
        QCOMPARE(pixmap.width(), static_cast<int>(16 * ratio));
        const QImage image = pixmap.toImage();
        int drawn = 0;
        for (int y = 0; y < image.height(); ++y)
          for (int x = 0; x < image.width(); ++x)
            if (qAlpha(image.pixel(x, y)) > 128) ++drawn;
        QVERIFY2(drawn >= 4, qPrintable(QStringLiteral("icon %1 at %2").arg(i).arg(ratio)));
      }
  }

  void iconsFollowTheTheme() {
    const QIcon check = icon(Icon::Stop);
    const auto strokeOf = [&] {
      const QImage image = check.pixmap(QSize(32, 32), 1.0).toImage();
      return image.pixelColor(16, 7);  // on the upper side of the square
    };
    QCOMPARE(strokeOf(), lightPalette().ink);
    applyTheme(*qApp, ThemeKind::Dark);
    QCOMPARE(strokeOf(), darkPalette().ink);
    applyTheme(*qApp, ThemeKind::Light);
  }

  void focusRingIsForTheKeyboard() {
    QWidget window;
    auto* row = new QHBoxLayout(&window);
    auto* first = new QPushButton(QStringLiteral("First"));
    auto* second = new QPushButton(QStringLiteral("Second"));
    row->addWidget(first);
    row->addWidget(second);
    window.show();
    QVERIFY(QTest::qWaitForWindowActive(&window));
    second->setFocus(Qt::TabFocusReason);
    auto* ring = window.findChild<QFocusFrame*>();
    QVERIFY(ring);
    QVERIFY(ring->isVisible());
    QCOMPARE(ring->geometry(), second->geometry().adjusted(-3, -3, 3, 3));
    first->setFocus(Qt::MouseFocusReason);
    QVERIFY(!ring->isVisible());
    // Disabled by its click, a button hands the focus on.
    connect(first, &QPushButton::clicked, first, [first] { first->setEnabled(false); });
    QTest::mouseClick(first, Qt::LeftButton);
    QVERIFY(second->hasFocus());
    QVERIFY(!ring->isVisible());
    first->setEnabled(true);
    QTest::keyClick(second, Qt::Key_Tab);
    QVERIFY(first->hasFocus());
    QVERIFY(ring->isVisible());
  }

  void buttonsHaveTheirHeights() {
    QPushButton button(QStringLiteral("Analyse"));
    QCOMPARE(button.sizeHint().height(), 28);
  }
};

QTEST_MAIN(ThemeTest)
#include "theme_test.moc"
