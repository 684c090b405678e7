// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/backend.hpp"

#include <ATen/ops/empty.h>
#include <c10/util/Exception.h>

#include <QtTest>
#include <new>
#include <stdexcept>

#include "common/progress.hpp"
#include "support/caught_error.hpp"

using namespace kvloupe;

namespace {

std::optional<Error> errorOf(const std::function<void()>& body) {
  return test::caughtError([&] { backend::translated("a forward pass of 512 tokens", body); });
}

}  // namespace

/// What libtorch and the allocator throw, in one line.
class BackendTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void whatLibtorchThrowsIsOneLine() {
    const auto error = errorOf([] { TORCH_CHECK(false, "sizes do not match\nat element 7"); });
    QVERIFY(error && error->code() == ErrorCode::Internal);
    QCOMPARE(QString::fromUtf8(error->what()),
             "a forward pass of 512 tokens failed: sizes do not match");
  }

  void longMessagesAreCut() {
    const auto error = errorOf([] { throw std::runtime_error(std::string(5000, 'x')); });
    QVERIFY(error && std::string(error->what()).size() < 400);
  }

  void wantOfMemoryIsSaidInWords() {
    const auto refusals = {
        std::function<void()>([] { (void)at::empty({std::int64_t{1} << 55}); }),
        std::function<void()>([] { throw std::bad_alloc(); }),
    };
    for (const auto& body : refusals) {
      const auto error = errorOf(body);
      QVERIFY(error && error->code() == ErrorCode::OutOfMemory);
      const QString line = QString::fromUtf8(error->what());
      QVERIFY2(line.startsWith("not enough memory for a forward pass of 512 tokens"),
               error->what());
      QVERIFY2(!error->detail().advice.empty() && !line.contains("alloc"), error->what());
    }
  }

  void errorsAndCancellationsStayWhatTheyAre() {
    const auto error = errorOf(
        [] { throw Error(ErrorCode::Mismatch, {.message = "two texts", .file = "a.txt"}); });
    QVERIFY(error && error->code() == ErrorCode::Mismatch);
    QCOMPARE(QString::fromUtf8(error->what()), "a.txt: two texts");
    QVERIFY_EXCEPTION_THROWN(backend::translated("nothing", [] { throw Cancelled(); }), Cancelled);
    QCOMPARE(backend::translated("nothing", [] { return 7; }), 7);
  }
};

QTEST_GUILESS_MAIN(BackendTest)
#include "backend_test.moc"
