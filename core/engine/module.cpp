// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/engine.hpp"

/// kEngineFactoryName: the one symbol of the core module. The caller owns the engine.
extern "C" __attribute__((visibility("default"))) kvloupe::Engine* kvloupe_create_engine() {
  return kvloupe::createEngine().release();
}
