// SPDX-License-Identifier: GPL-3.0-or-later
// Folders as huggingface_hub lays them out: models--org--name with blobs, refs and snapshots.
#include "io/model_folder.hpp"

#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>
#include <fstream>

namespace fs = std::filesystem;
using kvloupe::hubSnapshot;
using kvloupe::modelName;

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

  void otherFoldersStandForThemselves_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("main");
    QTest::newRow("no repository") << "org--name"
                                   << "0123abcd";
    QTest::newRow("no such snapshot") << "models--a--b"
                                      << "89";
    QTest::newRow("no revision") << "models--a--b"
                                 << "";
    QTest::newRow("leads out") << "models--a--b"
                               << "../../models--a--b/snapshots/0123abcd";
  }
  void otherFoldersStandForThemselves() {
    QFETCH(QString, name);
    QFETCH(QString, main);
    const fs::path folder = repository(name.toStdString(), main.toStdString());
    QVERIFY(hubSnapshot(folder) == folder);
  }

  void linksAreNotFollowed() {
    const fs::path other = repository("models--other", "0123abcd");
    fs::path folder = repository("models--a--b", "89");
    fs::create_directory_symlink(other / "snapshots" / "0123abcd", folder / "snapshots" / "89");
    QVERIFY(hubSnapshot(folder) == folder);

    folder = repository("models--a--b", "");
    fs::remove(folder / "refs" / "main");
    fs::create_symlink(other / "refs" / "main", folder / "refs" / "main");
    QVERIFY(hubSnapshot(folder) == folder);
    fs::remove(folder / "refs" / "main");
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
