// When memory ends, recording throws std::bad_alloc and the tape holds what it held before.

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <new>

#include "wengert/base/sanitized.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

// While it lives, the process may take no more than this many further bytes of address space.
class MemoryLimit {
 public:
  explicit MemoryLimit(rlim_t further) {
    getrlimit(RLIMIT_AS, &before_);
    rlim_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    rlimit limit = before_;
    limit.rlim_cur = pages * static_cast<rlim_t>(sysconf(_SC_PAGESIZE)) + further;
    is_set_ = pages > 0 && setrlimit(RLIMIT_AS, &limit) == 0;
  }
  ~MemoryLimit() { setrlimit(RLIMIT_AS, &before_); }
  bool is_set() const { return is_set_; }

 private:
  rlimit before_;
  bool is_set_;
};

constexpr rlim_t kMebibyte = rlim_t{1} << 20;

// Chains of every kind of record: joined and not, with and without constants. Returns its length.
int RecordUntilMemoryEnds(Var& y, const Var& x) {
  int steps = 0;
  const Var three = 3.0;
  try {
    for (;; ++steps) {
      const Var next = steps % 3 == 0   ? y + x * three
                       : steps % 3 == 1 ? max(y, x)
                                        : Where(Less(x, y), y, three);
      y = next;
    }
  } catch (const std::bad_alloc&) {
    return steps;
  }
}

TEST(ExhaustionTest, TapeHoldsWhatItHeldBeforeMemoryEnded) {
#if WENGERT_SANITIZED
  GTEST_SKIP() << "a sanitizer's allocator ends the program instead";
#endif
  Tape tape;
  const Var x = tape.Input(2.0);
  Var y = x;
  size_t bytes = 0;
  int steps = 0;
  {
    const MemoryLimit limit(64 * kMebibyte);
    if (!limit.is_set()) GTEST_SKIP() << "no limit can be set here";
    steps = RecordUntilMemoryEnds(y, x);
    bytes = tape.bytes();
    for (int again = 0; again < 3; ++again) EXPECT_THROW(y * x, std::bad_alloc);
    EXPECT_EQ(tape.bytes(), bytes);
  }
  EXPECT_GT(steps, 100000);
  EXPECT_EQ(tape.Backward(y)[x], 1.0 + 3.0 * ((steps + 2) / 3));
  const Var z = y * x;
  EXPECT_GT(tape.bytes(), bytes);
  EXPECT_EQ(z.value(), 2.0 * y.value());
}

}  // namespace
}  // namespace wengert
