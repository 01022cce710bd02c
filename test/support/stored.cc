#include "test/support/stored.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <stdexcept>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "test/support/functions.h"
#include "test/support/loopy_program.h"
#include "test/support/op_domains.h"
#include "test/support/rules.h"
#include "wengert/base/bytes.h"

namespace wengert::testing {
namespace {

using Vector = std::vector<double>;

constexpr size_t kLengthAt = 16, kChecksum = 8;

bool SameBits(double a, double b) {
  return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b) ||
         (std::isnan(a) && std::isnan(b));
}

std::string Bytes(const Tape& tape, absl::Span<const Var> outputs) {
  return TapeToBytes(tape, outputs).value();
}

StoredFile OfZoo(const std::string& name) {
  const auto& zoo = Zoo();
  const auto found =
      std::find_if(zoo.begin(), zoo.end(), [&](const auto& each) { return each.name == name; });
  Tape tape;
  const std::vector<Var> x = tape.Inputs(found->x);
  const std::vector<Var> outputs = found->f(x);
  return {name, Bytes(tape, outputs)};
}

StoredFile OfLoops(uint64_t seed) {
  const LoopyProgram program(seed);
  return {absl::StrCat("loops ", seed), Bytes(program.tape, program.outputs)};
}

StoredFile OfEverything() {
  Tape tape;
  std::vector<Var> outputs;
  RecordEverything(tape, outputs);
  return {"everything", Bytes(tape, outputs)};
}

void UseTape(LoadedTape& loaded) {
  Tape& tape = *loaded.tape;
  std::vector<double> x, before;
  for (const Var& input : loaded.inputs) x.push_back(tape.Primal(input));
  for (uint32_t k = 0; k < tape.records().size; ++k) {
    before.push_back(tape.records().primals[k].value);
  }
  for (const Var& y : loaded.outputs) tape.Backward(y).Gradient();
  if (!tape.Replay(x).ok()) throw std::logic_error("a replay where it is fails");
  for (uint32_t k = 0; k < tape.records().size; ++k) {
    if (!SameBits(before[k], tape.records().primals[k].value)) {
      throw std::logic_error(absl::StrCat("a replay gives record ", k, " another primal"));
    }
  }
  if (tape.nodes().size() != tape.primals().size()) throw std::logic_error("nodes without primals");
}

void UseDrivers(const Function& f, const Vector& x) {
  const size_t n = f.inputs(), m = f.outputs();
  const Vector v(n, -0.25), w(m, 1.0);
  Vector y(m), of_inputs(n);
  f.Values(x, absl::MakeSpan(y));
  f.Vjp(x, w, absl::MakeSpan(of_inputs));
  f.Jvp(x, v, absl::MakeSpan(y));
  f.SparseJacobian(x);
  if (m != 1) return;
  f.Gradient(x, absl::MakeSpan(of_inputs));
  f.Hvp(x, v, absl::MakeSpan(of_inputs));
  f.SparseHessian(x);
  f.GradientBatch(x, absl::MakeSpan(y), absl::MakeSpan(of_inputs));
}

void UseFunction(const Function& f) {
  if (f.inputs() > 64) return;
  try {
    UseDrivers(f, Vector(f.inputs(), 0.5));
  } catch (const UsageError&) {  // a branch without a trace
  }
}

// With one output, for Hessians.
void UseCompiled(LoadedTape loaded) {
  if (loaded.outputs.size() > 1) loaded.outputs.resize(1);
  Vector x;
  for (const Var& input : loaded.inputs) x.push_back(loaded.tape->Primal(input));
  UseDrivers(Function::FromTape(std::move(loaded.tape), loaded.outputs, {.compile_after = 0}), x);
}

// Compiling takes longer than all the rest, so it's done with one of so many files.
bool IsOneOf(size_t files, std::string_view bytes) {
  return static_cast<uint8_t>(bytes.back()) % files == 0;
}

}  // namespace

void RecordEverything(Tape& tape, std::vector<Var>& outputs) {
  for (const Op op : truth::AllOps()) {
    const truth::Point at = truth::SamplePoints(op, 1)[0];
    const std::vector<Var> x = tape.Inputs({at.data(), static_cast<size_t>(ArityOf(op))});
    outputs.push_back(VisitOp(op, [&](auto rule) -> Var {
      using R = decltype(rule);
      if constexpr (R::arity == 1) return Var::Apply<R::op>(x[0]);
      if constexpr (R::arity == 2) return Var::Apply<R::op>(x[0], x[1]);
      if constexpr (R::arity == 3) return Var::Apply<R::op>(x[0], x[1], x[2]);
      return 0.0;
    }));
  }
  const Var a = tape.Input(1.25), b = tape.Input(-2.0), c = a + 3.0;
  outputs.push_back(a * b + c);
  outputs.push_back(2.0 - square(a) * (b - c));
  outputs.push_back(exp(-a) / sqrt(square(c)));
  outputs.push_back(max(a, 0.5) + fma(a, 2.0, b) * hypot(1.0, b, c));
  outputs.push_back((a - b) * (a - b) + (c * c));
  outputs.push_back(Where(Less(a, b), 4.0, pow(c, 0.3)));
  tape.Mark();
  const Var d = tanh(a) * 1e300;
  outputs.push_back(a < b ? d : d * a);
  outputs.push_back(3.0 <= d ? c * static_cast<double>(Index(c)) : c);
  outputs.push_back(a == a ? Var(7.5) : a);
  outputs.push_back(Index(-0.0 * a) == 0 ? a / 3.0 : b / 3.0);
}

Function BranchingFunction(const FunctionOptions& options) {
  const auto f = [](absl::Span<const Var> x, absl::Span<const Var> p) {
    Var y = x[0] * p[0] + Parameter(0.25, "shift");
    if (x[0] < x[1]) y = sin(y) + x[1];
    if (p[1] < y) y = y * Parameter(3.0, "slope") - x[0];
    return y;
  };
  const std::vector<double> x0 = {1.0, 2.0}, p0 = {0.5, 10.0};
  Function function = Function::Record(f, x0, p0, options);
  for (const double x1 : {2.0, 0.0}) {
    for (const double limit : {10.0, -10.0}) function.Value({{1.0, x1}, {0.5, limit}});
  }
  function.Set("slope", 4.0);
  return function;
}

const std::vector<StoredFile>& StoredFiles() {
  static const auto* const files = [] {
    auto* made = new std::vector<StoredFile>{OfEverything()};
    for (const char* name : {"norm", "kinks", "branch", "choice", "rosenbrock", "mixture",
                             "network", "reprojection", "stencil", "unused input"}) {
      made->push_back(OfZoo(name));
    }
    for (uint64_t seed = 1; seed <= 6; ++seed) made->push_back(OfLoops(seed));
    made->push_back({"branching function", BranchingFunction().ToBytes().value(), true});
    const Function sums = Function::Record(
        [](absl::Span<const Var> x) {
          Var s = 0.0;
          for (int k = 0; k < 400; ++k) s += x[0] * sin(x[1] + 0.01 * k);
          return s;
        },
        {0.5, 0.25});
    made->push_back({"sum function", sums.ToBytes().value(), true});
    const Function constant = Function::Record([](absl::Span<const Var>) { return Var(1.5); }, {});
    made->push_back({"constant function", constant.ToBytes().value(), true});
    return made;
  }();
  return *files;
}

std::string Mended(std::string bytes) {
  if (bytes.size() < kLengthAt + 8 + kChecksum) return bytes;
  ByteWriter length, checksum;
  length.Fixed64(bytes.size());
  bytes.replace(kLengthAt, 8, length.bytes());
  const size_t end = bytes.size() - kChecksum;
  checksum.Fixed64(XXH3_64bits(bytes.data(), end));
  bytes.replace(end, kChecksum, checksum.bytes());
  return bytes;
}

bool LoadAndUse(std::string_view bytes, bool is_function, absl::Status* status) {
  std::string again;
  if (is_function) {
    absl::StatusOr<Function> f =
        Function::FromBytes(bytes, {.compile_after = FunctionOptions::kNever});
    if (status != nullptr) *status = f.status();
    if (!f.ok()) return false;
    again = f->ToBytes().value();
    UseFunction(*f);
    if (IsOneOf(4, bytes)) UseFunction(Function::FromBytes(bytes, {.compile_after = 0}).value());
  } else {
    absl::StatusOr<LoadedTape> loaded = TapeFromBytes(bytes);
    if (status != nullptr) *status = loaded.status();
    if (!loaded.ok()) return false;
    again = Bytes(*loaded->tape, loaded->outputs);
    UseTape(*loaded);
    if (IsOneOf(64, bytes)) UseCompiled(*std::move(loaded));
  }
  if (again != bytes) throw std::logic_error("saved again, the file has other bytes");
  return true;
}

bool SameTape(const Tape& a, const Tape& b) {
  const Tape::Records p = a.records(), q = b.records();
  if (p.size != q.size || p.inputs != q.inputs || p.guards.size() != q.guards.size()) return false;
  for (uint32_t k = 0; k < p.size; ++k) {
    if (!SameBits(p.primals[k].value, q.primals[k].value)) return false;
  }
  for (size_t k = 0; k < p.guards.size(); ++k) {
    const RecordedGuard &g = p.guards[k], &h = q.guards[k];
    if (g.op != h.op || g.position != h.position || !SameBits(g.outcome, h.outcome)) return false;
  }
  const Word *s = p.end, *t = q.end;
  while (s[-1].bits == t[-1].bits) {
    if (s[-1].bits == kBottomCode) return true;
    const Word* const begin = RecordBefore(s);
    for (; s != begin; --s, --t) {
      if (s[-1].bits != t[-1].bits) return false;
    }
  }
  return false;
}

}  // namespace wengert::testing
