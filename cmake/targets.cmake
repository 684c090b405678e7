# SPDX-License-Identifier: GPL-3.0-or-later
# How every target of this project is made, and the rule that dependencies point one way.

add_library(kvloupe_options INTERFACE)
target_compile_options(kvloupe_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion
  $<$<BOOL:${KVLOUPE_WARNINGS_AS_ERRORS}>:-Werror>)
if(KVLOUPE_SANITIZE)
  set(sanitize -fsanitize=${KVLOUPE_SANITIZE})
  if(KVLOUPE_FUZZ)
    list(APPEND sanitize -fsanitize=fuzzer-no-link)
  endif()
  target_compile_options(kvloupe_options INTERFACE
    ${sanitize} -fno-sanitize-recover=all -fno-omit-frame-pointer
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)  # gcc sees what is not there when it sanitizes
  target_link_options(kvloupe_options INTERFACE ${sanitize})
endif()

# The ATen of Debian's libtorch. torch/torch.h is never included; its headers are not ours to warn about.
add_library(kvloupe_torch INTERFACE)
target_include_directories(kvloupe_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
target_link_libraries(kvloupe_torch INTERFACE ${TORCH_LIBRARIES})
target_compile_options(kvloupe_torch INTERFACE ${TORCH_CXX_FLAGS})

# kvloupe_add_library(NAME SOURCES ... PUBLIC libs... PRIVATE libs...): a static library of the core.
function(kvloupe_add_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR}/core)
  target_link_libraries(${name} PUBLIC ${ARG_PUBLIC} PRIVATE kvloupe_options ${ARG_PRIVATE})
  set_target_properties(${name} PROPERTIES AUTOMOC OFF)
endfunction()

# kvloupe_add_test(NAME SOURCES ... LIBRARIES ...): one Qt Test program, run without a display. Tests
# are small, so one thread each: several run side by side.
function(kvloupe_add_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${name} PRIVATE
    KVLOUPE_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data" KVLOUPE_DEMO="${PROJECT_SOURCE_DIR}/resources/demo")
  target_link_libraries(${name} PRIVATE kvloupe_options ${ARG_LIBRARIES} Qt6::Test)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 900 ENVIRONMENT
    "QT_QPA_PLATFORM=offscreen;QTEST_FUNCTION_TIMEOUT=900000;OMP_NUM_THREADS=1;KVLOUPE_SHARED_DATA=${PROJECT_SOURCE_DIR}/../shared/data")
endfunction()

# Includes against the direction types <- core <- app, types <- widgets <- app stop the build.
add_custom_target(layers ALL
  COMMAND ${CMAKE_COMMAND} -DROOT=${PROJECT_SOURCE_DIR} -P ${PROJECT_SOURCE_DIR}/cmake/check_layers.cmake
  COMMENT "Checking that dependencies point one way")
