#ifndef WENGERT_FUNCTION_FUNCTION_H_
#define WENGERT_FUNCTION_FUNCTION_H_

// Record once, replay safely. A Function records a callable at a point and from then on evaluates
// it and its derivatives by sweeping the tape. Every comparison on the tape is checked in order
// while the primals are recomputed; at the first one that comes out differently the evaluation goes
// on with another trace that took this branch, and if there is none, records one. It never answers
// with the wrong branch.

#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "wengert/base/results.h"
#include "wengert/base/status_declared.h"
#include "wengert/derive/sparse.h"
#include "wengert/function/arguments.h"
#include "wengert/function/parameters.h"
#include "wengert/function/tier_maker.h"
#include "wengert/tape/tape.h"
#include "wengert/tape/var.h"

namespace wengert {

struct NonFinite;  // derive/first_non_finite.h

struct FunctionOptions {      // How a Function records and evaluates.
  size_t max_traces = 64;     // kept at once; the least recently used one leaves
  bool refuse_reads = false;  // a plain value() of an active Var while recording is a UsageError
  TapeOptions tape{};         // of its recordings

  // A trace that was evaluated this often by interpreting its tape is compiled: 0 with its
  // recording, kNever never. The evaluation whose turn it is waits; those of other threads don't.
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
  int64_t compile_after = 8;
  TierMaker compiler = ProgramTiers();  // null: none
  // That share the long loops of a compiled evaluation; the bits of its results don't depend on it.
  // The functions of a process share them, and one that finds them at work does without.
  int threads = 1;
};

// f: R^n -> R^m. A cheap handle: copies share traces and parameters. Safe to evaluate from many
// threads at once, with results bit-equal to those of one thread (see below); recordings happen one
// at a time, so the callable is never entered by two threads together. A callable must compute the
// same operations whenever its comparisons come out the same. A callable that throws leaves the
// Function as it was, and the exception reaches the caller. It is kept and called again whenever a
// branch is new, so what it refers to must live as long. It may evaluate other Functions, but not
// its own on a branch that isn't recorded: UsageError; two that evaluate each other while they
// record must not do so from two threads, which would wait for each other. As anywhere, the last
// copy must not be destroyed while a thread evaluates it; give each thread a copy.
//
// Values, Gradient and Vjp of a trace that is interpreted have the bits of a fresh recording at the
// point. Compiled, they are those of the same operations in SIMD lanes: each operation and each
// partial is within 5 ulp, products may be fused into sums, and a sum that goes through a loop is
// added in another order, the same at every call and for every number of threads; so is a long
// maximum, product, norm or logaddexp, except where the order decides, as at ties. The branch is
// that of a fresh recording all the same: where a guard came out differently, where its sides are
// so near that roundings could decide it, or where a result isn't finite, the nodes are swept, and
// their answer counts. A trace of which that is so more often than not is interpreted again, except
// with compile_after = 0. A result so changes by some roundings when its trace is compiled, and
// which evaluation that is depends, with several threads, on their timing: compile_after = 0 or
// kNever gives the same bits always, but for batches over more than 8 branches. Jvp and Hvp get
// programs of their own when a compiled trace has been asked for them as often, with the partials
// of Retape (derive/retape.h), and matrices are made of such products where that is sooner done. A
// batch may differ by roundings from its points one by one, too.
//
// Spans of a wrong length throw UsageError, and so do results over numbers that they are computed
// from: f.Gradient(x, x). Once warm, no evaluation allocates, unless it records.
class Function {
 public:  // Callable: the outputs, from x and the parameters.
  using Callable = std::function<std::vector<Var>(absl::Span<const Var>, absl::Span<const Var>)>;

  // Records callable(x) at x0; it gives a Var or a vector of Var.
  template <std::invocable<absl::Span<const Var>> F>
  static Function Record(F callable, absl::Span<const double> x0, FunctionOptions options = {}) {
    return RecordErased(
        [f = std::move(callable)](absl::Span<const Var> x, absl::Span<const Var>) mutable {
          return AsVector(f(x));
        },
        x0, {}, options);
  }

  // Records callable(x, p) at x0 and p0. The parameters p are inputs that may change from call to
  // call but aren't differentiated.
  template <std::invocable<absl::Span<const Var>, absl::Span<const Var>> F>
  static Function Record(F callable, absl::Span<const double> x0, absl::Span<const double> p0,
                         FunctionOptions options = {}) {
    return RecordErased(
        [f = std::move(callable)](absl::Span<const Var> x, absl::Span<const Var> p) mutable {
          return AsVector(f(x, p));
        },
        x0, p0, options);
  }

  // A Function without a callable: the tape's inputs are x, its guards can't be re-recorded, and an
  // evaluation on another branch throws UsageError naming the comparison. Takes the tape, stopped
  // or not; `outputs` are Vars of it.
  static Function FromTape(std::unique_ptr<Tape> tape, absl::Span<const Var> outputs,
                           const FunctionOptions& options = {});

  // Writes the traces kept now, with the parameters and their values, as SaveTape writes a tape,
  // and with its errors (tape/tape_file.h).
  absl::Status Save(const std::string& path) const;
  absl::StatusOr<std::string> ToBytes() const;

  // What Save wrote, evaluated at any point whose branch is one of the saved traces'. There is no
  // callable: on any other branch an evaluation throws UsageError naming the comparison. The file
  // may be a stranger's, as LoadTape's may, with at most 128 bytes of memory a byte of it;
  // options.tape limits each trace.
  static absl::StatusOr<Function> Load(const std::string& path,
                                       const FunctionOptions& options = {});
  static absl::StatusOr<Function> FromBytes(std::string_view bytes,
                                            const FunctionOptions& options = {});

  // No moves: what was moved from would be nothing.
  Function(const Function&) = default;
  Function& operator=(const Function&) = default;

  size_t inputs() const;   // n
  size_t outputs() const;  // m

  // f(x), for m = 1. One forward sweep, shared with a derivative at the same x that follows.
  double Value(const Arguments& at) const;
  // f(x), m numbers.
  void Values(const Arguments& at, Results values) const;
  // f(x), and its gradient into n numbers, for m = 1: a forward and a reverse sweep.
  double Gradient(const Arguments& at, Results gradient) const;
  // J v: n numbers to m, one tangent sweep.
  void Jvp(const Arguments& at, absl::Span<const double> v, Results product) const;
  // J' w: m numbers to n, one reverse sweep.
  void Vjp(const Arguments& at, absl::Span<const double> w, Results product) const;
  // (grad^2 f) v, for m = 1: n numbers to n, a tangent and a reverse sweep over dual numbers.
  void Hvp(const Arguments& at, absl::Span<const double> v, Results product) const;
  // J, m x n numbers row by row: ceil(min(m, n) / 8) sweeps.
  void Jacobian(const Arguments& at, Results jacobian) const;
  std::vector<double> Jacobian(const Arguments& at) const;
  // The symmetric n x n matrix of second derivatives, for m = 1: ceil(n / 8) sweeps.
  void Hessian(const Arguments& at, Results hessian) const;
  std::vector<double> Hessian(const Arguments& at) const;
  // The same as compressed rows: ceil(colors / 8) sweeps. Pattern and coloring are made once a
  // trace. The first forms allocate only when the matrix had another pattern; the Hessian is that
  // of the outputs' sum weighted by m numbers, a Lagrangian's.
  void SparseJacobian(const Arguments& at, CsrMatrix& jacobian) const;
  CsrMatrix SparseJacobian(const Arguments& at) const;
  void SparseHessian(const Arguments& at, absl::Span<const double> weights,
                     CsrMatrix& hessian) const;
  CsrMatrix SparseHessian(const Arguments& at) const;
  // k points, k x n row by row, to k values and k x n gradients, for m = 1. A compiled trace does
  // its points in lanes. Points may take different branches: one of those that are left finds or
  // records its trace, which then does all that belong to it; after 8 traces the rest go one by
  // one, like interpreted ones do. If one of them throws, some results are written.
  void GradientBatch(absl::Span<const double> points, Results values, Results gradients) const;

  // The parameters for later calls that don't give them. Not to be called while others evaluate
  // copies of this Function and expect the old ones.
  void SetParameters(absl::Span<const double> p);
  // The value of a Parameter by its name; UsageError if the recordings so far used no such name.
  // A call that is under way keeps what it began with.
  void Set(std::string_view name, double value);

  struct Statistics {              // What has been done.
    int64_t recordings;            // made so far
    int64_t compilations;          // tried so far
    size_t traces;                 // kept now
    int64_t evaluations;           // forward sweeps over the traces kept now
    int64_t compiled_evaluations;  // those of them that compiled code made
  };
  Statistics statistics() const;  // counted so far

  // What was recorded: inputs, parameters, nodes by operation, guards, traces with their hits,
  // bytes, tier, time spent recording and compiling. Of a compiled trace the loops found, with
  // their counts, what their operands are and what becomes of their results, and what is executed a
  // number at a time, and why; of one that isn't compiled, why. O(nodes).
  std::string Explain() const;

 private:
  friend std::string Listing(const Function& f);
  friend std::string Dot(const Function& f);
  friend NonFinite FirstNonFinite(const Function& f, const Arguments& at);
  class State;
  explicit Function(std::shared_ptr<State> state) : state_(std::move(state)) {}
  static Function RecordErased(Callable callable, absl::Span<const double> x0,
                               absl::Span<const double> p0, const FunctionOptions& options);
  static std::vector<Var> AsVector(Var output) { return {output}; }
  static std::vector<Var> AsVector(std::vector<Var> outputs) { return outputs; }

  std::shared_ptr<State> state_;
};

// The programs of the traces kept now, most recently used first: of a compiled one the code of
// value and gradient, block by block, over cells of memory; of one that isn't, why.
//
//   trace 0: 12 nodes, compiled
//     gradient in cell[80] .. cell[129]
//     inputs in cell[8] .. cell[57], outputs in cell[72]
//     block 0, 49 times in lanes           k = 0 .. 48
//       v0  cell[8 + k]                    also cell[9]: the same each time; cell[t0[k]]: by a
//       table; v1  sin  v0                        c0[k]: a constant each cell[72] += v1
//
// Takes as long as compiling does; so does Dot. A block takes a line or more, and each operation
// that differs one, so the text may be long.
std::string Listing(const Function& f);

// The same as a Graphviz digraph: a cluster a trace, in it a node for the inputs, one for each
// block with its operations and how often and how they are executed, one for the results, and edges
// from what computes a number to what reads it. Blocks that are alike, in a row or in turn, share a
// node; those behind the first 60 nodes share one, too, as do traces behind the first 8. Render it
// with `dot -Tsvg`.
std::string Dot(const Function& f);

// Where a NaN or an infinity of f or its first derivatives comes from: what FirstNonFinite of a
// callable says, of the trace that `at` belongs to. Sweeps nodes, so it may name an overflow that a
// compiled trace doesn't meet; v7 is node 7 of what f records at this point, as in Listing of that
// tape. Records, where the branch is new.
NonFinite FirstNonFinite(const Function& f, const Arguments& at);

}  // namespace wengert

#endif  // WENGERT_FUNCTION_FUNCTION_H_
