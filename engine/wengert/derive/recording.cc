#include "wengert/derive/recording.h"

#include "absl/strings/str_cat.h"
#include "wengert/base/check.h"
#include "wengert/sweep/reverse.h"
#include "wengert/sweep/tangent.h"

namespace wengert::derive_internal {

Recording Resolve(const Tape& tape, absl::Span<const Var> dependents, const char* where,
                  Workspace& workspace) {
  Operand* const operands = workspace.Dependents(dependents.size());
  size_t end = 0;
  for (size_t i = 0; i < dependents.size(); ++i) {
    operands[i] = Operand::Constant(0);
    if (dependents[i].is_constant()) continue;
    operands[i] = Operand::Node(tape.NodeOf(dependents[i], where));
    end = std::max<size_t>(end, operands[i].index() + size_t{1});
  }
  return {tape, {}, tape.primals().data(), {operands, dependents.size()}, end};
}

void CheckLength(size_t length, size_t expected, const char* name, const char* where) {
  if (length == expected) return;
  ThrowUsageError(where, absl::StrCat(name, " has ", length, " numbers instead of ", expected),
                  "one number an input in the order of Tape::Input, one a dependent in the order "
                  "given, rows and directions one after the other");
}

void CheckPlan(size_t plan_tape_size, const Recording& f, size_t plan_rows, size_t rows,
               const char* where) {
  if (plan_tape_size == f.view.nodes.size() && plan_rows == rows) return;
  ThrowUsageError(where,
                  absl::StrCat("the plan is of ", plan_rows, " rows and a tape of ", plan_tape_size,
                               " nodes, the call of ", rows, " and ", f.view.nodes.size()),
                  "plan again when the function was recorded again");
}

template <class V>
void SweepTangents(const Recording& f, V* tangents) {
  TangentSweep(f.view, f.primals, tangents, f.end);
}

template <class V>
void SweepAdjoints(const Recording& f, V* adjoints) {
  const OperandReader<double> read{f.primals, f.view.constants.data()};
  ReverseSweep(f.view, read, adjoints, f.end);
}

template <class V>
void SweepSecondAdjoints(const Recording& f, const V* tangents, Dual<double, V>* adjoints) {
  const DualReader<V> read{f.primals, tangents, f.view.constants.data()};
  ReverseSweep(f.view, read, adjoints, f.end);
}

template void SweepTangents(const Recording&, double*);
template void SweepTangents(const Recording&, WideLanes*);
template void SweepAdjoints(const Recording&, double*);
template void SweepAdjoints(const Recording&, WideLanes*);
template void SweepSecondAdjoints(const Recording&, const double*, Dual<double>*);
template void SweepSecondAdjoints(const Recording&, const WideLanes*, Dual<double, WideLanes>*);

}  // namespace wengert::derive_internal
