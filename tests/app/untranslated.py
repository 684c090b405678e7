#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds strings of app/ (without app/cli) and widgets/ that people see and tr() does not.

untranslated.py [ROOT]

Two kinds of literals outside tr() are findings:
- words given to what shows them (SHOWN: setText, addAction, QLabel and so on);
- words anywhere else that read as such: two in a row, or one with a capital.
Names, symbols and formats that stay as they are in every language stand in NAMES, ELSEWHERE and
COMMAND_LINE. Prints "file:line: literal" for each finding and ends with 1, with 0 for none, with 2
where ROOT holds no sources.
"""
import bisect
import re
import sys
from pathlib import Path

# Functions and constructors that show what they are given.
SHOWN = frozenset(
    """
    setText setFullText setFigure setToolTip setStatusTip setWhatsThis setWindowTitle setTitle
    setSubtitle setEmptyText setOpenHint setLabel setLabelText setInformativeText setDetailedText
    setAccessibleName setAccessibleDescription setPlaceholderText setPrefix setSuffix
    setSpecialValueText setHeaderData setHorizontalHeaderLabels setButtonText setItemText
    setItemData setLegend setTabText setProvenance setMeasured setNote
    addAction addItem addItems addMenu addSection addTab addRow addButton addSegment addLabel
    addList addField addTheme insertItem makeList make makeCheck createUndoAction
    createRedoAction drawText appendPlainText showMessage flatButton
    QAction QLabel QPushButton QToolButton QCheckBox QRadioButton QGroupBox QMenu QMessageBox
    getOpenFileName getSaveFileName getExistingDirectory
    InkLabel ElidedLabel FixedLabel LinkButton IconButton SegmentedControl StartCard log
    """.split()
)

# What a literal passes through on its way to such a function.
WRAPPERS = frozenset(
    "QString QStringLiteral QLatin1String QLatin1StringView fromUtf8 fromLatin1 arg toString "
    "QStringList append push_back emplace_back".split()
)

# What takes names for the program itself, never for people.
SILENT = frozenset(
    "setObjectName setProperty property value setValue QKeySequence QRegularExpression "
    "findChild findChildren".split()
)

TRANSLATES = frozenset("tr translate QT_TR_NOOP QT_TRANSLATE_NOOP".split())

# Names and symbols, the same in every language; they are taken out before a literal is judged.
NAMES = (
    "KV Loupe", "ΔPPL", "ΔNLL", "PPL", "KL", "nats", "B/token", "SHA-256", "CPU", "K", "V", "A", "B",
    "k_rope", "k_prebias", "rank_95",
    "CSV", "JSON", "PDF", "PNG", "SVG", "HTML", "HH:mm:ss",
)  # fmt: skip

# Literals that no person reads, or that are a name where they stand: (file, pattern).
ELSEWHERE = (
    ("app/main.cpp", r"KV Loupe .*"),  # --version
    ("app/screenshot.cpp", r": the picture could not be written"),  # --screenshot, to stderr
    ("app/lessons/lesson_file.cpp", r"v, k, kv, latent"),  # presets, as a lesson writes them
    ("app/report/report_commands.cpp", r"demo (evaluation|calibration)"),  # as a run names them
    ("app/workspace/needs.cpp", r"\|layer %1 head %2"),  # a key
    ("app/window/models_presenter.cpp", r"F5"),
    ("app/report/report_content.cpp", r"dPPL <="),  # as the table's CSV has it
    ("widgets/theme/fonts.cpp", r"Roboto|Regular|Medium|Bold"),
    ("widgets/theme/loupe_style.cpp", r"Fusion"),
    ("widgets/theme/theme.cpp", r"Read|SettingChanged"),  # D-Bus
    ("widgets/charts/chart_export.cpp", r"<svg .*"),
    ("app/report/report_html.cpp", r"(?s).*[<{].*|.*\.ttf"),  # markup
)

# What the terminal hears is English, as that of kvloupe-cli.
COMMAND_LINE = ("app/options.cpp", "app/core_module/core_module.cpp", "app/export_command.cpp")

TOKEN = re.compile(
    r"""
    (?P<skip>//[^\n]*|/\*.*?\*/|\s+)
  | (?P<directive>\#[^\n]*(?:\\\n[^\n]*)*)
  | (?P<raw>(?:u8|u|U|L)?R"(?P<mark>[^()\s\\]{0,16})\((?P<rawtext>.*?)\)(?P=mark)")
  | (?P<string>(?:u8|u|U|L)?"(?P<text>(?:[^"\\\n]|\\.)*)")
  | (?P<char>'(?:[^'\\\n]|\\.)+')
  | (?P<word>[A-Za-z_]\w*)
  | (?P<number>\d[\w.']*)
  | (?P<other>.)
    """,
    re.S | re.X,
)


class Frame:
    """What stands open round a literal: a call with its name, an initializer, or a block."""

    def __init__(self, kind, name=""):
        self.kind = kind
        self.name = name


def opened(bracket, before):
    """The frame that `bracket` opens after the tokens `before`, nearest last."""
    last = before[-1] if before else ""
    if bracket == "{":
        block = last in (")", "]", ";", "{", "}", "else", "do", "try", "const", "override",
                         "noexcept", "final", "mutable", "") or last == ":"
        if last in ("{", "}") and before[-1:] == ["{"]:
            block = False  # {{...}}: told by what it stands in
        return Frame("block" if block else "list")
    if bracket == "[":
        return Frame("index")
    if not re.match(r"[A-Za-z_]", last) or last in ("return", "if", "while", "for", "switch"):
        if last == ">":  # a template's arguments: the name stands before them
            depth = 0
            for i in range(len(before) - 1, -1, -1):
                depth += (before[i] == ">") - (before[i] == "<")
                if depth == 0:
                    return Frame("call", before[i - 1] if i > 0 else "")
        return Frame("group")
    if before[-3:] == ["lines", ".", "emplace_back"]:  # of a tooltip
        return Frame("call", "setText")
    # "QMessageBox about(...)": a variable of a type that shows.
    if len(before) > 1 and before[-2] in SHOWN:
        return Frame("call", before[-2])
    return Frame("call", last)


def literals(source):
    """Every group of adjacent literals: (offset, text, frames round it, nearest last)."""
    frames, before, group = [], [], None
    for token in TOKEN.finditer(source):
        kind = token.lastgroup
        if kind in ("mark", "rawtext", "text"):
            kind = "raw" if token.group("raw") else "string"
        if kind == "skip":
            continue
        if kind in ("raw", "string"):
            text = token.group("rawtext") if kind == "raw" else token.group("text")
            if group:
                group[1] += text
            else:
                group = [token.start(), text, list(frames)]
            continue
        if group:
            yield tuple(group)
            before.append('"')
            group = None
        if kind == "directive":
            continue
        word = token.group()
        if word in ("(", "{", "["):
            frame = opened(word, before)
            if word == "{" and before[-1:] == ["{"] and frames:
                frame.kind = frames[-1].kind
            frames.append(frame)
        elif word in (")", "}", "]") and frames:
            frames.pop()
        before.append(word)
        del before[:-40]


def words_of(text):
    """The literal without placeholders, escapes and names."""
    text = re.sub(r"\\u[0-9a-fA-F]{4}|\\x\{?[0-9a-fA-F]+\}?|\\[a-zA-Z0]", " ", text)
    text = re.sub(r"%L?\d+|%n", " ", text)
    for name in NAMES:
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", text)
    return text


def is_word(text):
    return re.search(r"[A-Za-z]{2}", words_of(text)) is not None


def reads_as_words(text):
    words = words_of(text).strip()
    return (
        re.search(r"[A-Za-z]{2,}[,:;.]? +[A-Za-z]", words) is not None
        or re.fullmatch(r"\W*[A-Z][a-z]+[&a-z]*\W*", words) is not None
    )


def finding(text, frames):
    """Whether the literal is one that people see and no translation reaches."""
    if any(frame.name in TRANSLATES for frame in frames[-2:]):
        return False
    if re.fullmatch(r"[\w/]*\.[a-z][\w.]*", text):  # a file's name or ending
        return False
    for frame in reversed(frames):
        if frame.kind == "block" or frame.kind == "index":
            break
        if frame.kind == "call" and frame.name in SILENT:
            return False
        if frame.kind == "call" and frame.name in SHOWN:
            return is_word(text)
        if frame.kind == "call" and frame.name not in WRAPPERS:
            break
    return reads_as_words(text)


def allowed(path, text):
    return path in COMMAND_LINE or any(
        path == file and re.fullmatch(pattern, text) for file, pattern in ELSEWHERE
    )


def findings(path, source):
    """(line, what) of a file, in order."""
    starts = [0] + [m.end() for m in re.finditer("\n", source)]
    found = []
    for offset, text, frames in literals(source):
        if finding(text, frames) and not allowed(path, text):
            found.append((bisect.bisect_right(starts, offset), f'"{text}"'))
    # No context of its own: lupdate would put it under QObject, or nowhere.
    for match in re.finditer(r"\bQObject::tr\(|\bQString\s+tr\(", source):
        found.append((bisect.bisect_right(starts, match.start()), match.group() + ")"))
    return sorted(found)


def main(arguments):
    root = Path(arguments[1]) if len(arguments) > 1 else Path(__file__).resolve().parents[2]
    files = [
        file
        for folder in ("app", "widgets")
        for file in sorted((root / folder).rglob("*.[ch]pp"))
        if not file.is_relative_to(root / "app" / "cli")
    ]
    if not files:
        print(f"{root}: no sources in app/ and widgets/", file=sys.stderr)
        return 2
    count = 0
    for file in files:
        path = file.relative_to(root).as_posix()
        for line, what in findings(path, file.read_text(encoding="utf-8")):
            print(f"{path}:{line}: {what}")
            count += 1
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
