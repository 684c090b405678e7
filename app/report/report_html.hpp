// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <vector>

#include "report/report.hpp"

namespace kvloupe {

/// One HTML file that needs no other: `drawings` are the SVG of its figures in their order, as
/// FigureSheet::svg gives them. No scripts, its fonts inside; well-formed XML, too.
[[nodiscard]] QByteArray reportHtml(const Report& report, const std::vector<QByteArray>& drawings);

}  // namespace kvloupe
