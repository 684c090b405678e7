// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QFile>
#include <QProcess>
#include <QString>
#include <QStringList>

/// How a program ended, and what it said.
struct Outcome {
  int status = -1;  // -1: by a signal
  QByteArray out, err;
};

inline Outcome outcomeOf(QProcess& process) {
  process.waitForFinished(600'000);
  return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
          process.readAllStandardOutput(), process.readAllStandardError()};
}

inline Outcome runProgram(
    const QString& program, const QStringList& arguments, const QByteArray& input = {},
    const QProcessEnvironment& environment = QProcessEnvironment::systemEnvironment()) {
  QProcess process;
  process.setProcessEnvironment(environment);
  process.start(program, arguments);
  process.write(input);
  process.closeWriteChannel();
  return outcomeOf(process);
}

inline Outcome runCli(const QStringList& arguments, const QProcessEnvironment& environment =
                                                        QProcessEnvironment::systemEnvironment()) {
  return runProgram(QStringLiteral(KVLOUPE_CLI), arguments, {}, environment);
}

/// The first bytes of one of the demos' texts as a file at `path`; an empty name where it fails.
inline QString demoExcerpt(const char* name, qint64 bytes, const QString& path) {
  QFile whole(QStringLiteral(KVLOUPE_DEMO "/") + QLatin1String(name)), part(path);
  if (!whole.open(QIODevice::ReadOnly) || !part.open(QIODevice::WriteOnly)) return {};
  return part.write(whole.read(bytes)) > 0 ? path : QString();
}
