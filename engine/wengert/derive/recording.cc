#include "wengert/derive/recording.h"

#include <string>

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
  ThrowUsageError(where,
                  absl::StrCat("the length of ", name, " is ", length, " instead of ", expected),
                  "one number an input in the order of Tape::Input, one a dependent in the order "
                  "given, rows and directions one after the other");
}

PlannedFunction PlannedFor(const Recording& f) {
  return {f.view.nodes.size(), f.n(), {f.dependents.begin(), f.dependents.end()}};
}

void CheckPlan(const PlannedFunction& planned, const Recording& f, const char* where) {
  const bool same_size = planned.nodes == f.view.nodes.size() && planned.inputs == f.n();
  if (same_size && absl::MakeConstSpan(planned.dependents) == f.dependents) return;
  const std::string what =
      same_size && planned.dependents.size() == f.m()
          ? "the plan is for other dependents of such a tape"
          : absl::StrCat("the plan is for ", planned.dependents.size(), " dependents of ",
                         planned.inputs, " inputs and a tape of ", planned.nodes,
                         " nodes, this call has ", f.m(), ", ", f.n(), " and ",
                         f.view.nodes.size());
  ThrowUsageError(where, what, "plan again when the function was recorded again");
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
