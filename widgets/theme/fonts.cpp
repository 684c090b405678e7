// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme/fonts.hpp"

#include <QFontDatabase>
#include <QString>

static void registerFontResources() { Q_INIT_RESOURCE(kvloupe_fonts); }

namespace kvloupe {
namespace {

struct Size {
  int pixels;
  QFont::Weight weight;
};

Size sizeOf(TextRole role) {
  switch (role) {
    case TextRole::Caption:
      return {11, QFont::Normal};
    case TextRole::Chart:
      return {12, QFont::Normal};
    case TextRole::Body:
      return {13, QFont::Normal};
    case TextRole::BodyMedium:
      return {13, QFont::Medium};
    case TextRole::Title:
      return {15, QFont::Medium};
    case TextRole::Dialog:
      return {18, QFont::Medium};
    case TextRole::Figure:
      return {24, QFont::Medium};
    case TextRole::StartName:
      return {32, QFont::Medium};
    case TextRole::HallSmall:
      return {16, QFont::Normal};
    case TextRole::HallChart:
      return {18, QFont::Normal};
    case TextRole::HallBody:
      return {20, QFont::Normal};
    case TextRole::HallMedium:
      return {22, QFont::Medium};
    case TextRole::HallTitle:
      return {26, QFont::Medium};
    case TextRole::HallFigure:
      return {40, QFont::Medium};
    case TextRole::HallDelta:
      return {50, QFont::Medium};
  }
  return {13, QFont::Normal};
}

}  // namespace

QFont font(TextRole role) {
  const Size size = sizeOf(role);
  QFont result(QStringLiteral("Roboto"));
  result.setPixelSize(size.pixels);
  result.setWeight(size.weight);
  return result;
}

TextRole hallRole(TextRole role) {
  switch (role) {
    case TextRole::Caption:
      return TextRole::HallSmall;
    case TextRole::Chart:
      return TextRole::HallChart;
    case TextRole::Body:
      return TextRole::HallBody;
    case TextRole::BodyMedium:
    case TextRole::Title:
      return TextRole::HallMedium;
    case TextRole::Dialog:
      return TextRole::HallTitle;
    case TextRole::Figure:
      return TextRole::HallFigure;
    default:
      return role;
  }
}

QFont fixedFont() {
  QFont result = QFontDatabase::systemFont(QFontDatabase::FixedFont);
  result.setPixelSize(13);
  return result;
}

bool loadFonts() {
  static const bool kLoaded = [] {
    registerFontResources();
    bool all = true;
    for (const char* weight : {"Regular", "Medium", "Bold"}) {
      const QString path = QStringLiteral(":/fonts/Roboto-%1.ttf").arg(QLatin1String(weight));
      all = QFontDatabase::addApplicationFont(path) >= 0 && all;
    }
    return all;
  }();
  return kLoaded;
}

}  // namespace kvloupe
