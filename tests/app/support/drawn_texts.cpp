// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/support/drawn_texts.hpp"

#include <QAbstractScrollArea>
#include <QApplication>
#include <QFontMetricsF>
#include <QHelpEvent>
#include <QLineEdit>
#include <QPaintEngine>
#include <QPainter>
#include <QScrollBar>
#include <QTextDocumentFragment>
#include <QToolTip>
#include <algorithm>
#include <cmath>
#include <utility>

#include "charts/chart_frame.hpp"
#include "charts/chart_plot.hpp"
#include "charts/token_text.hpp"

namespace kvloupe {
namespace {

constexpr double kHair = 1;  // pixels that ink may reach over its box, or over other ink

/// Notes texts and draws nothing.
class Notes : public QPaintEngine {
 public:
  explicit Notes(std::vector<DrawnText>* texts) : QPaintEngine(AllFeatures), texts_(texts) {}

  bool begin(QPaintDevice*) override { return true; }
  bool end() override { return true; }
  Type type() const override { return User; }
  void updateState(const QPaintEngineState&) override {}
  void drawPixmap(const QRectF&, const QPixmap&, const QRectF&) override {}
  void drawPath(const QPainterPath&) override {}
  void drawPolygon(const QPointF*, int, PolygonDrawMode) override {}
  void drawTextItem(const QPointF& at, const QTextItem& item) override {
    const QString text = item.text().trimmed();
    if (text.isEmpty() || painter()->opacity() == 0) return;
    const QTransform toDevice = state->transform();  // where the widget is, too
    const QRectF ink = QFontMetricsF(item.font()).tightBoundingRect(item.text()).translated(at);
    QRectF clip(0, 0, paintDevice()->width(), paintDevice()->height());
    if (painter()->hasClipping()) clip &= toDevice.mapRect(painter()->clipBoundingRect());
    if (const QRegion system = systemClip(); !system.isEmpty()) clip &= system.boundingRect();
    texts_->push_back({text, toDevice.mapRect(ink), clip});
  }

 private:
  std::vector<DrawnText>* texts_;
};

class NotePad : public QPaintDevice {
 public:
  NotePad(QSize size, std::vector<DrawnText>* texts) : size_(size), notes_(texts) {}
  QPaintEngine* paintEngine() const override { return &notes_; }

 protected:
  int metric(PaintDeviceMetric metric) const override {
    switch (metric) {
      case PdmWidth:
        return size_.width();
      case PdmHeight:
        return size_.height();
      case PdmDevicePixelRatioScaled:
        return static_cast<int>(devicePixelRatioFScale());
      case PdmDepth:
        return 32;
      case PdmNumColors:
        return 0;
      case PdmDpiX:
      case PdmDpiY:
      case PdmPhysicalDpiX:
      case PdmPhysicalDpiY:
        return 96;
      default:
        return 1;
    }
  }

 private:
  QSize size_;
  mutable Notes notes_;
};

/// Whether a person can scroll to what is cut here, down or across.
std::pair<bool, bool> scrolls(const QWidget* widget) {
  std::pair<bool, bool> can;
  for (; widget != nullptr; widget = widget->parentWidget()) {
    can.first = can.first || qobject_cast<const TokenText*>(widget) != nullptr;
    can.second = can.second || qobject_cast<const QLineEdit*>(widget) != nullptr;
    if (const auto* area = qobject_cast<const QAbstractScrollArea*>(widget)) {
      can.first = can.first || area->verticalScrollBar()->maximum() > 0;
      can.second = can.second || area->horizontalScrollBar()->maximum() > 0;
    }
  }
  return can;
}

/// Whether words end in dots that are not their own, as those of "Open…" are, and no tooltip there
/// says them whole.
bool shortened(const DrawnText& text, QWidget& window) {
  const qsizetype dots = text.text.indexOf(QChar(0x2026));
  if (dots < 0) return false;
  for (const QWidget* each = text.widget; each != nullptr; each = each->parentWidget())
    if (each->accessibleName() == text.text || each->property("text").toString() == text.text)
      return false;
  QToolTip::hideText();
  const QPoint at = text.ink.center().toPoint();
  if (QWidget* widget = window.childAt(at)) {
    QHelpEvent ask(QEvent::ToolTip, widget->mapFrom(&window, at), window.mapToGlobal(at));
    QApplication::sendEvent(widget, &ask);
  }
  const QString tip = QTextDocumentFragment::fromHtml(QToolTip::text()).toPlainText();
  QToolTip::hideText();
  return !tip.contains(text.text.left(dots).replace(QChar::Nbsp, QLatin1Char(' ')));
}

QPoint pixelOf(const QPointF& at) {
  return {static_cast<int>(std::floor(at.x())), static_cast<int>(std::floor(at.y()))};
}

QString placeOf(const QRectF& rect) {
  return QString("%1,%2 %3x%4")
      .arg(rect.x(), 0, 'f', 1)
      .arg(rect.y(), 0, 'f', 1)
      .arg(rect.width(), 0, 'f', 1)
      .arg(rect.height(), 0, 'f', 1);
}

}  // namespace

QString DrawnText::told() const {
  QString where = placeOf(ink);
  for (const QWidget* each = widget; each != nullptr; each = each->parentWidget())
    if (!each->accessibleName().isEmpty() || !each->objectName().isEmpty()) {
      where +=
          QString(" of %1 \"%2\"")
              .arg(each->metaObject()->className(),
                   each->accessibleName().isEmpty() ? each->objectName() : each->accessibleName());
      break;
    }
  return QString("\"%1\" at %2").arg(text, where);
}

std::vector<DrawnText> drawnTexts(QWidget& window) {
  std::vector<DrawnText> texts;
  NotePad pad(window.size(), &texts);
  {
    QPainter painter(&pad);
    window.render(&painter, {}, {}, QWidget::DrawWindowBackground | QWidget::DrawChildren);
  }
  // On screen a chart's axes are a picture.
  for (ChartFrame* chart : window.findChildren<ChartFrame*>()) {
    ChartPlot* plot = chart->plot();
    if (!plot->isVisible()) continue;
    QCPPainter painter(&pad);
    painter.translate(plot->mapTo(&window, QPoint(0, 0)));
    painter.scale(chart->magnification(), chart->magnification());
    painter.setClipRect(plot->viewport());
    plot->toPainter(&painter, plot->viewport().width(), plot->viewport().height());
  }
  for (DrawnText& text : texts)
    text.widget = window.childAt(pixelOf((text.ink & text.clip).center()));
  return texts;
}

std::vector<QString> unreadable(QWidget& window) {
  const std::vector<DrawnText> texts = drawnTexts(window);
  std::vector<QString> faults;
  for (const DrawnText& text : texts) {
    const bool across =
        text.ink.left() < text.clip.left() - kHair || text.ink.right() > text.clip.right() + kHair;
    const bool down =
        text.ink.top() < text.clip.top() - kHair || text.ink.bottom() > text.clip.bottom() + kHair;
    const auto [scrollsDown, scrollsAcross] = scrolls(text.widget);
    const bool gone = !text.ink.intersects(text.clip);  // scrolled away
    if (!gone && ((across && !scrollsAcross) || (down && !scrollsDown)))
      faults.push_back(text.told() + " is cut by " + placeOf(text.clip));
    if (!gone && shortened(text, window)) faults.push_back(text.told() + " is shortened");
  }
  for (std::size_t i = 0; i < texts.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const QRectF a = texts[i].ink & texts[i].clip, b = texts[j].ink & texts[j].clip;
      const QRectF both = a & b;
      if (a.isEmpty() || b.isEmpty() || both.width() <= kHair || both.height() <= kHair) continue;
      if (texts[i].text == texts[j].text && (a.center() - b.center()).manhattanLength() < 3)
        continue;  // drawn again, for a halo
      faults.push_back(texts[j].told() + " lies on " + texts[i].told());
    }
  return faults;
}

}  // namespace kvloupe
