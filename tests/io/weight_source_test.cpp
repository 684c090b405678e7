// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/weight_source.hpp"

#include <QFloat16>
#include <QtTest>
#include <bit>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "common/hashing.hpp"
#include "io/json.hpp"
#include "io/model_folder.hpp"
#include "support/caught_error.hpp"
#include "support/processor_timer.hpp"

namespace fs = std::filesystem;

using kvloupe::Dtype;
using kvloupe::ErrorCode;
using kvloupe::JsonDocument;
using kvloupe::JsonValue;
using kvloupe::ModelFolder;
using kvloupe::openWeights;
using kvloupe::TensorEntry;
using kvloupe::weightFileSha256;
using kvloupe::WeightSource;
using kvloupe::test::caughtError;
using kvloupe::test::ProcessorTimer;
using kvloupe::test::qstring;

namespace {

const fs::path kFixtures = KVLOUPE_TEST_DATA "/weights";
const std::string kFirstShard = "model-00001-of-00002.safetensors";
const std::string kSecondShard = "model-00002-of-00002.safetensors";
const std::string kIndex = "model.safetensors.index.json";

std::string readFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

void writeFile(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

/// A copy of one of the fixtures' folders that a test may damage.
class FolderCopy {
 public:
  explicit FolderCopy(const char* fixture) : path_(fs::path(folder_.path().toStdString()) / "m") {
    fs::copy(kFixtures / fixture, path_, fs::copy_options::recursive);
    for (const fs::directory_entry& entry : fs::directory_iterator(path_))
      fs::permissions(entry.path(), fs::perms::owner_write, fs::perm_options::add);
  }

  [[nodiscard]] const fs::path& path() const { return path_; }

  void replaceInIndex(const std::string& from, const std::string& to) const {
    std::string text = readFile(path_ / kIndex);
    const std::size_t at = text.find(from);
    QVERIFY(at != std::string::npos);
    writeFile(path_ / kIndex, text.replace(at, from.size(), to));
  }

 private:
  QTemporaryDir folder_;
  fs::path path_;
};

std::vector<float> floats(const WeightSource& source, const TensorEntry& entry) {
  std::vector<float> values(static_cast<std::size_t>(entry.elements()));
  source.readFloat32(entry, values);
  return values;
}

}  // namespace

class WeightSourceTest : public QObject {
  Q_OBJECT

 private slots:
  /// Against what torch says of the tensors that the safetensors library wrote.
  void readsFixtures_data() {
    QTest::addColumn<QString>("folder");
    QTest::addColumn<int>("files");
    QTest::newRow("single") << "single" << 1;
    QTest::newRow("sharded") << "sharded" << 2;
  }

  void readsFixtures() {
    QFETCH(QString, folder);
    QFETCH(int, files);
    const auto source = openWeights(kFixtures / folder.toStdString());
    QCOMPARE(static_cast<int>(source->files().size()), files);
    const std::string text = readFile(kFixtures / "expected.json");
    const JsonDocument expected = JsonDocument::parse(text, "expected.json");
    const std::map<std::string_view, Dtype> dtypes{{"float32", Dtype::F32},
                                                   {"float16", Dtype::F16},
                                                   {"bfloat16", Dtype::BF16},
                                                   {"int64", Dtype::I64}};
    std::int64_t total = 0;
    for (const JsonValue want : expected.root()) {
      const TensorEntry& entry = source->at(want.key());
      QCOMPARE(entry.dtype, dtypes.at(want.requireString("dtype")));
      std::vector<std::int64_t> shape;
      for (const JsonValue dimension : want.requireArray("shape"))
        shape.push_back(dimension.asInt());
      QVERIFY(entry.shape == shape);
      total += entry.bytes();
      if (entry.dtype == Dtype::I64) continue;
      std::vector<float> values;
      for (const JsonValue value : want.requireArray("float32"))
        values.push_back(static_cast<float>(value.asDouble()));
      QVERIFY2(floats(*source, entry) == values, entry.name.c_str());
    }
    QCOMPARE(source->tensorCount(), static_cast<std::int64_t>(expected.root().size()));
    QCOMPARE(source->totalBytes(), total);
  }

  void readsRowsAndBytes() {
    const auto source = openWeights(kFixtures / "sharded");
    for (const char* name : {"f32", "f16", "bf16"}) {
      const TensorEntry& entry = source->at(name);
      const std::vector<float> all = floats(*source, entry);
      std::vector<float> rows(8);
      source->readRowsFloat32(entry, 1, 2, rows);
      QVERIFY(std::equal(rows.begin(), rows.end(), all.begin() + 4));
      source->readRowsFloat32(entry, 3, 0, {});
    }
    std::vector<float> none;
    source->readRowsFloat32(source->at("empty"), 0, 0, none);

    std::vector<std::int64_t> integers(6);
    source->read(source->at("i64"), std::as_writable_bytes(std::span(integers)));
    QVERIFY(integers == (std::vector<std::int64_t>{0, 1, 2, 3, 4, 5}));
  }

  void findsByName() {
    const auto source = openWeights(kFixtures / "single");
    QVERIFY(source->find("f32") != nullptr);
    QVERIFY(source->find("f3") == nullptr);
    QVERIFY(source->find("zzz") == nullptr);
    QVERIFY(source->find("") == nullptr);
    const auto error = caughtError([&] { static_cast<void>(source->at("absent")); });
    QVERIFY(error);
    QCOMPARE(error->code(), ErrorCode::NotFound);
    QCOMPARE(qstring(error->detail().place), "absent");
  }

  void refusesOtherTypesAndRows() {
    const auto source = openWeights(kFixtures / "single");
    std::vector<float> six(6);
    const auto type = caughtError([&] { source->readFloat32(source->at("i64"), six); });
    QVERIFY(type);
    QCOMPARE(type->code(), ErrorCode::Unsupported);
    QCOMPARE(qstring(type->what()),
             qstring((kFixtures / "single" / "model.safetensors").string()) +
                 ": i64: weights of this type cannot be computed with; found I64, "
                 "expected F32, F16 or BF16");
    const TensorEntry& f32 = source->at("f32");
    QVERIFY(caughtError([&] { source->readRowsFloat32(f32, 2, 2, six); }));
    QVERIFY(caughtError([&] { source->readRowsFloat32(f32, -1, 1, six); }));
    QVERIFY(caughtError([&] { source->readFloat32(f32, six); }));
  }

  /// All 65,536 halves against Qt's conversion.
  void widensEveryHalf() {
    std::vector<std::uint16_t> halves(65536);
    std::vector<float> wide(65536);
    for (std::size_t i = 0; i < halves.size(); ++i) halves[i] = static_cast<std::uint16_t>(i);
    kvloupe::widenFloat16(halves, wide);
    for (std::size_t i = 0; i < halves.size(); ++i) {
      const float want = static_cast<float>(std::bit_cast<qfloat16>(halves[i]));
      const bool same = std::isnan(want) ? std::isnan(wide[i])
                                         : std::bit_cast<std::uint32_t>(want) ==
                                               std::bit_cast<std::uint32_t>(wide[i]);
      QVERIFY2(same, qPrintable(QString::number(i, 16)));
    }
  }

  void widensEveryBfloat16() {
    std::vector<std::uint16_t> in(65536);
    std::vector<float> wide(65536);
    for (std::size_t i = 0; i < in.size(); ++i) in[i] = static_cast<std::uint16_t>(i);
    kvloupe::widenBfloat16(in, wide);
    for (std::size_t i = 0; i < in.size(); ++i)
      QCOMPARE(std::bit_cast<std::uint32_t>(wide[i]), static_cast<std::uint32_t>(i << 16));
  }

  void readsStories260k() {
    const QString shared = qEnvironmentVariable("KVLOUPE_SHARED_DATA") + "/models/stories260k";
    if (!QDir(shared).exists()) QSKIP("the shared test data are not there");
    const auto source = openWeights(shared.toStdString());
    const TensorEntry& embedding = source->at("model.embed_tokens.weight");
    QVERIFY(embedding.shape == (std::vector<std::int64_t>{512, 64}));
    for (const float value : floats(*source, embedding)) QVERIFY(std::isfinite(value));
  }

  /// A file that becomes shorter after it was opened: an Error, no SIGBUS.
  void shrinkingFile() {
    const FolderCopy folder("single");
    const auto source = openWeights(folder.path());
    const fs::path file = folder.path() / "model.safetensors";
    fs::resize_file(file, fs::file_size(file) - 100);
    std::optional<kvloupe::Error> error;
    for (const TensorEntry& entry : source->tensors()) {
      std::vector<std::byte> bytes(static_cast<std::size_t>(entry.bytes()));
      if (const auto failed = caughtError([&] { source->read(entry, bytes); })) error = failed;
    }
    QVERIFY(error);
    QCOMPARE(error->code(), ErrorCode::Io);
    QCOMPARE(qstring(error->detail().file), qstring(file.string()));
    QCOMPARE(qstring(error->detail().message), "the file became shorter while it was read");
  }

  void refusedFolders_data() {
    QTest::addColumn<QString>("fixture");
    QTest::addColumn<std::function<void(const FolderCopy&)>>("damage");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("message");
    QTest::addColumn<QString>("place");
    QTest::addColumn<QString>("found");
    QTest::addColumn<QString>("expected");
    using Damage = std::function<void(const FolderCopy&)>;
    const auto row = [](const char* name, const char* fixture, Damage damage, ErrorCode code,
                        const std::string& file, const char* message, const char* place,
                        const char* found, const char* expected) {
      QTest::newRow(name) << QString(fixture) << std::move(damage) << code << qstring(file)
                          << QString(message) << QString(place) << QString(found)
                          << QString(expected);
    };
    const std::string single = "/model.safetensors";
    const auto replaceShard = [](const std::string& name) -> Damage {
      return [name](const FolderCopy& f) {
        f.replaceInIndex("\"f32\": \"" + kFirstShard, "\"f32\": \"" + name);
      };
    };

    row(
        "no weights", "single",
        [](const FolderCopy& f) { fs::remove(f.path() / "model.safetensors"); },
        ErrorCode::NotFound, "", "no weights in the model's folder", "", "neither",
        "model.safetensors, or its index and shards");
    row(
        "pickle alone", "single",
        [](const FolderCopy& f) {
          fs::rename(f.path() / "model.safetensors", f.path() / "pytorch_model.bin");
          writeFile(f.path() / "other.pt", "x");
        },
        ErrorCode::Unsupported, "",
        "pickle files can run code when they are read and are never opened", "other.pt",
        "weights as pickle files alone", "model.safetensors, or its index and shards");
    row(
        "truncated", "single",
        [](const FolderCopy& f) {
          const fs::path file = f.path() / "model.safetensors";
          fs::resize_file(file, fs::file_size(file) - 1);
        },
        ErrorCode::Malformed, single, "the file is truncated", "f16", "a data size of 147",
        "a data size of");
    row(
        "empty file", "single",
        [](const FolderCopy& f) { writeFile(f.path() / "model.safetensors", ""); },
        ErrorCode::Malformed, single, "too short for a safetensors file", "byte 0", "0 bytes",
        "8 bytes of header length");
    row(
        "Git LFS pointer", "single",
        [](const FolderCopy& f) {
          writeFile(f.path() / "model.safetensors",
                    "version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 988097824\n");
        },
        ErrorCode::Malformed, single,
        "looks like a Git LFS pointer: the weights were not downloaded", "byte 0",
        "a pointer of 72 bytes", "the file itself");
    row(
        "HTML page", "single",
        [](const FolderCopy& f) {
          writeFile(f.path() / "model.safetensors", "\n<!DOCTYPE html><html>Sign in</html>\n");
        },
        ErrorCode::Malformed, single,
        "looks like an HTML page: the download got a web page instead", "byte 0",
        "a page of 37 bytes", "the file itself");
    row(
        "a folder for a file", "single",
        [](const FolderCopy& f) {
          fs::remove(f.path() / "model.safetensors");
          fs::create_directory(f.path() / "model.safetensors");
        },
        ErrorCode::Io, single, "not a regular file", "", "a folder", "a regular file");
    row(
        "link out of the folder", "single",
        [](const FolderCopy& f) {
          fs::rename(f.path() / "model.safetensors", f.path() / ".." / "outside");
          fs::create_symlink("../outside", f.path() / "model.safetensors");
        },
        ErrorCode::Malformed, single, "a link that leads out of the model's folder", "", "a link",
        "a file within the folder, or a blob of its hub cache");
    row(
        "link to nowhere", "single",
        [](const FolderCopy& f) {
          fs::remove(f.path() / "model.safetensors");
          fs::create_symlink("blob", f.path() / "model.safetensors");
        },
        ErrorCode::NotFound, single, "a link that leads nowhere", "", "No such file or directory",
        "a readable file");

    row(
        "index no object", "sharded",
        [](const FolderCopy& f) { writeFile(f.path() / kIndex, "[]"); }, ErrorCode::Malformed,
        "/" + kIndex, "wrong type", "", "an array of 0", "an object");
    row(
        "index without weight_map", "sharded",
        [](const FolderCopy& f) { writeFile(f.path() / kIndex, "{}"); }, ErrorCode::Malformed,
        "/" + kIndex, "missing", "weight_map", "no such key", "this field");
    row(
        "index of nothing", "sharded",
        [](const FolderCopy& f) { writeFile(f.path() / kIndex, R"({"weight_map": {}})"); },
        ErrorCode::Malformed, "/" + kIndex, "the index names no tensors", "weight_map",
        "an object of 0", "an object of tensor: shard");
    row(
        "shard a number", "sharded",
        [](const FolderCopy& f) { writeFile(f.path() / kIndex, R"({"weight_map": {"a": 1}})"); },
        ErrorCode::Malformed, "/" + kIndex, "wrong type", "weight_map.a", "1", "a string");
    const char* const leadsOut = "the shard's name leads out of the model's folder";
    const char* const within = "a file name within the folder";
    row("absolute shard", "sharded", replaceShard("/etc/passwd"), ErrorCode::Malformed,
        "/" + kIndex, leadsOut, "weight_map.f32", "the string \"/etc/passwd\"", within);
    row("shard above", "sharded", replaceShard("../m/" + kFirstShard), ErrorCode::Malformed,
        "/" + kIndex, leadsOut, "weight_map.f32",
        "the string \"../m/model-00001-of-00002.safetensors\"", within);
    row("shard with a zero byte", "sharded", replaceShard("a\\u0000"), ErrorCode::Malformed,
        "/" + kIndex, leadsOut, "weight_map.f32", "the string \"a", within);
    row(
        "shard without a name", "sharded",
        [](const FolderCopy& f) { writeFile(f.path() / kIndex, R"({"weight_map": {"a": ""}})"); },
        ErrorCode::Malformed, "/" + kIndex, leadsOut, "weight_map.a", "the string \"\"", within);
    row(
        "missing shard", "sharded",
        [](const FolderCopy& f) { fs::remove(f.path() / kSecondShard); }, ErrorCode::NotFound,
        "/" + kSecondShard, "no such file", "", "No such file or directory", "a readable file");
    row(
        "shard a link out of the folder", "sharded",
        [](const FolderCopy& f) {
          fs::rename(f.path() / kSecondShard, f.path() / ".." / "outside");
          fs::create_symlink("../outside", f.path() / kSecondShard);
        },
        ErrorCode::Malformed, "/" + kSecondShard, "a link that leads out of the model's folder", "",
        "a link to ", "a file within the folder, or a blob of its hub cache");
    row(
        "page for the index", "sharded",
        [](const FolderCopy& f) { writeFile(f.path() / kIndex, "<html>Sign in</html>"); },
        ErrorCode::Malformed, "/" + kIndex,
        "looks like an HTML page: the download got a web page instead", "byte 0",
        "a page of 20 bytes", "the file itself");
    row(
        "index with a tensor twice", "sharded",
        [](const FolderCopy& f) {
          writeFile(f.path() / kIndex, R"({"weight_map": {"a": "x", "\u0061": "y"}})");
        },
        ErrorCode::Malformed, "/" + kIndex, "the same key twice", "weight_map.a", "it at byte ",
        "every key once");
    row(
        "pointer for a shard", "sharded",
        [](const FolderCopy& f) {
          writeFile(f.path() / kSecondShard, "version https://git-lfs.github.com/spec/v1\n");
        },
        ErrorCode::Malformed, "/" + kSecondShard,
        "looks like a Git LFS pointer: the weights were not downloaded", "byte 0",
        "a pointer of 43 bytes", "the file itself");
    row(
        "page for a shard", "sharded",
        [](const FolderCopy& f) { writeFile(f.path() / kFirstShard, "<html>Sign in</html>"); },
        ErrorCode::Malformed, "/" + kFirstShard,
        "looks like an HTML page: the download got a web page instead", "byte 0",
        "a page of 20 bytes", "the file itself");
    row(
        "pointer for the index", "sharded",
        [](const FolderCopy& f) {
          writeFile(f.path() / kIndex, "version https://git-lfs.github.com/spec/v1\n");
        },
        ErrorCode::Malformed, "/" + kIndex,
        "looks like a Git LFS pointer: the weights were not downloaded", "byte 0",
        "a pointer of 43 bytes", "the file itself");
    row(
        "index an index of itself", "sharded",
        [](const FolderCopy& f) {
          writeFile(f.path() / kIndex, R"({"weight_map": {"a": "model.safetensors.index.json"}})");
        },
        ErrorCode::Malformed, "/" + kIndex, "the header is too long", "byte 0", "a header of ",
        "at most 100000000 bytes");
    row(
        "tensor in the wrong shard", "sharded",
        [](const FolderCopy& f) {
          f.replaceInIndex("\"f32\": \"" + kFirstShard, "\"f32\": \"" + kSecondShard);
        },
        ErrorCode::Mismatch, "/" + kIndex, "the index names a tensor that its shard does not hold",
        "f32", "it in model-00001-of-00002.safetensors", "it in model-00002-of-00002.safetensors");
    row(
        "tensor in no shard", "sharded",
        [](const FolderCopy& f) { f.replaceInIndex("\"f32\":", "\"f64\":"); }, ErrorCode::Mismatch,
        "/" + kIndex, "the index names a tensor that its shard does not hold", "f64",
        "it in no shard", "it in model-00001-of-00002.safetensors");
    row(
        "tensor in two shards", "sharded",
        [](const FolderCopy& f) {
          fs::copy_file(f.path() / kFirstShard, f.path() / kSecondShard,
                        fs::copy_options::overwrite_existing);
        },
        ErrorCode::Mismatch, "", "the same tensor in two shards", "empty",
        "it in model-00001-of-00002.safetensors and in model-00002-of-00002.safetensors",
        "every tensor in one shard");
  }

  void refusedFolders() {
    QFETCH(QString, fixture);
    QFETCH(std::function<void(const FolderCopy&)>, damage);
    QFETCH(ErrorCode, code);
    QFETCH(QString, file);
    const FolderCopy folder(fixture.toUtf8().constData());
    damage(folder);
    const ProcessorTimer timer;
    const auto error = caughtError([&] { static_cast<void>(openWeights(folder.path())); });
    QVERIFY2(timer.elapsed() < 250, qPrintable(QString::number(timer.elapsed())));
    QVERIFY(error);
    QCOMPARE(error->code(), code);
    QCOMPARE(qstring(error->detail().file), qstring(folder.path().string()) + file);
    QTEST(qstring(error->detail().message), "message");
    QFETCH(QString, place);
    QVERIFY2(qstring(error->detail().place).startsWith(place), error->detail().place.c_str());
    QFETCH(QString, found);
    QVERIFY2(qstring(error->detail().found).startsWith(found), error->detail().found.c_str());
    QFETCH(QString, expected);
    QVERIFY2(qstring(error->detail().expected).startsWith(expected),
             error->detail().expected.c_str());
  }

  void missingFolder() {
    const auto error = caughtError([] { static_cast<void>(openWeights("/nowhere/at/all")); });
    QVERIFY(error);
    QCOMPARE(error->code(), ErrorCode::NotFound);
    QCOMPARE(qstring(error->detail().file), "/nowhere/at/all");
  }

  /// models--org--name/snapshots/<revision>: links into the cache's own blobs, and only there.
  void hubCache() {
    const QTemporaryDir temporary;
    const fs::path root = temporary.path().toStdString();
    const fs::path repository = root / "models--org--name";
    const fs::path snapshot = repository / "snapshots" / "0123abcd";
    fs::create_directories(repository / "blobs");
    fs::create_directories(snapshot);
    fs::copy_file(kFixtures / "single" / "model.safetensors", repository / "blobs" / "f00d");
    fs::create_symlink("../../blobs/f00d", snapshot / "model.safetensors");
    QCOMPARE(openWeights(snapshot)->tensorCount(), 6);

    fs::create_directory_symlink(snapshot, root / "link");  // the folder itself may be a link
    QCOMPARE(openWeights(root / "link")->tensorCount(), 6);

    fs::rename(repository / "blobs" / "f00d", repository / "f00d");
    fs::remove(snapshot / "model.safetensors");
    fs::create_symlink("../../f00d", snapshot / "model.safetensors");
    const auto beside = caughtError([&] { static_cast<void>(openWeights(snapshot)); });
    QVERIFY(beside);
    QCOMPARE(beside->code(), ErrorCode::Malformed);

    fs::rename(repository, root / "name");  // no hub cache by its name
    fs::create_directories(root / "name" / "blobs");
    fs::rename(root / "name" / "f00d", root / "name" / "blobs" / "f00d");
    const fs::path renamed = root / "name" / "snapshots" / "0123abcd";
    fs::remove(renamed / "model.safetensors");
    fs::create_symlink("../../blobs/f00d", renamed / "model.safetensors");
    QVERIFY(caughtError([&] { static_cast<void>(openWeights(renamed)); }));
  }

  void linkWithinTheFolder() {
    const FolderCopy folder("single");
    fs::rename(folder.path() / "model.safetensors", folder.path() / "weights");
    fs::create_symlink("weights", folder.path() / "model.safetensors");
    QCOMPARE(openWeights(folder.path())->tensorCount(), 6);
  }

  void namedPipeDoesNotHang() {
    const FolderCopy folder("single");
    const fs::path pipe = folder.path() / "model.safetensors";
    fs::remove(pipe);
    QCOMPARE(QProcess::execute("mkfifo", {qstring(pipe.string())}), 0);
    const auto error = caughtError([&] { static_cast<void>(openWeights(folder.path())); });
    QVERIFY(error);
    QCOMPARE(qstring(error->detail().message), "not a regular file");
  }

  void textFilesOfTheFolder() {
    const FolderCopy folder("single");
    writeFile(folder.path() / "config.json", "{}");
    const ModelFolder model(folder.path());
    QVERIFY(model.has("config.json") && !model.has("tokenizer.json"));
    QCOMPARE(qstring(model.readText("config.json", 2)), "{}");
    const auto error = caughtError([&] { static_cast<void>(model.readText("config.json", 1)); });
    QVERIFY(error);
    QCOMPARE(qstring(error->detail().found), "2 bytes");
    QVERIFY(caughtError([&] { static_cast<void>(model.open("../m/config.json")); }));
  }

  void hashesAFile() {
    std::int64_t last = 0;
    const auto progress = [&last](const kvloupe::Progress& p) {
      QVERIFY(p.done > last && p.done <= p.total);
      last = p.done;
    };
    const fs::path file = kFixtures / "single" / "model.safetensors";
    const std::string hash =
        weightFileSha256(kFixtures / "single", "model.safetensors", {}, progress);
    QCOMPARE(qstring(hash), qstring(kvloupe::sha256Hex(readFile(file))));
    QCOMPARE(last, static_cast<std::int64_t>(fs::file_size(file)));

    std::stop_source stop;
    stop.request_stop();
    QVERIFY_EXCEPTION_THROWN(static_cast<void>(weightFileSha256(
                                 kFixtures / "single", "model.safetensors", stop.get_token(), {})),
                             kvloupe::Cancelled);
  }

  /// A file with one byte changed is read or refused, never worse.
  void survivesChangedBytes() {
    const FolderCopy folder("single");
    const fs::path path = folder.path() / "model.safetensors";
    const std::string original = readFile(path);
    int refused = 0;
    for (std::size_t i = 0; i < original.size(); i += 3) {
      std::string changed = original;
      changed[i] = static_cast<char>(changed[i] ^ 0x15);
      writeFile(path, changed);
      if (caughtError([&] {
            const auto source = openWeights(folder.path());
            for (const TensorEntry& entry : source->tensors())
              if (entry.dtype != Dtype::I64 && dtypeBytes(entry.dtype) <= 4)
                static_cast<void>(caughtError([&] { floats(*source, entry); }));
          }))
        ++refused;
    }
    QVERIFY2(refused > 50 && refused < static_cast<int>(original.size() / 3),
             qPrintable(QString::number(refused)));
  }
};

QTEST_APPLESS_MAIN(WeightSourceTest)
#include "weight_source_test.moc"
