// SPDX-License-Identifier: GPL-3.0-or-later
// What users read of the families names each of them.
#include <QtTest>

#include "types/model_families.hpp"

class DocumentedFamiliesTest : public QObject {
  Q_OBJECT

 private slots:
  void everyFamilyIsNamed_data() {
    QTest::addColumn<QString>("page");
    QTest::newRow("README") << KVLOUPE_SOURCE "/README.md";
    QTest::newRow("manual") << KVLOUPE_SOURCE "/resources/manual/models.md";
  }

  void everyFamilyIsNamed() {
    QFETCH(QString, page);
    QFile file(page);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QString text = QString::fromUtf8(file.readAll());
    for (const std::string_view name : kvloupe::kModelFamilies) {
      const QString code =
          '`' + QString::fromLatin1(name.data(), static_cast<qsizetype>(name.size())) + '`';
      QVERIFY2(text.contains(code), qPrintable(code));
    }
  }
};

QTEST_APPLESS_MAIN(DocumentedFamiliesTest)
#include "documented_families_test.moc"
