// One program, every engine: what its recording, the nodes' sweeps, a Function that interprets, one
// that was saved and loaded, compiled programs of every width, batches and the retaped gradient
// give must agree: to the bit where that is promised, else within what rounding explains
// (test/support/rounding.h). Programs are the fuzzer's own, or drawn by LoopyProgram from its seed.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "test/fuzz/fuzz_input.h"
#include "test/fuzz/random_program.h"
#include "test/support/loopy_program.h"
#include "test/support/rounding.h"
#include "test/support/stored.h"
#include "wengert/program/batch.h"
#include "wengert/program/compile.h"
#include "wengert/program/from_tape.h"
#include "wengert/wengert.h"

namespace {

using namespace wengert;  // NOLINT
using fuzz::Choices;
using fuzz::Require;
using testing::RoundingReference;
using Vector = std::vector<double>;

bool SameNumbers(const Vector& a, const Vector& b) {
  for (size_t k = 0; k < a.size(); ++k) {
    const bool same = std::bit_cast<uint64_t>(a[k]) == std::bit_cast<uint64_t>(b[k]);
    if (!same && !(std::isnan(a[k]) && std::isnan(b[k]))) return false;
  }
  return a.size() == b.size();
}

bool IsFinite(const Vector& a) {
  for (const double each : a) {
    if (!std::isfinite(each)) return false;
  }
  return true;
}

// A recording, its outputs and what it is swept with.
struct Recording {
  Tape& tape;
  std::vector<Var> y;
  Vector x;  // of all inputs
  size_t n;  // that are differentiated

  std::vector<Operand> dependents() const {
    std::vector<Operand> nodes;
    for (const Var& each : y) nodes.push_back(Operand::Node(tape.NodeOf(each, "fuzz")));
    return nodes;
  }
  Vector weights() const {
    Vector w;
    for (size_t k = 0; k < y.size(); ++k) w.push_back(1.0 - 0.3 * static_cast<double>(k));
    return w;
  }
};

struct Answer {
  Vector y, gradient;
};

// By nodes.
Answer Swept(const Recording& r) {
  Answer answer;
  for (const Var& each : r.y) answer.y.push_back(r.tape.Primal(each));
  answer.gradient.resize(r.x.size());
  Workspace workspace;
  Vjp(r.tape, r.y, r.weights(), absl::MakeSpan(answer.gradient), workspace);
  answer.gradient.resize(r.n);
  return answer;
}

// How often there was something to compare, printed at the end.
struct Counts {
  size_t recordings = 0, references = 0, clear = 0, programs = 0, batches = 0, retaped = 0,
         reloaded = 0, replayed = 0, interpreted = 0, compiled = 0;
  ~Counts() {
    std::printf(
        "counted: %zu recordings; %zu references, %zu of them clear; %zu programs, %zu batches "
        "that hold; "
        "%zu retaped gradients; %zu reloaded, %zu replayed; points of Functions: %zu interpreted, "
        "%zu compiled\n",
        recordings, references, clear, programs, batches, retaped, reloaded, replayed, interpreted,
        compiled);
  }
} counts;

// Where rounding matters little: there, answers must be near.
class Expected {
 public:
  explicit Expected(const Recording& r, double partials_off = 0.0)
      : recorded_(program::FromTape(r.tape, r.dependents())),
        reference_(GraphOf(recorded_.graph), recorded_.dependents, partials_off),
        answer_(reference_.At(r.x, r.weights(), r.n)),
        is_clear_(answer_.is_finite && answer_.is_smooth() &&
                  reference_.guards_are_clear(recorded_.outcomes)) {
    ++counts.references;
    counts.clear += is_clear_;
  }

  bool IsNear(const Answer& answer) const {
    bool near = true;
    for (size_t k = 0; k < answer.y.size(); ++k) near &= answer_.values[k].Allows(answer.y[k]);
    for (size_t j = 0; j < answer.gradient.size(); ++j) {
      near &= answer_.gradient[j].Allows(answer.gradient[j]);
    }
    return near;
  }
  void CheckNear(const Answer& answer, const char* what) const {
    Require(!is_clear_ || IsNear(answer), what);
  }

 private:
  program::Recorded recorded_;
  RoundingReference reference_;
  RoundingReference::Answer answer_;
  bool is_clear_;
};

std::optional<Answer> CompiledAnswer(const Recording& r, const program::LaneKernels& kernels) {
  const auto compiled = program::Compiled::Compile(r.tape, r.n, r.dependents(),
                                                   {.kernels = &kernels, .only_if_faster = false});
  if (!compiled.ok()) return std::nullopt;
  const auto workspace = (*compiled)->MakeWorkspace();
  Answer answer{Vector(r.y.size()), Vector(r.n)};
  const bool holds = (*compiled)->Gradient(r.x, r.weights(), *workspace, absl::MakeSpan(answer.y),
                                           absl::MakeSpan(answer.gradient));
  if (!holds) return std::nullopt;
  Require(IsFinite(answer.y) && IsFinite(answer.gradient), "a program's answer isn't finite");
  ++counts.programs;
  return answer;
}

void CheckNarrow(const Recording& r, const Expected& expected) {
  const std::optional<Answer> answer = CompiledAnswer(r, program::AvailableKernels()[0]);
  if (answer.has_value()) expected.CheckNear(*answer, "a compiled program and the nodes");
}

// The wider lanes give the same bits.
void CheckWide(const Recording& r, const Expected& expected) {
  const auto kernels = program::AvailableKernels();
  if (kernels.size() < 2) return;
  const std::optional<Answer> answer = CompiledAnswer(r, kernels[1]);
  if (answer.has_value()) expected.CheckNear(*answer, "a compiled program and the nodes");
  if (kernels.size() < 3) return;
  const std::optional<Answer> wider = CompiledAnswer(r, kernels[2]);
  Require(answer.has_value() == wider.has_value(), "wider lanes answer elsewhere");
  Require(!answer.has_value() ||
              (SameNumbers(answer->y, wider->y) && SameNumbers(answer->gradient, wider->gradient)),
          "wider lanes give other bits");
}

void CheckBatch(const Recording& r, const Expected& of_all) {
  const auto batch = program::Batch::Build(r.tape, r.n, r.dependents()[0]);
  if (!batch.ok()) return;
  constexpr size_t kPoints = 3;
  Vector points;
  for (size_t k = 0; k < kPoints; ++k)
    points.insert(points.end(), r.x.begin(), r.x.begin() + static_cast<ptrdiff_t>(r.n));
  const Vector p(r.x.begin() + static_cast<ptrdiff_t>(r.n), r.x.end());
  Vector values(kPoints), gradients(kPoints * r.n);
  std::vector<uint8_t> holds(kPoints);
  (*batch)->Gradient(points, p, absl::MakeSpan(values), absl::MakeSpan(gradients),
                     absl::MakeSpan(holds), *(*batch)->MakeWorkspace());
  if (holds[0] == 0) return;
  ++counts.batches;
  const bool is_scalar = r.y.size() == 1;
  std::optional<Expected> of_one;
  if (!is_scalar) of_one.emplace(Recording{r.tape, {r.y[0]}, r.x, r.n});
  const Expected& expected = is_scalar ? of_all : *of_one;
  for (size_t k = 0; k < kPoints; ++k) {
    Require(holds[k] == holds[0], "a batch answers one point in two ways");
    const auto begin = gradients.begin() + static_cast<ptrdiff_t>(k * r.n);
    const Answer answer = {{values[k]}, {begin, begin + static_cast<ptrdiff_t>(r.n)}};
    Require(IsFinite(answer.y) && IsFinite(answer.gradient), "a batch's answer isn't finite");
    expected.CheckNear(answer, "a batch and the nodes");
  }
}

bool IsFarFromOverflow(const Tape& tape) {
  const auto is_far = [](double value) {
    const double size = std::abs(value);
    return size == 0.0 || (size > 1e-100 && size < 1e100);
  };
  return std::all_of(tape.primals().begin(), tape.primals().end(), is_far) &&
         std::all_of(tape.constants().begin(), tape.constants().end(), is_far);
}

// Retape has forms of partials that cancel, over- and underflow where the table's don't
// (derive/taped_scalars.h).
void CheckRetaped(const Recording& r, const Expected& expected, const Answer& swept) {
  Tape tape;
  const std::vector<Var> x = tape.Inputs(r.x);
  const Vector w = r.weights();
  const std::vector<Var> seeds(w.begin(), w.end());
  Answer answer = {swept.y, {}};
  for (const Var& each : RecordVjp(r.tape, r.y, seeds, x))
    answer.gradient.push_back(tape.Primal(each));
  answer.gradient.resize(r.n);
  if (!IsFarFromOverflow(r.tape)) return;
  ++counts.retaped;
  if (expected.IsNear(answer)) return;
  const double off = 4.0 * std::numeric_limits<double>::epsilon();
  Expected(r, off).CheckNear(answer, "the retaped gradient and the nodes'");
}

// The sign of a NaN is whatever the processor makes of the order of its operands, so what copies it
// isn't compared.
bool CopiesSignOfNan(const Tape& tape) {
  const auto is_nan = [&](Operand x) {
    return !x.is_constant() && std::isnan(tape.primals()[x.index()]);
  };
  for (const Node& node : tape.nodes()) {
    if (node.op == Op::kCopysign && is_nan(node.operands[1])) return true;
  }
  return false;
}

void CheckReloaded(const Recording& r, const Answer& swept) {
  ++counts.reloaded;
  const absl::StatusOr<std::string> bytes = TapeToBytes(r.tape, r.y);
  Require(bytes.ok(), "a tape can't be saved");
  absl::StatusOr<LoadedTape> loaded = TapeFromBytes(*bytes);
  Require(loaded.ok(), "a saved tape can't be loaded");
  Require(testing::SameTape(r.tape, *loaded->tape), "a loaded tape is another one");
  const Answer again = Swept({*loaded->tape, loaded->outputs, r.x, r.n});
  Require(SameNumbers(swept.y, again.y) && SameNumbers(swept.gradient, again.gradient),
          "a loaded tape gives other bits");
  for (size_t k = 0; k < r.y.size(); ++k) {
    Require(SameNumbers(r.tape.Backward(r.y[k]).Gradient(),
                        loaded->tape->Backward(loaded->outputs[k]).Gradient()),
            "a loaded tape's records give other bits");
  }
}

void CheckReplayed(const Recording& r, const Answer& swept) {
  ++counts.replayed;
  Require(r.tape.Replay(r.x).ok(), "a replay where it was recorded fails");
  const Answer replayed = Swept(r);
  Require(SameNumbers(swept.y, replayed.y) && SameNumbers(swept.gradient, replayed.gradient),
          "a replay gives other bits");
}

// What an input's recording is compared with: one of these, as all take eight times as long.
enum class Engine {
  kNarrow,
  kWide,
  kBatch,
  kRetaped,
  kReloaded,
  kReplayed,
  kInterpreted,
  kCompiled
};
constexpr size_t kEngines = 8;

void CheckRecording(const Recording& r, Engine engine) {
  if (CopiesSignOfNan(r.tape)) return;
  ++counts.recordings;
  const Answer swept = Swept(r);
  if (engine == Engine::kReloaded) return CheckReloaded(r, swept);
  if (engine == Engine::kReplayed) return CheckReplayed(r, swept);
  const Expected expected(r);
  expected.CheckNear(swept, "the nodes and the reference");
  if (engine == Engine::kNarrow) CheckNarrow(r, expected);
  if (engine == Engine::kWide) CheckWide(r, expected);
  if (engine == Engine::kBatch) CheckBatch(r, expected);
  if (engine == Engine::kRetaped) CheckRetaped(r, expected, swept);
}

// Values and gradients, interpreted, have the bits of a fresh recording at every point.
void CheckInterpreted(const fuzz::RandomProgram& program, Choices& choices) {
  const FunctionOptions never = {.compile_after = FunctionOptions::kNever};
  const Function f = Function::Record(program, program.x(), never);
  Vector x = program.x();
  for (int point = 0; point < 3; ++point) {
    ++counts.interpreted;
    Tape tape;
    const std::vector<Var> y = program(tape.Inputs(x));
    if (CopiesSignOfNan(tape)) return;
    Vector w(y.size()), values(y.size()), gradient(x.size());
    w[0] = 1.0;
    f.Values(x, absl::MakeSpan(values));
    f.Vjp(x, w, absl::MakeSpan(gradient));
    for (size_t k = 0; k < y.size(); ++k) {
      Require(SameNumbers({values[k]}, {y[k].value()}), "a Function's value isn't a recording's");
    }
    const Vector fresh = y[0].is_constant() ? Vector(x.size()) : tape.Backward(y[0]).Gradient();
    Require(SameNumbers(gradient, fresh), "a Function's gradient isn't a recording's");
    for (double& each : x) each = choices.Number();
  }
  const absl::StatusOr<std::string> bytes = f.ToBytes();
  Require(bytes.ok(), "a Function can't be saved");
  const absl::StatusOr<Function> loaded = Function::FromBytes(*bytes, never);
  Require(loaded.ok() && *loaded->ToBytes() == *bytes, "a Function can't be loaded");
}

// Compiled, they are near those of a fresh recording, on whatever branch.
void CheckCompiled(const fuzz::RandomProgram& program, Choices& choices) {
  const Function f = Function::Record(program, program.x(), {.compile_after = 0});
  Vector x = program.x();
  for (int point = 0; point < 2; ++point) {
    ++counts.compiled;
    Answer answer{Vector(program.outputs()), Vector(x.size())};
    f.Values(x, absl::MakeSpan(answer.y));
    Tape tape;
    const Recording r = {tape, program(tape.Inputs(x)), x, x.size()};
    f.Vjp(x, r.weights(), absl::MakeSpan(answer.gradient));
    const auto is_constant = [](const Var& each) { return each.is_constant(); };
    if (std::none_of(r.y.begin(), r.y.end(), is_constant)) {
      Expected(r).CheckNear(answer, "a compiled Function and a recording");
    }
    for (double& each : x) each = choices.Number();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Choices choices(data, size);
  const bool is_loopy = choices.Below(8) == 0;
  const auto engine = static_cast<Engine>(choices.Below(kEngines));
  if (is_loopy) {
    const uint64_t seed = choices.Seed();
    testing::LoopyProgram program(seed, {.recurrences = choices.Below(2) == 1, .is_small = true});
    CheckRecording({program.tape, program.outputs, program.x0, program.n}, engine);
    return 0;
  }
  const fuzz::RandomProgram program(choices);
  if (engine == Engine::kInterpreted) {
    CheckInterpreted(program, choices);
  } else if (engine == Engine::kCompiled) {
    CheckCompiled(program, choices);
  } else {
    Tape tape;
    std::vector<Var> y;
    for (const Var& each : program(tape.Inputs(program.x()))) {
      if (!each.is_constant()) y.push_back(each);
    }
    if (!y.empty()) CheckRecording({tape, y, program.x(), program.x().size()}, engine);
  }
  return 0;
}
