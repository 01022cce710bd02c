#include "test/support/loopy_program.h"

#include "test/support/loopy_generator.h"

namespace wengert::testing {

void LoopyGenerator::AddRecurrence(Loop& loop) {
  const size_t first = loop.positions.size(), carried = first + Below(2);
  loop.starts.resize(carried + 1, Var(0.0));
  const bool is_constant = OneIn(3);
  loop.starts[carried] = is_constant ? Var(Number()) : AnyScalar();
  const Spec previous = {Spec::kPrevious, carried};
  std::vector<Var> small = Column(loop.count, false);
  for (Var& v : small) v = OneIn(2) ? Var(0.4 * std::tanh(v.value())) : Var(0.2);
  loop.externals.push_back(std::move(small));
  const Spec a = {Spec::kExternal, loop.externals.size() - 1};
  loop.externals.push_back(Column(loop.count, false));
  const Spec b = {Spec::kExternal, loop.externals.size() - 1};
  loop.positions.push_back({Op::kFma, {previous, a, b}});
  if (carried != first) loop.positions.push_back({Op::kSin, {{Spec::kLocal, first}}});
  values_.resize(loop.positions.size());
  for (uint32_t k = 0; k < loop.count; ++k) {
    for (size_t p = first; p < loop.positions.size(); ++p) {
      values_[p].push_back(program::Compute(loop.positions[p].op, -1,
                                            OperandsAt(loop, loop.positions[p], k).data()));
    }
  }
  loop.starts.resize(loop.positions.size(), Var(0.0));
  if (!is_constant) carried_ = carried;  // an operation on nothing but constants isn't recorded
  absl::StrAppend(&program_.text, " a recurrence;");
}

void LoopyGenerator::AddSum(Loop& loop) {
  const uint64_t links = OneIn(2) ? 1 : 1 + Below(3);
  for (uint64_t i = 0; i < links; ++i) {
    Spec value = AnyOperand(loop, false);
    Position position;
    switch (Below(4)) {
      case 0:
        position = {Op::kAdd, {{}, value}};
        position.link = 0;
        break;
      case 1:
        position = {Op::kAdd, {value, {}}};
        position.link = 1;
        break;
      case 2:
        position = {Op::kSub, {{}, value}};
        position.link = 0;
        break;
      default:
        position = {Op::kFma, {value, AnyOperand(loop, true), {}}};
        position.link = 2;
        break;
    }
    position.is_first_link = i == 0;
    AppendPosition(loop, position);
  }
  program_.has_sums = true;
}

// Like a sum of one link.
void LoopyGenerator::AddChain(Loop& loop) {
  std::vector<Op> ops;
  for (int op = 0; op < kOpCount; ++op) {
    if (HasTrait(static_cast<Op>(op), kAssociates)) ops.push_back(static_cast<Op>(op));
  }
  const Spec value = AnyOperand(loop, false);
  const bool is_second = OneIn(2);
  Position position{AnyOf(ops), {{}, value}};
  if (is_second) std::swap(position.operands[0], position.operands[1]);
  position.link = is_second ? 1 : 0;
  position.is_first_link = true;
  AppendPosition(loop, position);
  program_.has_sums = true;
}

void LoopyGenerator::AddLoop() {
  Loop loop;
  const bool has_own_count = OneIn(5) && !options_.is_small;
  loop.count = has_own_count ? static_cast<uint32_t>(8 + Below(60)) : length_;
  values_.clear();
  carried_ = kNone;
  absl::StrAppend(&program_.text, "loop of ", loop.count, ":");
  if (options_.recurrences && OneIn(2)) AddRecurrence(loop);
  const uint64_t size = 1 + Below(OneIn(4) ? 20 : 6);
  for (uint64_t p = 0; p < size; ++p) {
    AddValue(loop);
    if (OneIn(12)) AddGuard(loop);
  }
  const uint64_t sums = Below(4);
  for (uint64_t s = 0; s < sums; ++s) AddSum(loop);
  const uint64_t chains = options_.chains ? Below(3) : 0;
  for (uint64_t c = 0; c < chains; ++c) AddChain(loop);
  absl::StrAppend(&program_.text, "\n");
  const std::vector<std::vector<Var>> made = Emit(loop);
  if (OneIn(4)) AddTimeSteps(std::move(loop), made);
}

void LoopyGenerator::AddTimeSteps(Loop loop, std::vector<std::vector<Var>> made) {
  const uint64_t steps = 1 + Below(4);
  for (uint64_t t = 0; t < steps; ++t) {
    for (std::vector<Var>& column : loop.externals) {
      const std::vector<Var>& result = AnyOf(made);
      if (result.empty() || !HasNoConstant(column) || !OneIn(2)) continue;
      for (size_t k = 0; k < column.size(); ++k) column[k] = result[(k + t) % result.size()];
    }
    values_.clear();
    Loop again = loop;
    again.positions.clear();
    for (const Position& position : loop.positions) {
      for (const Spec& spec : position.operands) {
        if (spec.kind == Spec::kPrevious) return;  // their values aren't known one by one
      }
      if (IsValue(position) && !IsOrdinaryThroughout(again, position)) return;
      AppendPosition(again, position);
    }
    absl::StrAppend(&program_.text, " again\n");
    made = Emit(again);
  }
}

std::vector<std::vector<Var>> LoopyGenerator::Emit(const Loop& loop) {
  program::Run run{NodesSoFar(), static_cast<uint32_t>(loop.positions.size()), loop.count};
  std::vector<std::vector<Var>> made(loop.positions.size());
  std::vector<Var> sums(loop.positions.size());  // by their first link
  for (size_t p = 0; p < loop.positions.size(); ++p) {
    if (loop.positions[p].is_first_link) sums[p] = StartOfSum();
  }
  for (uint32_t k = 0; k < loop.count; ++k) {
    size_t first_link = 0;
    for (size_t p = 0; p < loop.positions.size(); ++p) {
      const Position& position = loop.positions[p];
      if (position.is_first_link) first_link = p;
      std::vector<Var> operands;
      for (size_t i = 0; i < position.operands.size(); ++i) {
        operands.push_back(static_cast<int>(i) == position.link
                               ? sums[first_link]
                               : VarOf(loop, position.operands[i], k, made));
      }
      if (position.link >= 0) {
        sums[first_link] = Applied(position.op, operands);
      } else if (position.is_guard && (position.skipped == 0 || k % position.skipped != 0)) {
        Compare(position.op, operands);
        made[p].emplace_back(0.0);
      } else {
        made[p].push_back(Applied(position.op, operands));
      }
    }
  }
  for (const Position& position : loop.positions) {
    run.links.push_back(static_cast<uint8_t>(position.link + 1));
    uint8_t carried = 0;
    for (size_t i = 0; i < position.operands.size(); ++i) {
      if (position.operands[i].kind == Spec::kPrevious) carried |= static_cast<uint8_t>(1u << i);
    }
    run.carried.push_back(carried);
  }
  const auto is_none = [](uint8_t carried) { return carried == 0; };
  if (std::all_of(run.carried.begin(), run.carried.end(), is_none)) run.carried.clear();
  program_.runs.push_back(run);
  for (size_t p = 0; p < loop.positions.size(); ++p) {
    if (loop.positions[p].is_first_link) scalars_.push_back(sums[p]);
    if (!IsValue(loop.positions[p])) {
      made[p].clear();
    } else if (OneIn(2) || p + 1 == loop.positions.size()) {
      arrays_.push_back(made[p]);
    }
  }
  return made;
}

void LoopyGenerator::Compare(Op op, const std::vector<Var>& operands) {
  const bool outcome = op == Op::kLess        ? operands[0] < operands[1]
                       : op == Op::kLessEqual ? operands[0] <= operands[1]
                                              : operands[0] == operands[1];
  static_cast<void>(outcome);
}

Var LoopyGenerator::StartOfSum() {
  switch (Below(4)) {
    case 0:
      return Var(0.0);
    case 1:
      return Var(Number());
    default:
      return AnyScalar();
  }
}

void LoopyGenerator::ChooseOutputs() {
  const uint64_t size = OneIn(2) ? 1 : 1 + Below(4);
  for (uint64_t i = 0; i < size; ++i) {
    Var output = OneIn(3) ? AnyOf(arrays_.back()) : AnyScalar();
    if (OneIn(2)) {
      for (int k = 0; k < 3; ++k) output = output + AnyScalar() * AnyScalar();
    }
    program_.outputs.push_back(output);
  }
  absl::StrAppend(&program_.text, size, " outputs\n");
}

LoopyProgram::LoopyProgram(uint64_t seed, const LoopyOptions& options) {
  LoopyGenerator(seed, options, *this).Run();
}

}  // namespace wengert::testing
