// A tape that has been used once records and sweeps the same function without asking for memory.

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <vector>

#include "wengert/wengert.h"

namespace {
std::atomic<long> allocations{0};
}  // namespace

[[gnu::noinline]] void* operator new(size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace wengert {
namespace {

TEST(AllocationTest, WarmRecordAndGradientAllocateNothing) {
  Tape tape;
  std::vector<Var> x(100);
  std::vector<double> gradient(100);
  const auto record_and_sweep = [&] {
    tape.Clear();
    for (Var& each : x) each = tape.Input(0.5);
    Var s = 0.0;
    for (int k = 0; k < 50; ++k) {
      for (size_t i = 1; i < x.size(); ++i) s += tanh(x[i] * x[i - 1] + s * 0.1) / (1.0 + x[i]);
    }
    tape.Backward(s).Gradient(absl::MakeSpan(gradient));
  };
  record_and_sweep();
  const size_t reserved = tape.reserved_bytes();
  const long before = allocations;
  for (int trial = 0; trial < 20; ++trial) record_and_sweep();
  EXPECT_EQ(allocations - before, 0);
  EXPECT_EQ(tape.reserved_bytes(), reserved);
  EXPECT_NE(gradient[0], 0.0);
}

}  // namespace
}  // namespace wengert
