// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace kvloupe {

class InkLabel;
class LinkButton;

/// How large a cache is looked at.
struct CacheExtent {
  int tokens = 32'768;
  int batch = 1;
  friend bool operator==(const CacheExtent&, const CacheExtent&) = default;
};

/// How large the cache of a chosen length and batch is, uncompressed and with the plan; a click on
/// the length changes both.
class CacheSizeRows : public QWidget {
  Q_OBJECT

 public:
  explicit CacheSizeRows(QWidget* parent = nullptr);
  /// Bytes a token of the uncompressed and of the compressed cache.
  void setBytesPerToken(double before, double after);
  void setExtent(const CacheExtent& extent);

 signals:
  void extentChosen(const kvloupe::CacheExtent& extent);

 private:
  void ask();
  void refresh();

  double before_ = 0, after_ = 0;
  CacheExtent extent_;
  InkLabel* sizes_;
  LinkButton* change_;
};

}  // namespace kvloupe
