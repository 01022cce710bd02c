#include "test/support/loopy_program.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "wengert/program/evaluate.h"

namespace wengert::testing {
namespace {

constexpr uint32_t kCounts[] = {8,  9,  15, 16, 17,  23,  24,  31,  32,
                                40, 63, 64, 65, 127, 128, 129, 256, 257};

Var Applied(Op op, const std::vector<Var>& operands) {
  return VisitOp(op, [&](auto rule) -> Var {
    using R = decltype(rule);
    if constexpr (R::arity == 1) return Var::Apply<R::op>(operands[0]);
    if constexpr (R::arity == 2) return Var::Apply<R::op>(operands[0], operands[1]);
    if constexpr (R::arity == 3) return Var::Apply<R::op>(operands[0], operands[1], operands[2]);
    return operands[0];
  });
}

// An operand of a position of the body.
struct Spec {
  enum Kind { kLocal, kPrevious, kExternal } kind = kExternal;
  size_t number = 0;  // of the position, or of the column of externals
};

struct Position {
  Op op = Op::kAdd;
  std::vector<Spec> operands;
  bool is_guard = false;
  uint32_t skipped = 0;  // of a guard: the operation itself in one of so many iterations; 0: none
  int link = -1;         // the operand that is the sum so far
  bool is_first_link = false;
};

struct Loop {
  uint32_t count = 0;
  std::vector<Position> positions;
  std::vector<std::vector<Var>> externals;  // a column each, one Var for each iteration
  std::vector<Var> starts;                  // of each position that is read an iteration later
};

class Generator {
 public:
  Generator(uint64_t seed, const LoopyOptions& options, LoopyProgram& program)
      : random_(seed), options_(options), program_(program) {}

  void Run() {
    MakeInputs();
    const uint64_t loops = 1 + Below(4);
    for (uint64_t i = 0; i < loops; ++i) {
      AddScalars(Below(4));
      AddLoop();
    }
    AddScalars(Below(5));
    ChooseOutputs();
  }

 private:
  uint64_t Below(uint64_t n) { return random_() % n; }
  bool OneIn(uint64_t n) { return Below(n) == 0; }
  double Number() {
    return static_cast<double>(static_cast<int64_t>(Below(4001)) - 2000) / 1000 + 0.0003;
  }
  template <class T>
  const T& AnyOf(const std::vector<T>& all) {
    return all[Below(all.size())];
  }

  void MakeInputs() {
    length_ = OneIn(3) ? static_cast<uint32_t>(8 + Below(293)) : kCounts[Below(std::size(kCounts))];
    const size_t size = length_ + Below(2) * Below(20) + Below(4) / 3 * length_;
    for (size_t i = 0; i < size; ++i) program_.x0.push_back(Number());
    program_.n = OneIn(3) ? size - Below(size / 2) : size;
    const std::vector<Var> inputs = program_.tape.Inputs(program_.x0);
    arrays_.push_back(inputs);
    for (int i = 0; i < 4; ++i) scalars_.push_back(AnyOf(inputs));
    absl::StrAppend(&program_.text, program_.n, " of ", size, " inputs\n");
  }

  // --- Operations that keep values ordinary.

  static bool IsOrdinary(double value) { return std::isfinite(value) && std::abs(value) < 30.0; }

  // Whether the operation and its partials are ordinary at these operands.
  static bool IsOrdinaryAt(Op op, const double* operands) {
    double arguments[4] = {};
    const int arity = ArityOf(op);
    std::copy(operands, operands + arity, arguments);
    const double value = program::Compute(op, -1, arguments);
    if (!IsOrdinary(value)) return false;
    arguments[arity] = value;
    for (int k = 0; k < arity; ++k) {
      if (!IsOrdinary(program::Compute(op, k, arguments))) return false;
    }
    return true;
  }

  Op AnyOp() {
    static constexpr Op kRingOps[] = {Op::kAdd, Op::kSub, Op::kMul,   Op::kMul,
                                      Op::kNeg, Op::kFma, Op::kSquare};
    if (OneIn(2)) return kRingOps[Below(std::size(kRingOps))];
    const Op op = static_cast<Op>(1 + Below(kOpCount - 1));
    return HasTrait(op, kFlat) && !OneIn(3) ? AnyOp() : op;
  }

  // --- Straight code.

  void AddScalars(uint64_t size) {
    for (uint64_t i = 0; i < size; ++i) {
      Op op = AnyOp();
      const std::vector<Var> operands = {AnyScalar(), OneIn(4) ? Var(Number()) : AnyScalar(),
                                         AnyScalar()};
      double values[3];
      for (int k = 0; k < 3; ++k) values[k] = operands[static_cast<size_t>(k)].value();
      if (!IsOrdinaryAt(op, values)) op = Op::kTanh;
      scalars_.push_back(Applied(op, operands));
      if (OneIn(6) && operands[0] < operands[2]) absl::StrAppend(&program_.text, "a guard held\n");
    }
  }
  const Var& AnyScalar() {
    return OneIn(3) ? AnyOf(AnyOf(arrays_))
                    : scalars_[scalars_.size() - 1 - Below(std::min<size_t>(scalars_.size(), 6))];
  }

  // --- Loops.

  // Nodes of the recording so far, as program::FromTape numbers them.
  uint32_t NodesSoFar() const {
    return static_cast<uint32_t>(program_.tape.size() + program_.tape.guards().size());
  }

  std::vector<Var> Column(uint32_t count, bool may_be_constant) {
    const std::vector<Var>& array = OneIn(2) ? arrays_.back() : AnyOf(arrays_);
    const size_t length = array.size();
    std::vector<Var> column;
    const auto fill = [&](const char* kind, auto at) {
      for (size_t k = 0; k < count; ++k) column.push_back(at(k));
      absl::StrAppend(&program_.text, " ", kind);
    };
    switch (Below(may_be_constant ? 11 : 8)) {
      case 0: {
        const Var uniform = AnyScalar();
        fill("uniform", [&](size_t) { return uniform; });
        break;
      }
      case 1:
      case 2: {
        const size_t offset = length > count ? Below(length - count + 1) : 0;
        fill("stream", [&](size_t k) { return array[(offset + k) % length]; });
        break;
      }
      case 3: {
        const size_t shift = length + Below(5) - 2;
        fill("periodic", [&](size_t k) { return array[(k + shift) % length]; });
        break;
      }
      case 4: {
        const size_t stride = 2 + Below(4), offset = Below(length);
        fill("strided", [&](size_t k) { return array[(offset + k * stride) % length]; });
        break;
      }
      case 5: {
        const size_t repeats = 1 + Below(9);
        fill("table", [&](size_t) { return array[Below(length / repeats + 1) % length]; });
        break;
      }
      case 6:
        fill("from anywhere", [&](size_t) { return AnyOf(AnyOf(arrays_)); });
        break;
      case 7: {
        const size_t ends = 1 + Below(3);
        const Var border = AnyScalar();
        fill("bordered",
             [&](size_t k) { return k < ends || k + ends >= count ? border : array[k % length]; });
        break;
      }
      case 8: {
        const double value = Number();
        fill("constant", [&](size_t) { return Var(value); });
        break;
      }
      case 9:
        fill("column", [&](size_t) { return Var(Number()); });
        break;
      default:
        fill("mixed", [&](size_t k) { return OneIn(5) ? Var(Number()) : array[k % length]; });
        break;
    }
    return column;
  }

  // The position's operand: something of the same iteration, or from before the loop.
  Spec AnyOperand(Loop& loop, bool may_be_constant) {
    std::vector<size_t> values;
    for (size_t p = 0; p < loop.positions.size(); ++p) {
      if (IsValue(loop.positions[p])) values.push_back(p);
    }
    if (!values.empty() && !OneIn(3)) return {Spec::kLocal, AnyOf(values)};
    if (carried_ != kNone && OneIn(4)) return {Spec::kPrevious, carried_};
    if (!loop.externals.empty() && !may_be_constant && OneIn(3)) {
      const size_t column = Below(loop.externals.size());
      if (HasNoConstant(loop.externals[column])) return {Spec::kExternal, column};
    }
    loop.externals.push_back(Column(loop.count, may_be_constant));
    return {Spec::kExternal, loop.externals.size() - 1};
  }
  static bool HasNoConstant(const std::vector<Var>& column) {
    return std::all_of(column.begin(), column.end(), [](const Var& v) { return !v.is_constant(); });
  }
  static bool IsValue(const Position& position) { return !position.is_guard && position.link < 0; }

  double ValueOf(const Loop& loop, const Spec& spec, uint32_t k) const {
    switch (spec.kind) {
      case Spec::kLocal:
        return values_[spec.number][k];
      case Spec::kPrevious:
        return k == 0 ? loop.starts[spec.number].value() : values_[spec.number][k - 1];
      case Spec::kExternal:
        break;
    }
    return loop.externals[spec.number][k].value();
  }
  std::array<double, 3> OperandsAt(const Loop& loop, const Position& position, uint32_t k) const {
    std::array<double, 3> operands = {};
    for (size_t i = 0; i < position.operands.size(); ++i) {
      operands[i] = ValueOf(loop, position.operands[i], k);
    }
    return operands;
  }
  bool IsOrdinaryThroughout(const Loop& loop, const Position& position) const {
    for (uint32_t k = 0; k < loop.count; ++k) {
      if (!IsOrdinaryAt(position.op, OperandsAt(loop, position, k).data())) return false;
    }
    return true;
  }
  void AppendPosition(Loop& loop, const Position& position) {
    std::vector<double>& column = values_.emplace_back();
    if (IsValue(position)) {
      for (uint32_t k = 0; k < loop.count; ++k) {
        column.push_back(program::Compute(position.op, -1, OperandsAt(loop, position, k).data()));
      }
    }
    loop.positions.push_back(position);
    loop.starts.resize(loop.positions.size(), Var(0.0));
    absl::StrAppend(&program_.text, " ", InfoOf(position.op).text, position.is_guard ? "?" : "",
                    position.link >= 0 ? "+" : "", ";");
  }

  void AddValue(Loop& loop) {
    Position position;
    for (int tries = 0; tries < 6; ++tries) {
      position.op = AnyOp();
      position.operands = {AnyOperand(loop, false)};
      while (position.operands.size() < static_cast<size_t>(ArityOf(position.op))) {
        position.operands.push_back(OneIn(5) ? position.operands[0] : AnyOperand(loop, true));
      }
      if (IsOrdinaryThroughout(loop, position)) return AppendPosition(loop, position);
    }
    position.op = OneIn(2) ? Op::kSin : Op::kTanh;
    position.operands.resize(1);
    AppendPosition(loop, position);
  }

  void AddGuard(Loop& loop) {
    static constexpr Op kComparisons[] = {Op::kLess, Op::kLessEqual, Op::kEqual};
    Position position{kComparisons[Below(3)], {AnyOperand(loop, false), AnyOperand(loop, true)}};
    position.is_guard = true;
    position.skipped = OneIn(3) ? static_cast<uint32_t>(1 + Below(5)) : 0;
    AppendPosition(loop, position);
  }

  // A value that the next iteration reads: h = a h + b, or a bounded function of that.
  void AddRecurrence(Loop& loop) {
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

  // A sum that goes through the iterations, of one to three links.
  void AddSum(Loop& loop) {
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

  void AddLoop() {
    Loop loop;
    loop.count = OneIn(5) ? static_cast<uint32_t>(8 + Below(60)) : length_;
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
    absl::StrAppend(&program_.text, "\n");
    const std::vector<std::vector<Var>> made = Emit(loop);
    if (OneIn(4)) AddTimeSteps(std::move(loop), made);
  }

  // The same loop again and again, each time with results of the last in place of an operand.
  void AddTimeSteps(Loop loop, std::vector<std::vector<Var>> made) {
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

  // Records the loop; what each position was in each iteration, if a value.
  std::vector<std::vector<Var>> Emit(const Loop& loop) {
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

  static void Compare(Op op, const std::vector<Var>& operands) {
    const bool outcome = op == Op::kLess        ? operands[0] < operands[1]
                         : op == Op::kLessEqual ? operands[0] <= operands[1]
                                                : operands[0] == operands[1];
    static_cast<void>(outcome);
  }

  Var VarOf(const Loop& loop, const Spec& spec, uint32_t k,
            const std::vector<std::vector<Var>>& made) const {
    switch (spec.kind) {
      case Spec::kLocal:
        return made[spec.number][k];
      case Spec::kPrevious:
        return k == 0 ? loop.starts[spec.number] : made[spec.number][k - 1];
      case Spec::kExternal:
        break;
    }
    return loop.externals[spec.number][k];
  }

  Var StartOfSum() {
    switch (Below(4)) {
      case 0:
        return Var(0.0);
      case 1:
        return Var(Number());
      default:
        return AnyScalar();
    }
  }

  void ChooseOutputs() {
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

  static constexpr size_t kNone = ~size_t{0};

  std::mt19937_64 random_;
  const LoopyOptions options_;
  LoopyProgram& program_;
  uint32_t length_ = 0;
  std::vector<std::vector<Var>> arrays_;
  std::vector<Var> scalars_;
  std::vector<std::vector<double>> values_;  // of the loop's positions, in each iteration
  size_t carried_ = kNone;
};

}  // namespace

LoopyProgram::LoopyProgram(uint64_t seed, const LoopyOptions& options) {
  Generator(seed, options, *this).Run();
}

}  // namespace wengert::testing
