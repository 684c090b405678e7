// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/hashing.hpp"

#include <openssl/evp.h>

#include <array>

#include "common/error.hpp"

namespace kvloupe {
namespace {

void check(int result) {
  if (result != 1) throw Error(ErrorCode::Internal, {.message = "OpenSSL refused to hash"});
}

struct Free {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Digest = std::unique_ptr<EVP_MD_CTX, Free>;

Digest makeDigest() {
  Digest digest(EVP_MD_CTX_new());
  if (!digest) throw Error(ErrorCode::OutOfMemory, {.message = "no memory to hash with"});
  return digest;
}

}  // namespace

struct Sha256::Context {
  Digest digest = makeDigest();
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  check(EVP_DigestInit_ex(context_->digest.get(), EVP_sha256(), nullptr));
}

Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::span<const std::byte> bytes) {
  check(EVP_DigestUpdate(context_->digest.get(), bytes.data(), bytes.size()));
}

void Sha256::update(std::string_view bytes) {
  update(std::as_bytes(std::span(bytes.data(), bytes.size())));
}

std::string Sha256::hex() const {
  const Digest copy = makeDigest();  // finishing ends a context, so a copy is finished
  check(EVP_MD_CTX_copy_ex(copy.get(), context_->digest.get()));
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned int size = 0;
  check(EVP_DigestFinal_ex(copy.get(), bytes.data(), &size));
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * std::size_t{size});
  for (unsigned int i = 0; i < size; ++i) {
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

std::string sha256Hex(std::string_view bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.hex();
}

}  // namespace kvloupe
