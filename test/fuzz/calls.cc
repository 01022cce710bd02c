// Sequences of calls of the API on two tapes and a Function, misuse included: every call does what
// it says or throws UsageError, and what was alive stays as it was. A model beside it knows which
// Vars are alive and their primals.

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "test/fuzz/call_model.h"
#include "test/fuzz/fuzz_input.h"
#include "test/fuzz/gradients.h"
#include "wengert/ops/rule.h"
#include "wengert/wengert.h"

namespace {

using wengert::Function;
using wengert::FunctionOptions;
using wengert::Op;
using wengert::Tape;
using wengert::UsageError;
using wengert::Var;
using wengert::fuzz::Callable;
using wengert::fuzz::Choices;
using wengert::fuzz::Gone;
using wengert::fuzz::Known;
using wengert::fuzz::Mark;
using wengert::fuzz::Recording;
using wengert::fuzz::Require;
using wengert::fuzz::SameNumber;
using wengert::fuzz::SameNumbers;

class Session {
 public:
  explicit Session(const Choices& choices) : choices_(choices) { Begin(0); }

  void Run() {
    for (int step = 0; step < 60 && !choices_.empty(); ++step) Step();
    for (int k = 0; k < 2; ++k) CheckAll(k);
  }

 private:
  // A call that must succeed or be refused as misuse.
  template <class F>
  bool Allowed(bool must_succeed, const char* what, F call) {
    try {
      call();
      return true;
    } catch (const UsageError&) {
      Require(!must_succeed, what);
      return false;
    }
  }

  void Begin(int k) {
    Recording& r = recordings_[k];
    if (r.tape != nullptr) return;
    r.tape = std::make_unique<Tape>();
    r.cleared = ++now_;
    r.gone.clear();
    r.marks.clear();
    r.inputs.clear();
    r.stopped = r.moved = false;
    order_.push_back(k);
  }
  void End(int k) {
    recordings_[k].tape = nullptr;
    order_.erase(std::remove(order_.begin(), order_.end(), k), order_.end());
    recordings_[k].cleared = ++now_;
  }
  // The innermost recording tape, or -1.
  int Current() const {
    for (size_t k = order_.size(); k > 0;) {
      --k;
      if (!recordings_[order_[k]].stopped) return order_[k];
    }
    return -1;
  }
  bool IsAlive(const Known& v) const {
    if (v.tape < 0) return true;
    const Recording& r = recordings_[v.tape];
    if (r.tape == nullptr || v.born < r.cleared) return false;
    for (const Gone& gone : r.gone) {
      if (gone.Contains(v.born)) return false;
    }
    return true;
  }
  bool CanCompute(const Known& v) const {
    return v.tape < 0 || (IsAlive(v) && v.tape == Current() && recordings_[v.tape].Records());
  }

  void Step() {
    const int k = static_cast<int>(choices_.Below(2));
    Recording& r = recordings_[k];
    switch (choices_.Below(16)) {
      case 0:
        return r.tape == nullptr ? Begin(k) : void();
      case 1:
        return choices_.Below(8) == 0 ? End(k) : void();
      case 2:
        return MakeInput(k);
      case 3:
        if (r.tape != nullptr && choices_.Below(4) == 0) {
          r.tape->Clear();
          r.cleared = ++now_;
          r.gone.clear();
          r.inputs.clear();
          r.moved = false;
        }
        return;
      case 4:
        if (r.tape != nullptr) MakeMark(r);
        return;
      case 5:
        return Rewind(k);
      case 6:
        return Sweep(k);
      case 7:
        return Replay(k);
      case 8:
        return Compare();
      case 9:
        return Drivers(k);
      case 10:
        if (r.tape != nullptr && choices_.Below(8) == 0) {
          r.tape->Stop();
          r.stopped = true;
        }
        return;
      case 11:
        return CallFunction();
      case 12:
        return Save(k);
      case 13:
        return CheckAll(k);
      default:
        return Compute();
    }
  }

  void MakeMark(Recording& r) {
    const Tape::Position position = r.tape->Mark();
    r.marks.push_back({position, ++now_, r.cleared, r.tape->size(), r.tape->guards().size()});
  }

  Known& Pick() {
    if (vars_.empty()) vars_.push_back({Var(1.5), 1.5, -1, 0});
    return vars_[choices_.Below(std::min<size_t>(vars_.size(), 64))];
  }
  void Keep(Var var, double primal, int tape) {
    if (var.is_constant()) tape = -1;
    const Known known = {var, primal, tape, ++now_};
    if (vars_.size() < 64) {
      vars_.push_back(known);
    } else {
      vars_[now_ % 64] = known;
    }
  }

  void MakeInput(int k) {
    Recording& r = recordings_[k];
    if (r.tape == nullptr) return;
    const double x = choices_.Number();
    // Any tape of the thread that records may have inputs; a stopped one may not.
    std::optional<Var> made;
    // One at another point than its Vars' records nothing.
    if (Allowed(r.Records(), "Input refused", [&] { made = r.tape->Input(x); })) {
      Require(r.Records(), "a tape that doesn't record took an input");
      r.inputs.push_back(x);
      Keep(*made, x, k);
    }
  }

  void Compute() {
    const Op op = static_cast<Op>(1 + choices_.Below(wengert::kOpCount - 1));
    const Known a = Pick(), b = Pick(), c = Pick();
    const bool temporary = choices_.Below(2) == 1;
    if (op == Op::kCopysign && std::isnan(b.primal)) return;  // a NaN's sign is the processor's
    wengert::VisitOp(op, [&](auto rule) {
      using R = decltype(rule);
      if constexpr (R::arity > 0) Apply<R::op, R::arity>(a, b, c, temporary);
    });
  }

  template <Op op, int arity>
  void Apply(const Known& a, const Known& b, const Known& c, bool temporary) {
    const Known operands[] = {a, b, c};
    bool constant = true, computable = true;
    for (int k = 0; k < arity; ++k) {
      constant = constant && operands[k].tape < 0;
      computable = computable && CanCompute(operands[k]);
    }
    const bool may = constant || (computable && Current() >= 0);
    Var y;
    const auto call = [&] {
      if constexpr (arity == 1) y = Var::Apply<op>(a.var);
      if constexpr (arity == 2) y = Var::Apply<op>(a.var, b.var);
      if constexpr (arity == 3) y = Var::Apply<op>(a.var, b.var, c.var);
      if (temporary) y = std::move(y) * 0.5 + 1.0;
    };
    if (!Allowed(may, "an operation on live Vars was refused", call)) return;
    Require(may, "an operation on a dead Var was recorded");
    double expected = 0.0;
    if constexpr (arity == 1) expected = wengert::Apply<op>(a.primal);
    if constexpr (arity == 2) expected = wengert::Apply<op>(a.primal, b.primal);
    if constexpr (arity == 3) expected = wengert::Apply<op>(a.primal, b.primal, c.primal);
    if (temporary) expected = expected * 0.5 + 1.0;
    Require(SameNumber(y.value(), expected), "an operation gave another primal");
    Keep(y, expected, Current());
  }

  void Compare() {
    const Known a = Pick(), b = Pick();
    const bool may = (a.tape < 0 && b.tape < 0) || (CanCompute(a) && CanCompute(b));
    bool less = false;
    if (!Allowed(may, "a comparison was refused", [&] { less = a.var < b.var; })) return;
    Require(may, "a dead Var was compared");
    Require(less == (a.primal < b.primal), "a comparison is wrong");
  }

  // A place that was forgotten may still be where the tape went back to, if nothing lay between.
  void Rewind(int k) {
    Recording& r = recordings_[k];
    if (r.tape == nullptr || r.marks.empty()) return;
    const Mark mark = r.marks[choices_.Below(r.marks.size())];
    bool is_there = mark.cleared == r.cleared, may_be = is_there;
    for (const Gone& gone : r.gone) {
      if (!gone.Contains(mark.at)) continue;
      is_there = false;
      may_be = may_be && mark.nodes == gone.nodes && mark.guards == gone.guards;
    }
    if (!Allowed(is_there, "Rewind was refused", [&] { r.tape->Rewind(mark.position); })) return;
    Require(may_be, "Rewind to a place that was forgotten");
    r.inputs.resize(r.tape->inputs().size());
    r.moved = r.moved && r.IsElsewhere();
    r.gone.push_back({mark.at, ++now_, mark.nodes, mark.guards});
  }

  void Sweep(int k) {
    Recording& r = recordings_[k];
    if (r.tape == nullptr) return;
    const Known& root = Pick();
    const bool may = root.tape < 0 || (root.tape == k && IsAlive(root));
    if (!Allowed(may, "Backward was refused", [&] { r.tape->Backward(root.var).Gradient(); }))
      return;
    Require(may, "Backward from a dead Var");
  }

  void Replay(int k) {
    Recording& r = recordings_[k];
    if (r.tape == nullptr) return;
    const size_t n = r.tape->inputs().size();
    std::vector<double> x(choices_.Below(8) == 0 ? n + 1 : n);
    for (double& each : x) each = choices_.Number();
    absl::Status status;
    if (!Allowed(x.size() == n, "Replay was refused", [&] { status = r.tape->Replay(x); })) return;
    Require(x.size() == n, "Replay at a point of another length");
    if (!status.ok()) return;
    r.moved = r.IsElsewhere();  // primals aren't those of the Vars any more
    for (size_t i = 0; i < n; ++i) {
      Require(SameNumber(r.tape->primals()[r.tape->inputs()[i]], x[i]), "Replay left an input");
    }
  }

  void Drivers(int k) {
    Recording& r = recordings_[k];
    if (r.tape == nullptr) return;
    const Known& y = Pick();
    const bool may = y.tape < 0 || (y.tape == k && IsAlive(y));
    const size_t n = r.tape->inputs().size();
    std::vector<double> v(n, 1.0), h(n), one(1, 1.0), y_dot(1);
    wengert::Workspace workspace;
    const auto check = [&](auto driver) {
      Require(!Allowed(may, "a driver was refused", driver) || may, "a driver of a dead Var");
    };
    check([&] { wengert::Jvp(*r.tape, {y.var}, v, absl::MakeSpan(y_dot), workspace); });
    check([&] { wengert::Vjp(*r.tape, {y.var}, one, absl::MakeSpan(h), workspace); });
    check([&] { wengert::Hvp(*r.tape, y.var, v, absl::MakeSpan(h), workspace); });
    if (may) wengert::fuzz::CheckGradient(*r.tape, y.var);
    const std::vector<double> longer(n + 1);
    Require(
        !Allowed(false, "",
                 [&] { wengert::Jvp(*r.tape, {y.var}, longer, absl::MakeSpan(y_dot), workspace); }),
        "a direction of another length");
  }

  void RecordFunction() {
    callable_ = {choices_.Below(4)};
    FunctionOptions options;
    // To compile takes longer than all else, so one in four does.
    const size_t after = choices_.Below(8);
    interprets_ = after >= 2;
    options.compile_after = interprets_ ? FunctionOptions::kNever : static_cast<int64_t>(after);
    options.max_traces = 1 + choices_.Below(3);
    function_ = Function::Record(callable_, {1.0, 0.5}, options);
  }

  void CallFunction() {
    if (!function_.has_value() || choices_.Below(16) == 0) RecordFunction();
    const std::vector<double> x = {choices_.Number(), choices_.Number()};
    std::vector<double> g(choices_.Below(8) == 0 ? 3 : 2), h(2);
    try {
      double value = 0.0;
      if (!Allowed(g.size() == 2, "Gradient was refused",
                   [&] { value = function_->Gradient(x, absl::MakeSpan(g)); })) {
        return;
      }
      Require(g.size() == 2, "a gradient of another length");
      CheckFunction(x, value, g);
      if (choices_.Below(4) == 0) function_->Hvp(x, {1.0, 0.0}, absl::MakeSpan(h));
      if (choices_.Below(16) == 0) function_->SparseHessian(x);
    } catch (int) {
      Require(callable_.ThrowsAt(x), "a callable threw where it doesn't");
    }
  }

  // Interpreted, it has the bits of a recording at the point.
  void CheckFunction(const std::vector<double>& x, double value, const std::vector<double>& g) {
    Require(!callable_.ThrowsAt(x), "a callable's exception was lost");
    Tape tape;
    const Var y = callable_(tape.Inputs(x));
    const std::vector<double> gradient = tape.Backward(y).Gradient();
    if (interprets_) {
      Require(SameNumber(value, y.value()), "a Function has another value than a recording");
      Require(SameNumbers(g, gradient), "a Function has another gradient than a recording");
    } else {
      Require(wengert::fuzz::IsNear(tape, y, value, g), "a compiled Function isn't near");
    }
  }

  void Save(int k) {
    Recording& r = recordings_[k];
    if (r.tape == nullptr) return;
    const Known& y = Pick();
    const bool may = y.tape < 0 || (y.tape == k && IsAlive(y));
    absl::StatusOr<std::string> bytes;
    if (!Allowed(may, "saving was refused",
                 [&] { bytes = wengert::TapeToBytes(*r.tape, {y.var}); })) {
      return;
    }
    Require(may, "a dead Var was saved");
    const absl::StatusOr<wengert::LoadedTape> loaded = wengert::TapeFromBytes(*bytes);
    Require(loaded.ok(), "a saved tape can't be loaded");
    Require(wengert::Listing(*loaded->tape) == wengert::Listing(*r.tape), "it is another tape");
  }

  // What is alive still has its primal, and what isn't is refused.
  void CheckAll(int k) {
    Recording& r = recordings_[k];
    if (r.tape == nullptr) return;
    for (const Known& v : vars_) {
      Require(SameNumber(v.var.value(), v.primal), "a Var has another value");
      const bool may = v.tape < 0 || (v.tape == k && IsAlive(v));
      double primal = 0.0;
      if (Allowed(may, "Primal was refused", [&] { primal = r.tape->Primal(v.var); })) {
        Require(may, "a dead Var has a primal");
        Require(r.moved || SameNumber(primal, v.primal), "the tape has another primal");
      }
    }
    for (uint32_t i = 0; i < r.tape->size(); ++i) {
      const wengert::Node& node = r.tape->nodes()[i];
      for (const wengert::Operand operand : node.operands) {
        Require(operand == wengert::Operand() || operand.is_constant() || operand.index() < i,
                "an operand isn't before its node");
      }
    }
  }

  Choices choices_;
  Recording recordings_[2];
  std::vector<int> order_;
  std::vector<Known> vars_;
  Callable callable_;
  std::optional<Function> function_;  // of callable_
  bool interprets_ = false;           // and never compiles
  uint64_t now_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Session(Choices(data, size)).Run();
  return 0;
}
