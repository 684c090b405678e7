// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QString>

#include "charts/chart_export.hpp"

class QCheckBox;

namespace kvloupe {

class SegmentedControl;

/// Asks how a figure leaves the program: as what, how wide, with which words. The answer is kept
/// for the next figure.
class FigureDialog : public QDialog {
  Q_OBJECT

 public:
  /// `suffix` is the format that is offered first: "svg", "pdf", "png" or "csv".
  explicit FigureDialog(const QString& suffix, QWidget* parent = nullptr);

  [[nodiscard]] QString suffix() const;
  [[nodiscard]] FigureSpec spec() const;

 private:
  void refresh();
  void remember();

  SegmentedControl* format_;
  SegmentedControl* width_;
  QCheckBox* title_;
  QCheckBox* provenance_;
};

}  // namespace kvloupe
