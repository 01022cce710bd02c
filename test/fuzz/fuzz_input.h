#ifndef WENGERT_TEST_FUZZ_FUZZ_INPUT_H_
#define WENGERT_TEST_FUZZ_FUZZ_INPUT_H_

// A fuzzer's bytes as choices. Where they end, every choice is the first one.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace wengert::fuzz {

class Choices {
 public:
  Choices(const uint8_t* data, size_t size) : data_(data), size_(size) {}

  bool empty() const { return size_ == 0; }
  uint8_t Byte() {
    if (size_ == 0) return 0;
    --size_;
    return *data_++;
  }
  size_t Below(size_t n) { return n == 0 ? 0 : Byte() % n; }
  uint64_t Seed() {
    uint64_t seed = 0;
    for (int k = 0; k < 4; ++k) seed = seed << 8 | Byte();
    return seed;
  }
  // Mostly a plain number, sometimes one at an edge.
  double Number() {
    static constexpr double kEdges[] = {0.0,
                                        -0.0,
                                        1.0,
                                        -1.0,
                                        0.5,
                                        2.0,
                                        __builtin_inf(),
                                        -__builtin_inf(),
                                        __builtin_nan(""),
                                        1e300,
                                        -1e300,
                                        1e-310,
                                        1e16,
                                        -7.5,
                                        100.0,
                                        0x1p-1074};
    const uint8_t byte = Byte();
    if (byte < 16) return kEdges[byte];
    return (static_cast<double>(byte) - 136.0) / 37.0 + static_cast<double>(Byte()) * 1e-3;
  }

 private:
  const uint8_t* data_;
  size_t size_;
};

// What must hold: else the process ends here, as fuzzers expect of a finding.
inline void Require(bool holds, std::string_view what) {
  if (holds) return;
  std::cerr << "fuzz: " << what << std::endl;
  std::abort();
}

}  // namespace wengert::fuzz

#endif  // WENGERT_TEST_FUZZ_FUZZ_INPUT_H_
