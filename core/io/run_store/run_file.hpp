// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "types/run.hpp"

namespace kvloupe::hdf5 {

/// The version of the layout in resources/manual/file-format.md that this program reads and writes.
inline constexpr int kSchemaVersion = 2;

/// The first bytes of every HDF5 file (HDF5 File Format Specification, II.A).
inline constexpr std::array<unsigned char, 8> kSignature = {0x89, 'H',  'D',  'F',
                                                            '\r', '\n', 0x1a, '\n'};

/// The bytes of the run file, made in memory, so that no failing disk meets the HDF5 library.
std::vector<std::byte> runImage(const Run& run);

/// Reads the file in this process: checks its structure, then reads it whole.
Run readRunFile(const std::string& path);

/// Throws Error unless the file reads back as this run, bit for bit.
void verifyRunFile(const std::string& path, const Run& run);

}  // namespace kvloupe::hdf5
