// One recording, or one reverse sweep, of a workload, for a tool that counts instructions
// (bench/record/instructions.sh): in a function of its own, after two of each that warm the memory.
// Prints the elementary operations of the workload.
//
//   instructions [<the workload's name or how it begins> [record|sweep]]

#include <cstdio>
#include <string>
#include <variant>
#include <vector>

#include "absl/types/span.h"
#include "bench/workloads/counted.h"
#include "bench/workloads/suite.h"
#include "bench/workloads/wengert.h"
#include "wengert/wengert.h"

namespace bench {
namespace {

template <class Workload>
struct Subject {
  explicit Subject(const Workload& w) : function(w), point(w.x0()), gradient(w.n()) {}

  [[gnu::noinline]] void Record() { root = RecordAt(function, point.data(), tape, inputs); }
  [[gnu::noinline]] void Sweep() { tape.Backward(root).Gradient(absl::MakeSpan(gradient)); }

  // These are counted. They only call, so a compiler has no cold part of them to set aside, at
  // which the tool would stop counting.
  [[gnu::noinline]] void CountedRecord() { Record(); }
  [[gnu::noinline]] void CountedSweep() { Sweep(); }

  const Workload function;
  const std::vector<double> point;
  std::vector<double> gradient;
  wengert::Tape tape;
  std::vector<wengert::Var> inputs;
  wengert::Var root;
};

template <class Workload>
void Run(const Workload& workload, const std::string& phase) {
  Subject<Workload> subject(workload);
  for (int k = 0; k < 2; ++k) {
    subject.Record();
    subject.Sweep();
  }
  if (phase != "sweep") subject.CountedRecord();
  if (phase != "record") subject.CountedSweep();
  std::printf("%zu\n", static_cast<size_t>(CountOperations(workload).operations));
}

int Main(int argc, char** argv) {
  const std::string name = argc > 1 ? argv[1] : "", phase = argc > 2 ? argv[2] : "";
  bool found = false;
  for (const NamedWorkload& named : MadeUpWorkloads()) {
    if (named.name.rfind(name, 0) != 0) continue;
    std::visit([&](const auto& workload) { Run(workload, phase); }, named.workload);
    found = true;
  }
  if (!found) std::fprintf(stderr, "no workload's name begins with %s\n", name.c_str());
  return found ? 0 : 1;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::Main(argc, argv); }
