// SPDX-License-Identifier: GPL-3.0-or-later
#include "words/core_words.hpp"

#include <QCoreApplication>
#include <QRegularExpression>
#include <array>
#include <vector>

namespace kvloupe {
namespace {

constexpr const char* kContext = "kvloupe::CoreWords";

// As the core says them; what varies is numbered from the left. Of two that fit the first counts.
constexpr std::array kSentences = {
    // Verdicts
    QT_TRANSLATE_NOOP("kvloupe::CoreWords",
                      "Within %1 nothing could be decided: the intervals are too wide."),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "Within %1 no target can be compressed at all."),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords",
                      "Within %1, %2 goes furthest: rank %3 of %4, whole cache %5, ΔPPL %6, "
                      "although a smaller ratio did not pass."),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords",
                      "Within %1, %2 goes furthest: rank %3 of %4, whole cache %5, ΔPPL %6."),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords",
                      "“Don’t mess with K” holds for K and V expanded from "
                      "the latent, which free no cache: %1."),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords",
                      "“Don’t mess with K” does not hold for K and V "
                      "expanded from the latent, which free no cache: %1."),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords",
                      "“Don’t mess with K” is undecided for K and V "
                      "expanded from the latent, which free no cache: %1."),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "“Don’t mess with K” holds at %1 for %2: %3."),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "“Don’t mess with K” is reversed at %1 for %2: %3."),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "“Don’t mess with K” does not hold at %1 for %2: %3."),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "“Don’t mess with K” is undecided at %1 for %2: %3."),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords",
                      "Measured at %1 tokens of context, protocol %2, on "
                      "%3: it says nothing of longer contexts."),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "half rank, ΔNLL of K less that of V: %1, limit %2"),
    // their reasons
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "V %1, K fails from %2"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "K %1, V fails from %2"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "V %1; K %2; what lies between is too wide to tell"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "V %1; K %2"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "passes at %1, fails from %2"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "passes at %1, is not seen to fail"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "fails from its first step, %1"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "passes at no step"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "is not seen to pass, fails from %1"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "is seen neither to pass nor to fail"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "likewise"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "untouched"),
    // and what was compressed
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "the latent"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "the rotary key"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "V, expanded"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "K, expanded"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "K + V, expanded"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "V only"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "K only"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "K, after RoPE"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "K, before RoPE"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "K + V, same rank"),
    // Warnings of a plan
    QT_TRANSLATE_NOOP("kvloupe::CoreWords",
                      "%1: scale=channel without residual>=%2: a group's scale sees its later "
                      "tokens, so the figure is not causal"),
    // and of a model
    QT_TRANSLATE_NOOP("kvloupe::CoreWords",
                      "config.json names code of the model's author "
                      "(auto_map); it is never run"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords",
                      "the weights are quantized (%1): they can be described, not run"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords",
                      "%1 of %2 tensors in the weights are not used, the first is %3"),
    // Why a choice of the Compression panel is refused: what, what was found,
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "this target has no such basis"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "the format's blocks do not fit"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "rotate=hadamard would mix too few values"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "how much is kept must be said once"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "nothing is compressed"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "a basis without a rank"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "a scope without a rank"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "a low rank is always centred"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "tap k_prebias centres on the projection's bias"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "scale= needs a format that is scaled by it"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "group= needs a scale of a channel"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "%1: blocks of %2"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "%1 coefficients a head"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "%1 coefficients a token"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "%1 values a head"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "%1 values a token"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "basis %1 of %2"),
    // and what may stand there
    QT_TRANSLATE_NOOP("kvloupe::CoreWords",
                      "query for k and latent, output for v and latent; "
                      "pca, random or axis for all"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "a number that %1 divides, or rotate=random"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "a multiple of %1, which %2 stores together"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "rank= or keep= too"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "either rank= or keep="),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords",
                      "int2 to int8, uint2 to uint8 or fp8; the others have their own"),
    QT_TRANSLATE_NOOP("kvloupe::CoreWords", "scale=channel too"),
};

struct Sentence {
  const char* text;
  QRegularExpression pattern;
};

Sentence sentenceOf(const char* text) {
  static const QRegularExpression kHole("%\\d");
  const QString whole = QString::fromUtf8(text);
  QString pattern;
  qsizetype from = 0;
  for (const QRegularExpressionMatch& hole : kHole.globalMatch(whole)) {
    pattern += QRegularExpression::escape(whole.mid(from, hole.capturedStart() - from)) + "(.+?)";
    from = hole.capturedEnd();
  }
  pattern += QRegularExpression::escape(whole.mid(from));
  return {text, QRegularExpression(QRegularExpression::anchoredPattern(pattern))};
}

QString translated(const QString& sentence) {
  static const std::vector<Sentence> kKnown = [] {
    std::vector<Sentence> known;
    for (const char* text : kSentences) known.push_back(sentenceOf(text));
    return known;
  }();
  for (const Sentence& known : kKnown) {
    const QRegularExpressionMatch match = known.pattern.match(sentence);
    if (!match.hasMatch()) continue;
    QString words = QCoreApplication::translate(kContext, known.text);
    // From the last to the first: what is put in may hold a percent sign itself.
    for (int hole = match.lastCapturedIndex(); hole > 0; --hole)
      words.replace(QString("%%1").arg(hole), translated(match.captured(hole)));
    return words;
  }
  return sentence;
}

}  // namespace

QString coreWords(const std::string& sentence) {
  return translated(QString::fromStdString(sentence));
}

}  // namespace kvloupe
