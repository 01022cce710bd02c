#include "wengert/sweep/guards.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
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
  const auto number = [](double value) { return absl::StrFormat("%.17g", value); };
  const auto name = [&](Operand operand) {
    return operand.is_constant() ? number(read(operand)) : absl::StrCat("node ", operand.index());
  };
  const bool binary = ArityOf(guard.op) == 2;
  return absl::StrCat(InfoOf(guard.op).text, "(", name(guard.a),
                      binary ? absl::StrCat(", ", name(guard.b)) : "", ") before node ",
                      guard.position, " was ", guard.outcome, " when recorded and is ",
                      OutcomeOf(tape, primals, guard), " at (", number(read(guard.a)),
                      binary ? absl::StrCat(", ", number(read(guard.b))) : "", ")");
}

}  // namespace wengert
