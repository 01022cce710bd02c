// Nothing recurses along the tape: ten million nodes in a chain, a hundred million with
// WENGERT_LONG_TESTS=1, are recorded, swept, replayed, decoded and destroyed on a stack of 64 KiB.

#include <gtest/gtest.h>
#include <pthread.h>

#include <cstdio>
#include <cstdlib>

#include "absl/status/status.h"
#include "wengert/derive/products.h"
#include "wengert/wengert.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WENGERT_TEST_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define WENGERT_TEST_SANITIZED 1
#endif
#endif

namespace wengert {
namespace {

#if defined(WENGERT_TEST_SANITIZED)
constexpr size_t kStackBytes = 1024 * 1024;  // the sanitizer's own frames are large
#else
constexpr size_t kStackBytes = 64 * 1024;
#endif
struct Outcome {
  int chain = 0;
  size_t nodes = 0;
  double value = 0.0;
  double slope = 0.0;
  double replayed = 0.0;
  size_t decoded = 0;
  double slope_by_nodes = 0.0;
};

void* RecordSweepReplayDestroy(void* argument) {
  Outcome& outcome = *static_cast<Outcome*>(argument);
  Tape tape;
  const Var x = tape.Input(1.0);
  Var y = x;
  for (int k = 1; k < outcome.chain; ++k) y = y + x;
  outcome.nodes = tape.size();
  outcome.value = y.value();
  outcome.slope = tape.Backward(y)[x];
  if (tape.Replay({2.0}).ok()) outcome.replayed = tape.Primal(y);
  outcome.decoded = tape.nodes().size();
  Workspace workspace;
  Vjp(tape, {&y, 1}, {1.0}, {&outcome.slope_by_nodes, 1}, workspace);
  std::printf("%zu nodes, %zu bytes\n", tape.size(), tape.bytes());
  return nullptr;
}

TEST(DepthTest, AChainOfMillionsNeedsNoDeeperStackThanOneNode) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, kStackBytes), 0);
  Outcome outcome;
  outcome.chain = std::getenv("WENGERT_LONG_TESTS") != nullptr ? 100'000'000 : 10'000'000;
  pthread_t thread;
  ASSERT_EQ(pthread_create(&thread, &attributes, RecordSweepReplayDestroy, &outcome), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  EXPECT_EQ(outcome.nodes, static_cast<size_t>(outcome.chain));
  EXPECT_EQ(outcome.value, outcome.chain);
  EXPECT_EQ(outcome.slope, outcome.chain);
  EXPECT_EQ(outcome.replayed, 2.0 * outcome.chain);
  EXPECT_EQ(outcome.decoded, static_cast<size_t>(outcome.chain));
  EXPECT_EQ(outcome.slope_by_nodes, outcome.chain);
}

}  // namespace
}  // namespace wengert
