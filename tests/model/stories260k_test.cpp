// SPDX-License-Identifier: GPL-3.0-or-later
// A really trained model on a real text: the perplexity that transformers measured.
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>
#include <numeric>

#include "model/causal_lm.hpp"
#include "text/corpus.hpp"
#include "text/windows.hpp"

using namespace kvloupe;

class Stories260kTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void perplexityOfTheReference() {
    const QString data = qEnvironmentVariable("KVLOUPE_SHARED_DATA");
    QFile file(data + "/models/stories260k.reference.json");
    if (!file.open(QIODevice::ReadOnly)) QSKIP("the shared test data are not there");
    const QJsonObject reference = QJsonDocument::fromJson(file.readAll())
                                      .object()["perplexity"]
                                      .toObject()["papers"]
                                      .toObject();

    const std::string folder = (data + "/models/stories260k").toStdString();
    const std::string path = (data + "/text/tinystories/eval.txt").toStdString();
    const auto model = CausalLm::load(readConfig(folder), *openWeights(folder), {}, {});
    const auto ids = encodeText(*openTokenizer(folder), readText(path));

    double nllSum = 0;
    std::int64_t scored = 0;
    for (const Window& window : papersWindows(static_cast<std::int64_t>(ids.size()), 512)) {
      const std::span<const std::int32_t> seen(ids.data() + window.begin,
                                               static_cast<std::size_t>(window.length));
      const at::Tensor hidden = model->forward(seen, {});  // [length, hidden]
      const TokenScores scores =
          model->head().score(hidden.narrow(0, 0, window.length - 1), seen.subspan(1), {});
      nllSum = std::accumulate(scores.nll.begin(), scores.nll.end(), nllSum);
      scored += window.length - 1;
    }
    QCOMPARE(scored, reference["tokens_scored"].toInteger());
    const double wanted = reference["nll_sum"].toDouble();
    qInfo() << "sum of NLL" << nllSum << "reference" << wanted;
    QVERIFY(std::abs(nllSum - wanted) < 1e-6 * wanted);
  }
};

QTEST_GUILESS_MAIN(Stories260kTest)
#include "stories260k_test.moc"
