// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/hashing.hpp"

#include <QtTest>

using kvloupe::Sha256;
using kvloupe::sha256Hex;

class HashingTest : public QObject {
  Q_OBJECT

 private slots:
  /// The examples of FIPS 180-4 and NIST's long message.
  void knownDigests_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("digest");
    QTest::newRow("empty") << QByteArray()
                           << "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    QTest::newRow("abc") << QByteArray("abc")
                         << "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    QTest::newRow("two blocks")
        << QByteArray("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
        << "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";
    QTest::newRow("a million a")
        << QByteArray(1'000'000, 'a')
        << "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
  }

  void knownDigests() {
    QFETCH(QByteArray, text);
    QFETCH(QString, digest);
    QCOMPARE(QString::fromStdString(sha256Hex(text.toStdString())), digest);

    Sha256 pieces;
    for (int i = 0; i < text.size(); i += 7777) pieces.update(text.mid(i, 7777).toStdString());
    QCOMPARE(QString::fromStdString(pieces.hex()), digest);
    QCOMPARE(QString::fromStdString(pieces.hex()), digest);  // asking does not end it
  }

  void goesOnAfterHex() {
    Sha256 hash;
    hash.update("a");
    QVERIFY(hash.hex() == sha256Hex("a"));
    hash.update("bc");
    QVERIFY(hash.hex() == sha256Hex("abc"));
  }
};

QTEST_APPLESS_MAIN(HashingTest)
#include "hashing_test.moc"
