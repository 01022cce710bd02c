#ifndef WENGERT_FUNCTION_EVALUATION_H_
#define WENGERT_FUNCTION_EVALUATION_H_

// What one evaluation writes to, and the pool that hands it out. A thread that comes back finds
// the one it left, with the trace it used and the primals of its last point, unless another
// thread took it; taking and giving back are one atomic exchange, no lock.

#include <array>
#include <atomic>
#include <memory>
#include <vector>

#include "wengert/derive/workspace.h"
#include "wengert/function/parameters.h"
#include "wengert/function/trace.h"

namespace wengert {

struct Evaluation {
  std::shared_ptr<const Settings> settings;
  uint64_t settings_version = 0;
  std::shared_ptr<const Trace> trace;
  std::vector<double> point;  // x, p and the named parameters, where the primals are
  bool is_there = false;      // primals are those of `trace` at `point`
  std::vector<double> next_point;
  std::vector<double> prefix;  // outcomes of the guards passed so far: the key to look for
  std::vector<double> primals;
  Workspace workspace;  // of the derivative drivers
};

class EvaluationPool {
 public:
  // Gives it back when it goes out of scope.
  class Lease {
   public:
    Lease(EvaluationPool* pool, std::unique_ptr<Evaluation> evaluation)
        : pool_(pool), evaluation_(std::move(evaluation)) {}
    ~Lease() {
      if (evaluation_ != nullptr) pool_->GiveBack(std::move(evaluation_));
    }
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    Evaluation& operator*() const { return *evaluation_; }
    Evaluation* operator->() const { return evaluation_.get(); }

   private:
    EvaluationPool* pool_;
    std::unique_ptr<Evaluation> evaluation_;
  };

  EvaluationPool() = default;
  ~EvaluationPool();
  EvaluationPool(const EvaluationPool&) = delete;
  EvaluationPool& operator=(const EvaluationPool&) = delete;

  Lease Take();

 private:
  static constexpr size_t kSlots = 64;
  static size_t FirstSlot();
  void GiveBack(std::unique_ptr<Evaluation> evaluation);

  std::array<std::atomic<Evaluation*>, kSlots> slots_ = {};
};

}  // namespace wengert

#endif  // WENGERT_FUNCTION_EVALUATION_H_
