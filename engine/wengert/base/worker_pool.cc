#include "wengert/base/worker_pool.h"

#include <map>
#include <system_error>

namespace wengert {

std::shared_ptr<WorkerPool> WorkerPool::Shared(int threads) {
  if (threads <= 1) return nullptr;
  static std::mutex mutex;
  static std::map<int, std::weak_ptr<WorkerPool>> pools;
  const std::lock_guard<std::mutex> lock(mutex);
  std::shared_ptr<WorkerPool> pool = pools[threads].lock();
  if (pool == nullptr) pools[threads] = pool = std::make_shared<WorkerPool>(threads);
  return pool;
}

WorkerPool::WorkerPool(int threads) {
  try {
    for (int worker = 1; worker < threads; ++worker) {
      threads_.emplace_back([this, worker] { Work(worker); });
    }
  } catch (const std::system_error&) {
  }
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void WorkerPool::Run(uint32_t tasks, Task task) {
  const std::unique_lock<std::mutex> mine(busy_, std::try_to_lock);
  if (!mine.owns_lock()) {
    for (uint32_t k = 0; k < tasks; ++k) task(k, 0);
    return;
  }
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    task_ = &task;
    tasks_ = tasks;
    next_.store(0, std::memory_order_relaxed);
    job_.fetch_add(1, std::memory_order_relaxed);
  }
  wake_.notify_all();
  TakeTasks(task, tasks, 0);
  std::unique_lock<std::mutex> lock(mutex_);
  task_ = nullptr;  // who wakes up only now finds nothing
  done_.wait(lock, [this] { return working_ == 0; });
}

// The next job often comes at once, and waking up takes longer than that.
void WorkerPool::AwaitJobAfter(uint64_t last) const {
  constexpr int kTurns = 1000;
  for (int turn = 0; turn < kTurns && job_.load(std::memory_order_relaxed) == last; ++turn) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
  }
}

void WorkerPool::Work(int worker) {
  uint64_t last = 0;
  std::unique_lock<std::mutex> lock(mutex_);
  const auto job = [&] { return job_.load(std::memory_order_relaxed); };
  while (true) {
    wake_.wait(lock, [&] { return stop_ || (task_ != nullptr && job() != last); });
    if (stop_) return;
    last = job();
    ++working_;
    const Task task = *task_;
    const uint32_t tasks = tasks_;
    lock.unlock();
    TakeTasks(task, tasks, worker);
    lock.lock();
    if (--working_ == 0) done_.notify_one();
    lock.unlock();
    AwaitJobAfter(last);
    lock.lock();
  }
}

void WorkerPool::TakeTasks(const Task& task, uint32_t tasks, int worker) {
  for (uint32_t k; (k = next_.fetch_add(1, std::memory_order_relaxed)) < tasks;) task(k, worker);
}

}  // namespace wengert
