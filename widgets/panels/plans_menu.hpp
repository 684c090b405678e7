// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <functional>
#include <vector>

#include "controls/buttons.hpp"

class QMenu;

namespace kvloupe {

/// Plans kept under a name.
struct PlansView {
  struct Kept {
    QString name;
    QString detail;  // "V rank 24, K untouched"

    friend bool operator==(const Kept&, const Kept&) = default;
  };
  bool model = false;  // there is one that a plan can be for
  std::vector<Kept> kept;
  int current = -1;  // of them, the plan that stands in the panel
  bool exportable = false;
  QString exportHint;  // why not
};

/// A button whose menu brings kept plans back, keeps, renames, duplicates and forgets them, and
/// reads and writes plan files.
class PlansMenu : public IconButton {
  Q_OBJECT

 public:
  explicit PlansMenu(QWidget* parent = nullptr);
  void setView(const PlansView& view);
  [[nodiscard]] const PlansView& view() const { return view_; }
  /// Filled when it is opened.
  [[nodiscard]] QMenu* plansMenu() const { return menu_; }

 signals:
  void planChosen(const QString& name);
  void keepRequested(const QString& name);
  void renameRequested(const QString& name, const QString& to);
  void duplicateRequested(const QString& name, const QString& as);
  void forgetRequested(const QString& name);
  void importRequested();
  void exportRequested();

 private:
  void fill();
  void askName(const QString& title, const QString& proposed,
               std::function<void(const QString&)> then);
  [[nodiscard]] QString currentName() const;
  /// A name that no kept plan has: "name", "name 2", ...
  [[nodiscard]] QString freeName(const QString& name) const;

  PlansView view_;
  QMenu* menu_;
};

}  // namespace kvloupe
