// SPDX-License-Identifier: GPL-3.0-or-later
// 2,000 strings that tokenizers trip over, against what the `tokenizers` and `sentencepiece`
// libraries make of them (data/text/make_nasty.py).
#include <QFile>
#include <QMap>
#include <QTemporaryDir>
#include <QtEndian>
#include <QtTest>
#include <string>
#include <vector>

#include "io/json.hpp"
#include "support/caught_error.hpp"
#include "text/tokenizer.hpp"

using namespace kvloupe;

namespace {

using Ids = std::vector<std::int32_t>;

/// The fixture's check of a string's ids.
quint16 checkOf(const Ids& ids) {
  quint64 fnv = 0xCBF29CE484222325;
  for (const std::int32_t id : ids) fnv = (fnv ^ static_cast<quint64>(id)) * 0x100000001B3;
  return static_cast<quint16>(fnv ^ (fnv >> 16) ^ (fnv >> 32) ^ (fnv >> 48));
}

QString fileOf(const QString& name) {
  if (name.contains('/'))
    return qEnvironmentVariable("KVLOUPE_SHARED_DATA") + "/tokenizers/" + name;
  return QStringLiteral(KVLOUPE_TEST_DATA "/text/") + name +
         (name.startsWith("sp_") ? ".model" : ".json");
}

}  // namespace

class NastyStringsTest : public QObject {
  Q_OBJECT

  std::vector<std::string> strings_;
  QMap<QString, QByteArray> checks_;

 private slots:
  void initTestCase() {
    QFile file(QStringLiteral(KVLOUPE_TEST_DATA "/text/nasty.json"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    // Not with Qt's reader: a byte order mark at the start of a string would be gone.
    const JsonDocument fixture = JsonDocument::parse(file.readAll().toStdString(), "nasty.json");
    for (const JsonValue text : fixture.root().requireArray("strings"))
      strings_.emplace_back(text.asString());
    for (const JsonValue checks : fixture.root().requireObject("ids"))
      checks_[test::qstring(checks.key())] =
          QByteArray::fromBase64(test::qstring(checks.asString()).toLatin1());
    QCOMPARE(strings_.size(), 2000u);
    QCOMPARE(checks_.size(), 21);
  }

  void givesTheLibrarysIds_data() {
    QTest::addColumn<QString>("name");
    for (const QString& name : checks_.keys()) QTest::newRow(qPrintable(name)) << name;
  }
  void givesTheLibrarysIds() {
    QFETCH(QString, name);
    if (name.contains('/') && !QFile::exists(fileOf(name)))
      QSKIP("KVLOUPE_SHARED_DATA holds no such tokenizer");
    QTemporaryDir folder;
    const QString suffix = fileOf(name).endsWith(".model") ? "tokenizer.model" : "tokenizer.json";
    QVERIFY(QFile::copy(fileOf(name), folder.filePath(suffix)));
    const auto tokenizer = openTokenizer(folder.path().toStdString());
    const QByteArray checks = checks_[name];
    QCOMPARE(checks.size(), 4000);
    QStringList wrong;
    for (std::size_t i = 0; i < strings_.size(); ++i) {
      const Ids ids = tokenizer->encode(strings_[i], SpecialTokens::Omit);
      const quint16 want = qFromLittleEndian<quint16>(checks.constData() + 2 * i);
      if (checkOf(ids) == want) continue;
      QStringList shown;
      for (const std::int32_t id : ids) shown += QString::number(id);
      wrong += QString("%1: %2 gives %3")
                   .arg(i)
                   .arg(QString::fromStdString(strings_[i]), shown.join(' '));
    }
    QVERIFY2(wrong.isEmpty(), qPrintable(QString("%1 of 2000, among them %2")
                                             .arg(wrong.size())
                                             .arg(wrong.mid(0, 5).join("; "))));
  }
};

QTEST_APPLESS_MAIN(NastyStringsTest)
#include "nasty_strings_test.moc"
