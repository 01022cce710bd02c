#include "wengert/sweep/guards.h"

#include "absl/strings/str_cat.h"
#include "wengert/base/check.h"
#include "wengert/ops/rule.h"
#include "wengert/sweep/operands.h"

namespace wengert {

double OutcomeOf(const Tape& tape, const double* primals, const Guard& guard) {
  const OperandReader<double> read{primals, tape.constants().data()};
  return VisitOp(guard.op, [&](auto rule) -> double {
    using R = decltype(rule);
    if constexpr (HasTrait(R::op, kFlat) && R::arity == 1) return Apply<R::op>(read(guard.a));
    if constexpr (HasTrait(R::op, kFlat) && R::arity == 2) {
      return Apply<R::op>(read(guard.a), read(guard.b));
    }
    ThrowUsageError("guard", absl::StrCat(InfoOf(guard.op).text, " isn't flat"),
                    "guard a piecewise constant operation");
  });
}

std::string DescribeFlip(const Tape& tape, const double* primals, const Guard& guard) {
  const OperandReader<double> read{primals, tape.constants().data()};
  const auto name = [](Operand operand) {
    return absl::StrCat(operand.is_constant() ? "constant " : "node ", operand.index());
  };
  const bool binary = ArityOf(guard.op) == 2;
  std::string text = absl::StrCat(InfoOf(guard.op).text, "(", name(guard.a));
  if (binary) absl::StrAppend(&text, ", ", name(guard.b));
  absl::StrAppend(&text, ") before node ", guard.position, " was ", guard.outcome,
                  " when recorded and is ", OutcomeOf(tape, primals, guard), " at (",
                  read(guard.a));
  if (binary) absl::StrAppend(&text, ", ", read(guard.b));
  return absl::StrCat(text, ")");
}

}  // namespace wengert
