// SPDX-License-Identifier: GPL-3.0-or-later
#include "options.hpp"

#include <QRegularExpression>
#include <algorithm>

#include "pages/pages.hpp"

namespace kvloupe {
namespace {

std::optional<ThemeKind> themeFrom(const QString& name) {
  if (name == "light") return ThemeKind::Light;
  if (name == "dark") return ThemeKind::Dark;
  if (name == "system") return ThemeKind::System;
  return std::nullopt;
}

QSize sizeFrom(const QString& words) {
  const auto match = QRegularExpression("^(\\d{3,5})x(\\d{3,5})$").match(words);
  return match.hasMatch() ? QSize(match.captured(1).toInt(), match.captured(2).toInt()) : QSize();
}

QString pageNames() { return pageKeys().join(", "); }

QString checkReport(const Options& options) {
  if (options.exportPath.isEmpty())
    return "--export report: no file to write; give -o FILE.pdf, FILE.html, or FILE for both";
  const auto isRun = [](const QString& path) { return path.endsWith(".h5"); };
  if (options.paths.isEmpty() || options.paths.size() > 2 ||
      !std::all_of(options.paths.begin(), options.paths.end(), isRun))
    return "--export report: expected one run, RUN.kvl.h5, or two to compare";
  return {};
}

QString checkExport(const Options& options) {
  if (!options.page.isEmpty() && !pageKeys().contains(options.page))
    return QString("--page: found %1, expected one of %2").arg(options.page, pageNames());
  if (options.exportWhat.isEmpty())
    return options.exportPath.isEmpty() ? QString() : "-o: nothing to export; give --export layers";
  if (options.exportWhat == "report") return checkReport(options);
  if (!pageKeys().contains(options.exportWhat))
    return QString("--export: found %1, expected one of %2, report")
        .arg(options.exportWhat, pageNames());
  if (options.exportPath.isEmpty())
    return "--export: no file to write; give -o FILE.svg, .pdf, .png or .csv";
  static const QRegularExpression kEndings("\\.(svg|pdf|png|csv)$");
  if (!options.exportPath.contains(kEndings))
    return QString("-o: found %1, expected a name that ends in .svg, .pdf, .png or .csv")
        .arg(options.exportPath);
  if (options.paths.size() != 1 || !options.paths.front().endsWith(".h5"))
    return "--export: expected one run, RUN.kvl.h5";
  return {};
}

}  // namespace

Options readOptions(const QStringList& arguments, QString& error) {
  Options options;
  error.clear();
  for (int i = 0; i < arguments.size(); ++i) {
    const QString& argument = arguments[i];
    const auto value = [&]() -> QString {
      if (i + 1 < arguments.size()) return arguments[++i];
      error = argument + ": expected a value after it";
      return {};
    };
    if (argument == "--help" || argument == "-h") {
      options.help = true;
    } else if (argument == "--version") {
      options.version = true;
    } else if (argument == "--theme") {
      const QString name = value();
      options.theme = themeFrom(name);
      if (!options.theme && error.isEmpty())
        error = QString("--theme: found %1, expected light, dark or system").arg(name);
    } else if (argument == "--file") {
      options.evaluationPath = value();
    } else if (argument == "--calibration") {
      options.calibrationPath = value();
    } else if (argument == "-c") {
      const QString words = value();
      options.context = words.toInt();
      if (options.context < 2 && error.isEmpty())
        error = QString("-c: found %1, expected a number of tokens from 2").arg(words);
    } else if (argument == "--page") {
      options.page = value();
    } else if (argument == "--export") {
      options.exportWhat = value();
    } else if (argument == "--title") {
      options.reportTitle = value();
    } else if (argument == "--author") {
      options.reportAuthor = value();
    } else if (argument == "--columns") {
      const QString columns = value();
      options.oneColumn = columns == "1";
      if (!options.oneColumn && columns != "2" && error.isEmpty())
        error = QString("--columns: found %1, expected 1 or 2").arg(columns);
    } else if (argument == "-o") {
      options.exportPath = value();
    } else if (argument == "--screenshot") {
      options.screenshotPath = value();
    } else if (argument == "--compress") {
      options.plans << value();
    } else if (argument == "--size") {
      const QString words = value();
      options.size = sizeFrom(words);
      if (!options.size.isValid() && error.isEmpty())
        error = QString("--size: found %1, expected WIDTHxHEIGHT").arg(words);
    } else if (argument.startsWith('-')) {
      error = QString("%1: unknown option; --help lists them").arg(argument);
    } else {
      options.paths << argument;
    }
    if (!error.isEmpty()) return options;
  }
  error = checkExport(options);
  if (error.isEmpty() && options.exportWhat != "report" &&
      !(options.reportTitle + options.reportAuthor).isEmpty())
    error = "--title, --author: belong to --export report";
  if (error.isEmpty() && !options.plans.isEmpty() && options.screenshotPath.isEmpty())
    error = "--compress: belongs to --screenshot; kvloupe-cli perplexity measures plans";
  return options;
}

QString usageText() {
  return QString::fromUtf8(R"(kvloupe [MODEL | RUN.kvl.h5 ...]
  Opens the window. MODEL is a Hugging Face folder, demo:gqa or demo:mla; of two models the second
  stands beside the first for comparison. Without arguments the start page is shown.

  --file TEXT                  evaluation text; the demo's unless told
  --calibration TEXT           calibration text; the demo's unless told
  -c TOKENS                    context; min(2048, the model's) unless told
  --theme light|dark|system
  --size WIDTHxHEIGHT          of the window
  --page PAGE                  that is shown first: %1
  --export PAGE -o FILE RUN.kvl.h5
                               writes a page's figure (.svg, .pdf, .png) or its values (.csv)
                               without a display and ends
  --export report -o FILE RUN.kvl.h5 [B.kvl.h5]
                               writes a report of a run, or of two beside each other, without a
                               display: FILE.pdf, FILE.html, or of a name without ending both
  --title TEXT, --author TEXT  of the report
  --columns 1|2                width of exported figures: 85 mm or 178 mm, which is the default
  --screenshot FILE [--compress SPEC]...
                               writes a picture of the window once nothing is left to do, and ends;
                               measures the plans given first (SPEC as in kvloupe-cli)
  --help, --version
)")
      .arg(pageNames());
}

}  // namespace kvloupe
