// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/error_words.hpp"

#include <QCoreApplication>

#include "words/core_words.hpp"

namespace kvloupe {
namespace {

constexpr const char* kContext = "kvloupe::ErrorWords";

struct Kind {
  const char* what;
  const char* advice;
};

Kind kindOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::NotFound:
      return {QT_TRANSLATE_NOOP("kvloupe::ErrorWords", "Something that is needed was not found"),
              QT_TRANSLATE_NOOP("kvloupe::ErrorWords",
                                "Check that it was not moved, renamed or deleted and that its disk "
                                "is there, then try again.")};
    case ErrorCode::Malformed:
      return {QT_TRANSLATE_NOOP("kvloupe::ErrorWords", "A file is damaged or of another format"),
              QT_TRANSLATE_NOOP("kvloupe::ErrorWords",
                                "Get the file again from where it came from, then try again.")};
    case ErrorCode::Mismatch:
      return {QT_TRANSLATE_NOOP("kvloupe::ErrorWords", "Two things do not belong together"),
              QT_TRANSLATE_NOOP("kvloupe::ErrorWords",
                                "Choose another of the two: what was found and what was expected "
                                "stand above.")};
    case ErrorCode::Unsupported:
      return {QT_TRANSLATE_NOOP("kvloupe::ErrorWords", "This program cannot work with that"),
              QT_TRANSLATE_NOOP("kvloupe::ErrorWords",
                                "Choose another model or file. Help > Manual lists what can be "
                                "opened.")};
    case ErrorCode::InvalidArgument:
      return {QT_TRANSLATE_NOOP("kvloupe::ErrorWords", "What was asked for cannot be done"),
              QT_TRANSLATE_NOOP("kvloupe::ErrorWords", "Change the choice that is named here.")};
    case ErrorCode::Io:
      return {QT_TRANSLATE_NOOP("kvloupe::ErrorWords", "A file could not be read or written"),
              QT_TRANSLATE_NOOP("kvloupe::ErrorWords",
                                "Check that you may read and write there and that the disk is "
                                "there, then try again.")};
    case ErrorCode::NoSpace:
      return {QT_TRANSLATE_NOOP("kvloupe::ErrorWords", "The disk is full"),
              QT_TRANSLATE_NOOP("kvloupe::ErrorWords",
                                "Make room there or choose a place on another disk, then try "
                                "again.")};
    case ErrorCode::OutOfMemory:
      return {QT_TRANSLATE_NOOP("kvloupe::ErrorWords", "There is not enough memory"),
              QT_TRANSLATE_NOOP("kvloupe::ErrorWords",
                                "Close other programs, choose a shorter context or fewer "
                                "calibration tokens, then try again.")};
    case ErrorCode::Device:
      return {QT_TRANSLATE_NOOP("kvloupe::ErrorWords",
                                "The device that computes is absent or has failed"),
              QT_TRANSLATE_NOOP("kvloupe::ErrorWords",
                                "Open the model on another device, or start the program again.")};
    case ErrorCode::Internal:
      break;
  }
  return {QT_TRANSLATE_NOOP("kvloupe::ErrorWords", "The program has made a mistake"),
          QT_TRANSLATE_NOOP("kvloupe::ErrorWords",
                            "Save the run. “Copy details” has what a report of it "
                            "needs.")};
}

struct Translation {
  QString words;
  bool other = false;  // than the words of the program
};

Translation ofKind(const char* text) {
  const QString words = QCoreApplication::translate(kContext, text);
  return {words, words != QString::fromUtf8(text)};
}

Translation ofCore(const std::string& text) {
  const QString words = coreWords(text);
  return {words, words != QString::fromStdString(text)};
}

QString sentence(const QString& words) {
  return words.isEmpty() ? words : words.left(1).toUpper() + words.mid(1);
}

}  // namespace

ErrorWords errorWords(const JobError& error) {
  const Kind kind = kindOf(error.code);
  const Translation what = ofKind(kind.what), advice = ofKind(kind.advice);
  const Translation message = ofCore(error.detail.message), own = ofCore(error.detail.advice);
  ErrorWords words;
  // In English the core's sentence says it best; in another language its kind is understood.
  if (!message.words.isEmpty() && (message.other || !what.other)) {
    words.headline = sentence(message.words);
  } else {
    words.headline = what.words;
    words.exact = sentence(message.words);
  }
  words.advice = own.words;
  if (own.words.isEmpty())
    words.advice = advice.words;
  else if (advice.other && !own.other)
    words.advice = advice.words + '\n' + own.words;
  return words;
}

QString errorLine(const JobError& error) {
  const ErrorWords words = errorWords(error);
  return words.exact.isEmpty() ? error.summary : words.headline + ": " + error.summary;
}

}  // namespace kvloupe
