// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "io/run_store/hdf5_handle.hpp"

namespace kvloupe::hdf5 {

/// Walks a whole open file and refuses, before any value is read, what run files never hold: soft
/// and external links, cycles, named types, virtual datasets, external storage, filters other than
/// shuffle and deflate, oversized chunks, variable-length, reference and other unlisted types,
/// dimensions that overflow, and declared sizes far above what `fileBytes` can store.
void checkStructure(hid_t file, std::uint64_t fileBytes, const Place& root);

}  // namespace kvloupe::hdf5
