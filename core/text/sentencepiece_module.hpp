// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "text/tokenizer.hpp"

/// The one symbol of the module that holds libsentencepiece. That library carries an old protobuf
/// of its own and exports it: linked beside libtorch, which uses the system's protobuf, one
/// overlays the other and the program dies before main. So the module is opened at run time, bound
/// to itself first. The caller owns the result; throws what readSentencePieceModel throws.
extern "C" kvloupe::Tokenizer* kvloupe_read_sentencepiece(const std::filesystem::path& file,
                                                          bool addBos);
