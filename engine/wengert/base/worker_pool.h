#ifndef WENGERT_BASE_WORKER_POOL_H_
#define WENGERT_BASE_WORKER_POOL_H_

// Threads that share the tasks of one caller at a time.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/functional/function_ref.h"

namespace wengert {

class WorkerPool {
 public:
  using Task = absl::FunctionRef<void(uint32_t task, int worker)>;

  // The pool of so many threads, its callers' included, that everybody in the process shares; null
  // for one. It has fewer where the system refuses more.
  static std::shared_ptr<WorkerPool> Shared(int threads);

  explicit WorkerPool(int threads);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  int threads() const { return static_cast<int>(threads_.size()) + 1; }

  // Each task once, by any worker 0 <= worker < threads(), of which the caller is 0; returns when
  // all are done. A caller that finds the pool at work for another does all of its tasks itself.
  // Tasks must not throw. Allocates nothing.
  void Run(uint32_t tasks, Task task);

 private:
  void Work(int worker);
  void AwaitJobAfter(uint64_t last) const;
  void TakeTasks(const Task& task, uint32_t tasks, int worker);

  std::mutex busy_;  // held by the caller whose tasks these are
  std::mutex mutex_;
  std::condition_variable wake_, done_;
  const Task* task_ = nullptr;  // from here on guarded by mutex_
  uint32_t tasks_ = 0;
  int working_ = 0;
  bool stop_ = false;
  std::atomic<uint64_t> job_{0};  // changes with each caller; written under mutex_
  std::atomic<uint32_t> next_{0};
  std::vector<std::thread> threads_;
};

}  // namespace wengert

#endif  // WENGERT_BASE_WORKER_POOL_H_
