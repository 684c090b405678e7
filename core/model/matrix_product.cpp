// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/matrix_product.hpp"

#include <ATen/Parallel.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/ones.h>
#include <c10/core/InferenceMode.h>
#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <new>

#include "common/error.hpp"
#include "model/kernels.hpp"

namespace kvloupe {

namespace {

constexpr std::int64_t kRowsPerThread = 16;

/// Row-major C [m, n] = alpha op(A) op(B) + beta C, `ld` elements between rows. The first is part
/// of oneDNN's API (dnnl.h); the second has the same arguments, is exported and not documented.
template <typename Element>
using Gemm = int (*)(char transA, char transB, std::int64_t m, std::int64_t n, std::int64_t k,
                     float alpha, const Element* a, std::int64_t lda, const Element* b,
                     std::int64_t ldb, float beta, float* c, std::int64_t ldc);

struct OneDnn {
  Gemm<float> float32 = nullptr;
  Gemm<std::uint16_t> bfloat16 = nullptr;
};

/// What is exported without a word is believed once it has multiplied 3 x 5 by 5 x 2 right.
bool multipliesRight(Gemm<std::uint16_t> gemm) {
  std::uint16_t a[15], b[10];
  float c[6] = {}, wanted[6] = {};
  const auto number = [](int i) { return static_cast<float>(i % 7 - 3); };  // exact in bfloat16
  const auto narrow = [](float x) {
    return static_cast<std::uint16_t>(__builtin_bit_cast(std::uint32_t, x) >> 16);
  };
  for (int i = 0; i < 15; ++i) a[i] = narrow(number(i));
  for (int i = 0; i < 10; ++i) b[i] = narrow(number(3 * i + 1));
  for (int row = 0; row < 3; ++row)
    for (int column = 0; column < 2; ++column)
      for (int i = 0; i < 5; ++i)
        wanted[row * 2 + column] += number(row * 5 + i) * number(3 * (column * 5 + i) + 1);
  return gemm('N', 'T', 3, 2, 5, 1.0f, a, 5, b, 5, 0.0f, c, 2) == 0 &&
         std::equal(std::begin(c), std::end(c), std::begin(wanted));
}

OneDnn findOneDnn() {
  OneDnn found;
  for (const char* name : {"libdnnl.so.2", "libdnnl.so.3"}) {
    void* library = ::dlopen(name, RTLD_NOW | RTLD_NOLOAD);  // the one that libtorch links
    if (library == nullptr) continue;
    found.float32 = reinterpret_cast<Gemm<float>>(::dlsym(library, "dnnl_sgemm"));
    found.bfloat16 =
        reinterpret_cast<Gemm<std::uint16_t>>(::dlsym(library, "dnnl_gemm_bf16bf16f32"));
    if (found.bfloat16 != nullptr && !multipliesRight(found.bfloat16)) found.bfloat16 = nullptr;
    break;
  }
  return found;
}

const OneDnn& oneDnn() {
  static const OneDnn found = findOneDnn();
  return found;
}

constexpr int kOutOfMemory = 1;  // dnnl_out_of_memory

template <typename Element>
void multiply(Gemm<Element> gemm, const at::Tensor& y, const at::Tensor& x,
              const at::Tensor& weight, float beta) {
  const int status = gemm('N', 'T', x.size(0), weight.size(0), x.size(1), 1.0f,
                          static_cast<const Element*>(x.data_ptr()), x.stride(0),
                          static_cast<const Element*>(weight.data_ptr()), weight.stride(0), beta,
                          y.data_ptr<float>(), y.stride(0));
  if (status == kOutOfMemory) throw std::bad_alloc();
  if (status != 0)
    throw Error(ErrorCode::Internal, {.message = "oneDNN refused a matrix product",
                                      .expected = "status 0",
                                      .found = fmt::format("{}", status)});
}

void product(const at::Tensor& y, const at::Tensor& x, const at::Tensor& weight, float beta) {
  if (x.size(0) == 0) return;
  if (weight.scalar_type() == at::kBFloat16) {
    if (oneDnn().bfloat16 == nullptr)
      throw Error(ErrorCode::Internal, {.message = "no product of bfloat16 on this computer"});
    multiply(oneDnn().bfloat16, y, x, weight, beta);
  } else if (oneDnn().float32 != nullptr) {
    multiply(oneDnn().float32, y, x, weight, beta);
  } else {
    at::Tensor out = y;
    if (beta == 0.0f)
      at::mm_out(out, x, weight.t());
    else
      out.addmm_(x, weight.t());
  }
}

double secondsOf(const at::Tensor& y, const at::Tensor& x, const at::Tensor& weight) {
  using Clock = std::chrono::steady_clock;
  double best = INFINITY;
  for (int i = 0; i < 4; ++i) {
    const Clock::time_point begin = Clock::now();
    multiplyInto(y, x, weight);
    best = std::min(best, std::chrono::duration<double>(Clock::now() - begin).count());
  }
  return best;
}

double measureBfloat16() {
  constexpr std::int64_t kRows = 256, kIn = 512, kOut = 1024;
  if (oneDnn().bfloat16 == nullptr) return 0;
  const c10::InferenceMode inference;
  const at::Tensor y = at::empty({kRows, kOut}, at::kFloat);
  const at::Tensor x = at::ones({kRows, kIn}, at::kFloat);
  const at::Tensor weight = at::ones({kOut, kIn}, at::kFloat);
  return secondsOf(y, x, weight) / secondsOf(y, x.to(at::kBFloat16), weight.to(at::kBFloat16));
}

}  // namespace

void multiplyInto(const at::Tensor& y, const at::Tensor& x, const at::Tensor& weight) {
  product(y, x, weight, 0.0f);
}

void accumulateInto(const at::Tensor& y, const at::Tensor& x, const at::Tensor& weight) {
  product(y, x, weight, 1.0f);
}

void roundToBfloat16(const at::Tensor& x, const at::Tensor& out) {
  const float* from = x.data_ptr<float>();
  void* to = out.data_ptr();
  const std::int64_t columns = x.size(1), stride = x.stride(0);
  const bool narrow = out.scalar_type() == at::kBFloat16;
  at::parallel_for(0, x.size(0), kRowsPerThread, [=](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row)
      if (narrow)
        kernels::toBfloat16(from + row * stride, static_cast<std::uint16_t*>(to) + row * columns,
                            columns);
      else
        kernels::roundToBfloat16(from + row * stride, static_cast<float*>(to) + row * columns,
                                 columns);
  });
}

double bfloat16Speed() {
  static const double speed = measureBfloat16();
  return speed;
}

}  // namespace kvloupe
