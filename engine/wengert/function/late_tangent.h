#ifndef WENGERT_FUNCTION_LATE_TANGENT_H_
#define WENGERT_FUNCTION_LATE_TANGENT_H_

// A program with tangents, made when it has been asked for often enough to pay.

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "wengert/base/handover.h"
#include "wengert/function/tier.h"
#include "wengert/program/compiled_tangent.h"

namespace wengert {

class LateTangent {
 public:
  using Product = program::CompiledTangent::Product;

  // `computed` are the outputs that aren't constants; all but those must outlive this.
  LateTangent(Product product, uint32_t directions, const TierSource& source,
              std::vector<Operand> computed)
      : product_(product),
        directions_(directions),
        tape_(source.tape),
        n_(source.n),
        compile_after_(source.compile_after),
        threads_(source.threads),
        computed_(std::move(computed)) {}

  // Makes it, if the compile_after-th time is among the next; with 0 each caller waits until it is
  // there.
  void Expect(size_t times) const;
  // Null: not yet, or it can't be.
  const program::CompiledTangent* get() const { return made_.get(); }
  // Whether it is known that it can't be.
  bool failed() const { return failed_.load(std::memory_order_relaxed); }

 private:
  void Make() const;

  const Product product_;
  const uint32_t directions_;
  const Tape& tape_;
  const size_t n_;
  const int64_t compile_after_;
  const int threads_;
  const std::vector<Operand> computed_;
  mutable std::atomic<int64_t> asked_{0};
  mutable std::once_flag once_;
  mutable std::unique_ptr<const program::CompiledTangent> compiled_;
  mutable Published<const program::CompiledTangent> made_;
  mutable std::atomic<bool> failed_{false};
};

}  // namespace wengert

#endif  // WENGERT_FUNCTION_LATE_TANGENT_H_
