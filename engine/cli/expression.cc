#include "cli/expression.h"

#include <utility>

#include "wengert/ops/rule.h"
#include "wengert/tape/record.h"

namespace cli {

using wengert::Op;
using wengert::Var;

namespace {

// op of the topmost values of the stack, which it takes the place of.
void ApplyToTop(Op op, bool swapped, std::vector<Var>& stack) {
  wengert::VisitOp(op, [&](auto rule) {
    using R = decltype(rule);
    if constexpr (R::arity > 0) {
      const Var* const x = stack.data() + stack.size() - R::arity;
      Var y;
      if constexpr (R::arity == 1) y = Var::Apply<R::op>(x[0]);
      if constexpr (R::arity == 2) {
        y = swapped ? Var::Apply<R::op>(x[1], x[0]) : Var::Apply<R::op>(x[0], x[1]);
      }
      if constexpr (R::arity == 3) y = Var::Apply<R::op>(x[0], x[1], x[2]);
      stack.resize(stack.size() - R::arity);
      stack.push_back(y);
    }
  });
}

}  // namespace

Var Expression::operator()(absl::Span<const Var> x) const {
  std::vector<Var> stack, defined(definitions_);
  for (const Step& step : steps_) {
    switch (step.kind) {
      case Step::Kind::kNumber:
        stack.emplace_back(step.number);
        break;
      case Step::Kind::kVariable:
        stack.push_back(x[step.index]);
        break;
      case Step::Kind::kDefine:
        defined[step.index] = std::move(stack.back());
        stack.pop_back();
        break;
      case Step::Kind::kDefined:
        stack.push_back(defined[step.index]);
        break;
      case Step::Kind::kOperation:
        ApplyToTop(step.op, step.swapped, stack);
        break;
    }
  }
  return stack.back();
}

}  // namespace cli
