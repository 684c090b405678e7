// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/manual_window.hpp"

#include <QDir>
#include <QHBoxLayout>
#include <QListWidget>
#include <QTextBrowser>

#include "theme/theme.hpp"

namespace kvloupe {
namespace {

/// The page's first heading, else its file name.
QString titleOf(const QString& path) {
  QFile file(path);
  if (!file.open(QIODevice::ReadOnly)) return QFileInfo(path).baseName();
  while (!file.atEnd()) {
    const QString line = QString::fromUtf8(file.readLine()).trimmed();
    if (line.startsWith("# ")) return line.mid(2).remove('`');
  }
  return QFileInfo(path).baseName();
}

}  // namespace

ManualWindow::ManualWindow(const QString& folder, QWidget* parent)
    : QWidget(parent, Qt::Window),
      folder_(folder),
      pages_(new QListWidget(this)),
      text_(new QTextBrowser(this)) {
  setWindowTitle(tr("KV Loupe manual"));
  resize(1060, 720);
  pages_->setFixedWidth(220);
  pages_->setFrameShape(QFrame::NoFrame);
  pages_->setAccessibleName(tr("Pages of the manual"));
  text_->setFrameShape(QFrame::NoFrame);
  text_->setFont(kvloupe::font(TextRole::Body));
  text_->setSearchPaths({folder});
  text_->setOpenLinks(false);
  text_->document()->setDocumentMargin(16);
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(0);
  row->addWidget(pages_);
  row->addWidget(text_, 1);
  for (const QString& name : QDir(folder).entryList({"*.md"}, QDir::Files, QDir::Name)) {
    auto* item = new QListWidgetItem(titleOf(folder + "/" + name), pages_);
    item->setData(Qt::UserRole, name);
  }
  connect(pages_, &QListWidget::currentRowChanged, this, &ManualWindow::showPage);
  connect(text_, &QTextBrowser::anchorClicked, this, [this](const QUrl& url) {
    for (int page = 0; page < pages_->count(); ++page)
      if (pages_->item(page)->data(Qt::UserRole).toString() == url.path())
        pages_->setCurrentRow(page);
  });
  pages_->setCurrentRow(0);
}

int ManualWindow::pageCount() const { return pages_->count(); }

void ManualWindow::showPage(int row) {
  if (row < 0) return;
  QFile file(folder_ + "/" + pages_->item(row)->data(Qt::UserRole).toString());
  if (file.open(QIODevice::ReadOnly)) text_->setMarkdown(QString::fromUtf8(file.readAll()));
}

}  // namespace kvloupe
