// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/report_html.hpp"

#include <QCoreApplication>
#include <QFile>
#include <QRegularExpression>

namespace kvloupe {
namespace {

constexpr const char* kStyle = R"(
:root { color-scheme: light; }
body { font: 15px/1.5 Roboto, sans-serif; color: #1A2028; background: #FFFFFF; margin: 0 auto;
  padding: 40px 24px 80px; max-width: 960px; }
h1 { font-size: 28px; font-weight: 500; line-height: 1.25; margin: 0 0 4px; }
h2 { font-size: 20px; font-weight: 500; margin: 40px 0 12px; }
h3 { font-size: 16px; font-weight: 500; margin: 24px 0 8px; }
.byline, caption, figcaption, dt { color: #535E6B; font-size: 13px; }
figure { margin: 24px 0; }
figure svg { display: block; width: 100%; height: auto; }
.row { display: grid; grid-template-columns: repeat(auto-fit, minmax(320px, 1fr)); gap: 0 24px; }
.row > figure:only-child { max-width: 468px; }
.table { overflow-x: auto; margin: 24px 0; }
table { border-collapse: collapse; width: 100%; font-size: 13px; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: 6px; }
th { font-weight: 500; }
th, td { padding: 4px 12px 4px 0; border-bottom: 1px solid #D8DCE2; vertical-align: top; }
th:first-child, td:first-child, .words th, .words td { text-align: left; }
th, td { text-align: right; }
td { overflow-wrap: anywhere; }
tr > th[scope=row] { font-weight: 400; }
dl { margin: 12px 0; }
dd { margin: 0 0 12px; }
code { font: 12px/1.5 monospace; display: block; white-space: pre-wrap; overflow-wrap: anywhere;
  background: #F6F7F9; border: 1px solid #D8DCE2; border-radius: 4px; padding: 6px 8px; }
@media print { body { max-width: none; padding: 0; font-size: 11px; } figure, tr { break-inside: avoid; } }
)";

struct Words {
  Q_DECLARE_TR_FUNCTIONS(kvloupe::ReportHtml)
};

/// Text for an element or an attribute. Names come from folders and files: what XML cannot hold
/// becomes a blank.
QString escaped(const QString& text) {
  static const QRegularExpression kControl(
      QStringLiteral("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x{fffe}\\x{ffff}]"));
  QString clean = text;
  for (qsizetype i = 0; i < clean.size(); ++i) {  // half a pair is no character
    const bool pair =
        clean[i].isHighSurrogate() && i + 1 < clean.size() && clean[i + 1].isLowSurrogate();
    if (pair)
      ++i;
    else if (clean[i].isSurrogate())
      clean[i] = QChar::ReplacementCharacter;
  }
  return clean.replace(kControl, QStringLiteral(" ")).toHtmlEscaped();
}

QString fontFace(int weight, const char* file) {
  QFile font(QStringLiteral(":/fonts/") + QLatin1String(file));
  if (!font.open(QIODevice::ReadOnly)) return {};
  return QStringLiteral(
             "@font-face { font-family: Roboto; font-weight: %1; src: "
             "url(data:font/ttf;base64,%2) format(\"truetype\"); }\n")
      .arg(weight)
      .arg(QString::fromLatin1(font.readAll().toBase64()));
}

/// An <svg> element to stand in HTML: no declaration, ids of its own, the height of its width.
QString inlineSvg(const QByteArray& drawing, int number, const QString& label) {
  QString svg = QString::fromUtf8(drawing);
  svg.remove(0, std::max<qsizetype>(0, svg.indexOf(QLatin1String("<svg"))));
  static const QRegularExpression kSize(
      QStringLiteral("<svg width=\"([^\"]*)\" height=\"([^\"]*)\""));
  svg.replace(kSize, QStringLiteral("<svg role=\"img\" aria-label=\"%1\"")
                         .arg(escaped(label).replace(QLatin1Char('\\'), QStringLiteral("\\\\"))));
  static const QRegularExpression kVersion(
      QStringLiteral(" (version=\"1.2\"|baseProfile=\"tiny\")"));
  svg.remove(kVersion);
  static const QRegularExpression kIds(QStringLiteral("(\\bid=\"|url\\(#|xlink:href=\"#)"));
  return svg.replace(kIds, QStringLiteral("\\1f%1-").arg(number));
}

class Writer {
 public:
  Writer(const Report& report, const std::vector<QByteArray>& drawings)
      : report_(report), drawings_(drawings) {}

  QByteArray write() {
    const QString title = escaped(report_.title);
    html_ =
        QStringLiteral(
            "<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n"
            "<meta charset=\"utf-8\"/>\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
            "<title>%1</title>\n<style>\n%2%3</style>\n</head>\n<body>\n<h1>%1</h1>\n"
            "<p class=\"byline\">%4</p>\n")
            .arg(title, fontFace(400, "Roboto-Regular.ttf") + fontFace(500, "Roboto-Medium.ttf"),
                 QString::fromLatin1(kStyle), escaped(report_.byline));
    for (const ReportBlock& block : report_.blocks)
      std::visit([this](const auto& each) { add(each); }, block);
    html_ += QStringLiteral("</body>\n</html>\n");
    return html_.toUtf8();
  }

 private:
  void add(const ReportHeading& heading) {
    html_ += QStringLiteral("<h%1>%2</h%1>\n").arg(heading.level + 1).arg(escaped(heading.words));
  }
  void add(const ReportText& text) {
    html_ += QStringLiteral("<p>%1</p>\n")
                 .arg(escaped(text.words).replace(QLatin1Char('\n'), QStringLiteral("<br/>")));
  }
  void add(const ReportTable& table) {
    html_ += QStringLiteral("<div class=\"table\"><table%1>\n<caption>%2</caption>\n<thead><tr>")
                 .arg(table.words ? QStringLiteral(" class=\"words\"") : QString(),
                      escaped(Words::tr("Table %1. %2").arg(++tables_).arg(table.caption)));
    for (const QString& cell : table.head)
      html_ += QStringLiteral("<th scope=\"col\">%1</th>").arg(escaped(cell));
    html_ += QStringLiteral("</tr></thead>\n<tbody>\n");
    for (const QStringList& row : table.rows) {
      html_ += QStringLiteral("<tr>");
      for (qsizetype c = 0; c < row.size(); ++c)
        html_ += c == 0 ? QStringLiteral("<th scope=\"row\">%1</th>").arg(escaped(row[c]))
                        : QStringLiteral("<td>%1</td>").arg(escaped(row[c]));
      html_ += QStringLiteral("</tr>\n");
    }
    html_ += QStringLiteral("</tbody>\n</table></div>\n");
  }
  void add(const ReportFigures& figures) {
    const bool grid = report_.spec.widthMm < 100;
    if (grid) html_ += QStringLiteral("<div class=\"row\">\n");
    for (const ReportFigure& figure : figures.row) {
      const int number = ++figures_;
      const QByteArray& drawing = drawings_.at(static_cast<std::size_t>(number - 1));
      html_ += QStringLiteral("<figure>\n") + inlineSvg(drawing, number, figure.sheet.title()) +
               QStringLiteral("<figcaption>%1</figcaption>\n</figure>\n")
                   .arg(escaped(Words::tr("Figure %1. %2").arg(number).arg(figure.caption)));
    }
    if (grid) html_ += QStringLiteral("</div>\n");
  }
  void add(const ReportCommand& command) {
    html_ += QStringLiteral("<dl><dt>%1</dt><dd><code>%2</code></dd></dl>\n")
                 .arg(escaped(command.what), escaped(command.line));
  }

  const Report& report_;
  const std::vector<QByteArray>& drawings_;
  QString html_;
  int figures_ = 0;
  int tables_ = 0;
};

}  // namespace

QByteArray reportHtml(const Report& report, const std::vector<QByteArray>& drawings) {
  return Writer(report, drawings).write();
}

}  // namespace kvloupe
