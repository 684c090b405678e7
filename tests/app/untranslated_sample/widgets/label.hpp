// SPDX-License-Identifier: GPL-3.0-or-later
struct Label {
  QString text = QStringLiteral("Seen last");
};
