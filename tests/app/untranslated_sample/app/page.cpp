// SPDX-License-Identifier: GPL-3.0-or-later
// Read by untranslated.py alone: the lines it finds say "seen", those it passes over "unseen".
QString Page::name() const { return "Seen"; }

QString Page::words(bool many) const { return many ? QString("seen one") : tr("unseen one"); }

Page::Page(QWidget* parent) : QWidget(parent), button_(new QPushButton("seen two", this)) {
  setToolTip(QString::fromUtf8("seen %1").arg(4));
  setToolTip(tr("unseen %1").arg(QSettings().value("unseen key").toString()));
  menu->addAction(icon(Icon::Copy), many ? tr("unseen two") : QStringLiteral("seen"), this,
                  [this] { setObjectName("unseen object"); });
  label_->setText("a" + tr("unseen three") + (many ? " seen three" : ""));
  QMessageBox box(QMessageBox::NoIcon, "KV Loupe", "seen four");
  tip.lines.emplace_back(QStringLiteral("seen ") + figure, QString());
  tip.title = QStringLiteral("Seen %1").arg(3);
  list_->addItems({"K", "seen"});
  rows.push_back({QStringLiteral("unseen_column")});  // setText("unseen comment")
  open("unseen.kvl.h5");
  button_->setText(
      "seen "
      "five");
  button_->setText(QObject::tr("seen six"));
}
