// SPDX-License-Identifier: GPL-3.0-or-later
// Folders as huggingface_hub lays them out: models--org--name with blobs, refs and snapshots.
#include "io/model_folder.hpp"

#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>
#include <fstream>

#include "support/caught_error.hpp"

namespace fs = std::filesystem;
using kvloupe::hubSnapshot;
using kvloupe::modelName;
using kvloupe::test::caughtError;
using kvloupe::test::qstring;

class ModelFolderTest : public QObject {
  Q_OBJECT

  QTemporaryDir temporary_;
  fs::path root_ = fs::canonical(temporary_.path().toStdString());

  /// A repository of two snapshots whose refs/main says `main`.
  fs::path repository(const std::string& name, const std::string& main) {
    fs::path folder = root_ / name;
    fs::remove_all(folder);
    fs::create_directories(folder / "refs");
    fs::create_directories(folder / "snapshots" / "0123abcd");
    fs::create_directories(folder / "snapshots" / "4567ef01");
    std::ofstream(folder / "refs" / "main") << main;
    return folder;
  }

 private slots:
  void aRepositoryIsItsSnapshot() {
    const fs::path folder = repository("models--org--name", "4567ef01");
    QVERIFY(hubSnapshot(folder) == folder / "snapshots" / "4567ef01");
    QVERIFY(hubSnapshot(repository("models--gpt2", "0123abcd\n")).filename() == "0123abcd");
  }

  void theOnlySnapshotIsMeant() {
    const fs::path folder = repository("models--a--b", "");
    fs::remove_all(folder / "snapshots" / "0123abcd");
    QVERIFY(hubSnapshot(folder).filename() == "4567ef01");
    fs::remove_all(folder / "refs");
    QVERIFY(hubSnapshot(folder).filename() == "4567ef01");
  }

  void saysWhichSnapshotsThereAre_data() {
    QTest::addColumn<QString>("main");
    QTest::addColumn<QString>("expected");
    const QString any = "one, or the one that refs/main names";
    QTest::newRow("no such snapshot") << "89"
                                      << "89";
    QTest::newRow("no revision") << "" << any;
    QTest::newRow("leads out") << "../../models--a--b/snapshots/0123abcd" << any;
  }
  void saysWhichSnapshotsThereAre() {
    QFETCH(QString, main);
    const fs::path folder = repository("models--a--b", main.toStdString());
    const auto error = caughtError([&] { static_cast<void>(hubSnapshot(folder)); });
    QVERIFY(error);
    QCOMPARE(error->code(), kvloupe::ErrorCode::NotFound);
    QCOMPARE(qstring(error->detail().file), qstring((folder / "snapshots").string()));
    QCOMPARE(qstring(error->detail().message), "which snapshot of this hub cache is meant");
    QCOMPARE(qstring(error->detail().found), "0123abcd, 4567ef01");
    QTEST(qstring(error->detail().expected), "expected");
  }

  void otherFoldersStandForThemselves() {
    const fs::path other = repository("org--name", "0123abcd");
    QVERIFY(hubSnapshot(other) == other);
    const fs::path plain = repository("models--plain", "");
    fs::remove_all(plain / "snapshots");
    QVERIFY(hubSnapshot(plain) == plain);
  }

  void linksAreNotFollowed() {
    const fs::path other = repository("models--other", "0123abcd");
    fs::path folder = repository("models--a--b", "89");
    fs::create_directory_symlink(other / "snapshots" / "0123abcd", folder / "snapshots" / "89");
    QVERIFY(caughtError([&] { static_cast<void>(hubSnapshot(folder)); }));

    folder = repository("models--a--b", "");
    fs::remove(folder / "refs" / "main");
    fs::create_symlink(other / "refs" / "main", folder / "refs" / "main");
    QVERIFY(caughtError([&] { static_cast<void>(hubSnapshot(folder)); }));
    fs::remove_all(folder / "snapshots");
    fs::create_directory_symlink(other / "snapshots", folder / "snapshots");
    QVERIFY(hubSnapshot(folder) == folder);
  }

  void names() {
    QCOMPARE(modelName("/cache/models--org--a--b.c/snapshots/01"), std::string("org/a--b.c"));
    QCOMPARE(modelName("/cache/models--gpt2/snapshots/01"), std::string("gpt2"));
    QCOMPARE(modelName("/cache/models--org--name"), std::string("models--org--name"));
    QCOMPARE(modelName("/cache/name/snapshots/01"), std::string("01"));
    QCOMPARE(modelName("/models/name"), std::string("name"));
  }
};

QTEST_APPLESS_MAIN(ModelFolderTest)
#include "model_folder_test.moc"
