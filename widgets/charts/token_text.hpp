// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "charts/chart_frame.hpp"
#include "charts/color_scale.hpp"
#include "charts/token_layout.hpp"
#include "types/passage.hpp"

class QScrollBar;

namespace kvloupe {

/// What the tokens' colours say.
enum class TokenColor : std::uint8_t {
  DeltaNll,  // green better, violet worse
  Losses,    // what got worse alone, for print
  Kl,
};

/// What the charts of a read window draw; the figures are shared with who measured them.
struct TokenTextView {
  std::shared_ptr<const Passage> passage;  // null: nothing
  QString subtitle;
  TokenColor color = TokenColor::DeltaNll;
  double reach = 0.6;    // nats at the end of the colours
  bool markTop1 = true;  // underlined where the likeliest token changed
  int chosen = -1;       // token
  bool stale = false;

  friend bool operator==(const TokenTextView&, const TokenTextView&) = default;
};

/// dNLL of a token in nats; 0 where it is not scored.
[[nodiscard]] double deltaNllOf(const PassageToken& token);
/// Scored tokens, the one that lost most first.
[[nodiscard]] std::vector<int> worstFirst(const Passage& passage);
/// The sentence that a token stands in, of the passage's tokens alone.
[[nodiscard]] QString sentenceAround(const Passage& passage, int token);

/// A window of text, every token in the colour of what compression did to it. The wheel scrolls,
/// the arrows go from token to token, Return asks for the attention of the chosen token's sentence.
/// A figure begins with the first token on the screen.
class TokenText : public ChartFrame {
  Q_OBJECT

 public:
  explicit TokenText(QWidget* parent = nullptr);
  ~TokenText() override;

  void setData(TokenTextView view);
  [[nodiscard]] const TokenTextView& view() const { return view_; }
  [[nodiscard]] const ColorScale& scale() const { return scale_; }
  /// What a token's colour stands for.
  [[nodiscard]] double valueOf(int token) const;
  /// A scored token's colour; invalid for others.
  [[nodiscard]] QColor colorOf(int token) const;
  /// Of the token's first piece, in the plot's pixels.
  [[nodiscard]] QRectF tokenRect(int token) const;
  [[nodiscard]] double scrolled() const;
  /// The first token that the screen shows.
  [[nodiscard]] int firstShown() const;
  /// The next worse token than the chosen one, or the one before; the worst where none is chosen.
  void chooseWorst(bool next);
  /// Scrolls as little as shows the token.
  void showToken(int token);
  [[nodiscard]] std::vector<QStringList> csvRows() const override;

 signals:
  void tokenChosen(int token);
  void attentionRequested();

 protected:
  void fitAxes() override;
  void applyColors() override;
  void setExporting(bool exporting) override;
  [[nodiscard]] bool isEmpty() const override { return !view_.passage; }
  [[nodiscard]] int markAt(const QPointF& position) const override;
  [[nodiscard]] int markCount() const override;
  void openMark(int mark) override { emit tokenChosen(mark); }
  [[nodiscard]] bool opensMarks() const override { return true; }
  [[nodiscard]] int markAfter(int mark, bool next) const override;
  [[nodiscard]] TipText tipFor(int mark) const override;
  [[nodiscard]] QRectF markRect(int mark) const override;
  [[nodiscard]] bool zooms() const override { return false; }
  void scrollBy(double pixels) override;
  [[nodiscard]] double asideWidth() const override;
  void paintAside(QPainter& painter, const QRectF& room) const override;
  [[nodiscard]] std::vector<QStringList> spokenRows() const override;
  void keyPressEvent(QKeyEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  class Tokens;
  void layOut();
  void scrollTo(double top);
  void chooseStep(int step);
  [[nodiscard]] QStringList csvRow(int token) const;
  [[nodiscard]] QString text(std::int32_t id) const;

  TokenTextView view_;
  ColorScale scale_;
  TokenLayout layout_;
  std::vector<int> worst_;
  QScrollBar* bar_;
  int figureFrom_ = 0;  // token
  Tokens* tokens_;
};

}  // namespace kvloupe
