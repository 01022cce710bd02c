#ifndef WENGERT_TEST_FUZZ_RANDOM_PROGRAM_H_
#define WENGERT_TEST_FUZZ_RANDOM_PROGRAM_H_

// A program made of a fuzzer's bytes, as a callable that can be recorded again: operations of the
// table on inputs, constants and results; branches; unrolled loops.

#include <cstdint>
#include <vector>

#include "test/fuzz/fuzz_input.h"
#include "wengert/ops/rule.h"
#include "wengert/wengert.h"

namespace wengert::fuzz {

class RandomProgram {
 public:
  explicit RandomProgram(Choices& choices)
      : inputs_(1 + choices.Below(6)), outputs_(1 + choices.Below(3)) {
    const size_t steps = 1 + choices.Below(6);
    for (size_t k = 0; k < steps && !choices.empty(); ++k) {
      Step step;
      step.kind = static_cast<Kind>(choices.Below(8));
      step.op = static_cast<Op>(1 + choices.Below(kOpCount - 1));
      for (size_t& each : step.operands) each = choices.Byte();
      step.constant = choices.Number();
      steps_.push_back(step);
    }
    for (size_t j = 0; j < inputs_; ++j) x_.push_back(choices.Number());
  }

  const std::vector<double>& x() const { return x_; }
  size_t outputs() const { return outputs_; }

  std::vector<Var> operator()(absl::Span<const Var> x) const {
    std::vector<Var> pool(x.begin(), x.end());
    for (const Step& step : steps_) pool.push_back(Do(step, x, pool));
    std::vector<Var> y;
    for (size_t k = 0; k < outputs_; ++k) y.push_back(pool[pool.size() - 1 - k % pool.size()]);
    return y;
  }

 private:
  // The plain ones are operations on results; the others with a constant, in a branch, in a loop.
  enum Kind {
    kPlain,
    kPlainToo,
    kWithConstant,
    kConstantFirst,
    kTemporary,
    kBranch,
    kLoop,
    kChain
  };
  struct Step {
    Kind kind;
    Op op;
    size_t operands[3];
    double constant;
  };

  static Var Apply(Op op, const Var& a, const Var& b, const Var& c) {
    return VisitOp(op, [&](auto rule) -> Var {
      using R = decltype(rule);
      if constexpr (R::arity == 1) return Var::Apply<R::op>(a);
      if constexpr (R::arity == 2) return Var::Apply<R::op>(a, b);
      if constexpr (R::arity == 3) return Var::Apply<R::op>(a, b, c);
      return 0.0;
    });
  }

  static Var Do(const Step& step, absl::Span<const Var> x, const std::vector<Var>& pool) {
    const auto of = [&](int k) -> const Var& { return pool[step.operands[k] % pool.size()]; };
    const Var &a = of(0), &b = of(1), &c = of(2);
    switch (step.kind) {
      case kPlain:
      case kPlainToo:
        return Apply(step.op, a, b, c);
      case kWithConstant:
        return Apply(step.op, a, step.constant, c);
      case kConstantFirst:
        return Apply(step.op, step.constant, a, b);
      case kTemporary:
        return Apply(step.op, a, b, c) * 0.5 + a * b;
      case kBranch:
        return a < step.constant ? Apply(step.op, a, b, c) : b - a;
      case kLoop: {
        Var s = 0.0;
        for (size_t i = 0; i < 8 + step.operands[1] % 2; ++i) {
          s += Apply(step.op, x[i % x.size()] * (0.1 * static_cast<double>(i)), a, c) * 0.01;
        }
        return s;
      }
      case kChain: {
        Var s = a;
        for (size_t i = 0; i < 8 + step.operands[1] % 2; ++i) {
          s = 0.5 * s + Apply(step.op, s, x[i % x.size()], c) * 0.01;
        }
        return s;
      }
    }
    return a;
  }

  size_t inputs_, outputs_;
  std::vector<Step> steps_;
  std::vector<double> x_;
};

}  // namespace wengert::fuzz

#endif  // WENGERT_TEST_FUZZ_RANDOM_PROGRAM_H_
