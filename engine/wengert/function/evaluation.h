#ifndef WENGERT_FUNCTION_EVALUATION_H_
#define WENGERT_FUNCTION_EVALUATION_H_

// What one evaluation writes to. It keeps the trace it used and the results at its last point, for
// the thread that comes back to them.

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "wengert/derive/workspace.h"
#include "wengert/function/parameters.h"
#include "wengert/function/pool.h"
#include "wengert/function/trace.h"

namespace wengert {

// The points of a GradientBatch that have no answer yet.
struct Batch {
  std::vector<size_t> left;                       // ascending
  std::vector<double> points, values, gradients;  // of those, where they aren't all points
  std::vector<uint8_t> holds;                     // of each, whether the trace's guards held
};

struct Evaluation {
  std::shared_ptr<const Settings> settings;
  uint64_t settings_version = 0;
  std::vector<double> point;  // x, p and the named parameters, where the results are
  std::vector<double> next_point;
  std::vector<double> prefix;  // outcomes of the guards passed so far: the key to look for

  std::shared_ptr<const Trace> trace;
  bool nodes_are_there = false;  // `primals` are those of the trace's nodes at `point`
  std::vector<double> primals;
  Workspace workspace;  // of the derivative drivers, which sweep the nodes

  const TraceTier* tier = nullptr;  // of the trace; null while only its nodes were swept
  bool tier_is_there = false;       // `tier_workspace` is at `point`
  std::unique_ptr<Tier::Workspace> tier_workspace;
  std::vector<double> tier_p;
  std::vector<double> direction, product;  // of the matrices that are made of products
  Batch batch;

  // They leave what belongs to the trace or tier before.
  void Use(std::shared_ptr<const Trace> other);
  void Use(const TraceTier* other);

  // The point as the trace's tape has it: x are the first n independents, p the others.
  Tier::Point PointOf(size_t n, size_t unnamed);
};

// An evaluation out of the pool, given back when the lease goes out of scope.
class EvaluationLease {
 public:
  explicit EvaluationLease(Pool<Evaluation>& pool) : pool_(&pool), evaluation_(pool.Take()) {
    if (evaluation_ == nullptr) evaluation_ = std::make_unique<Evaluation>();
  }
  ~EvaluationLease() {
    if (evaluation_ != nullptr) pool_->GiveBack(std::move(evaluation_));
  }
  EvaluationLease(EvaluationLease&&) = default;
  EvaluationLease& operator=(EvaluationLease&&) = delete;
  Evaluation& operator*() const { return *evaluation_; }
  Evaluation* operator->() const { return evaluation_.get(); }

 private:
  Pool<Evaluation>* pool_;
  std::unique_ptr<Evaluation> evaluation_;
};

}  // namespace wengert

#endif  // WENGERT_FUNCTION_EVALUATION_H_
