#include "wengert/base/worker_pool.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <thread>
#include <vector>

namespace wengert {
namespace {

TEST(WorkerPool, DoesEachTaskOnce) {
  WorkerPool pool(4);
  EXPECT_EQ(pool.threads(), 4);
  for (uint32_t tasks : {0u, 1u, 3u, 1000u}) {
    std::vector<std::atomic<int>> done(tasks);
    std::atomic<int> wrong_worker{0};
    pool.Run(tasks, [&](uint32_t task, int worker) {
      ++done[task];
      if (worker < 0 || worker >= 4) ++wrong_worker;
    });
    for (const std::atomic<int>& each : done) EXPECT_EQ(each, 1);
    EXPECT_EQ(wrong_worker, 0);
  }
}

TEST(WorkerPool, NoTwoThreadsAreTheSameWorker) {
  WorkerPool pool(3);
  std::array<std::atomic<int>, 3> inside = {};
  std::atomic<int> clashes{0};
  for (int round = 0; round < 200; ++round) {
    pool.Run(20, [&](uint32_t, int worker) {
      if (inside[static_cast<size_t>(worker)].fetch_add(1) != 0) ++clashes;
      inside[static_cast<size_t>(worker)].fetch_sub(1);
    });
  }
  EXPECT_EQ(clashes, 0);
}

TEST(WorkerPool, CallersThatComeTogetherAreAllServed) {
  WorkerPool pool(3);
  std::vector<std::thread> callers;
  std::atomic<int64_t> sum{0};
  for (int c = 0; c < 8; ++c) {
    callers.emplace_back([&] {
      for (int round = 0; round < 100; ++round) {
        pool.Run(10, [&](uint32_t task, int) { sum += task; });
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(sum, 8 * 100 * 45);
}

TEST(WorkerPool, IsSharedWhileSomebodyHasIt) {
  EXPECT_EQ(WorkerPool::Shared(1), nullptr);
  EXPECT_EQ(WorkerPool::Shared(0), nullptr);
  const auto pool = WorkerPool::Shared(2);
  EXPECT_EQ(WorkerPool::Shared(2), pool);
  EXPECT_NE(WorkerPool::Shared(3), pool);
}

}  // namespace
}  // namespace wengert
