#ifndef TEST_SUPPORT_LOOPY_GENERATOR_H_
#define TEST_SUPPORT_LOOPY_GENERATOR_H_

// How loopy_program.h makes its programs; the loops themselves are in loopy_program.cc.

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "test/support/loopy_program.h"
#include "wengert/program/evaluate.h"

namespace wengert::testing {

constexpr uint32_t kCounts[] = {8,  9,  15, 16, 17,  23,  24,  31,  32,
                                40, 63, 64, 65, 127, 128, 129, 256, 257};

inline Var Applied(Op op, const std::vector<Var>& operands) {
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

class LoopyGenerator {
 public:
  LoopyGenerator(uint64_t seed, const LoopyOptions& options, LoopyProgram& program)
      : random_(seed), options_(options), program_(program) {}

  void Run() {
    MakeInputs();
    const uint64_t loops = options_.is_small ? 1 : 1 + Below(4);
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

  uint32_t LengthOfLoops() {
    if (options_.is_small) return static_cast<uint32_t>(8 + Below(17));
    return OneIn(3) ? static_cast<uint32_t>(8 + Below(293)) : kCounts[Below(std::size(kCounts))];
  }

  void MakeInputs() {
    length_ = LengthOfLoops();
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
  void AddRecurrence(Loop& loop);

  // A sum that goes through the iterations, of one to three links.
  void AddSum(Loop& loop);

  void AddChain(Loop& loop);

  void AddLoop();

  // The same loop again and again, each time with results of the last in place of an operand.
  void AddTimeSteps(Loop loop, std::vector<std::vector<Var>> made);

  // Records the loop; what each position was in each iteration, if a value.
  std::vector<std::vector<Var>> Emit(const Loop& loop);

  static void Compare(Op op, const std::vector<Var>& operands);

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

  Var StartOfSum();

  void ChooseOutputs();

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

}  // namespace wengert::testing

#endif  // TEST_SUPPORT_LOOPY_GENERATOR_H_
