#ifndef WENGERT_TAPE_TAPE_H_
#define WENGERT_TAPE_TAPE_H_

// The tape (a Wengert list). Invariants:
//   1. the operands of node i have indices below i;
//   2. a node never changes once appended;
//   3. primals()[i] is the primal of node i at the tape's current point;
//   4. independents are numbered in order of creation;
//   5. a tape is written by one thread; any number of threads may sweep it, each with its own
//      Adjoints.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "wengert/base/buffer.h"
#include "wengert/tape/adjoints.h"
#include "wengert/tape/node.h"
#include "wengert/tape/var.h"

namespace wengert {

struct TapeOptions {
  size_t reserve_nodes = 0;                        // memory taken at once, in nodes
  uint32_t max_nodes = Operand::kConstantBit - 1;  // one more is a UsageError
};

class Tape {
 public:
  // Begins to record this thread's operations on Vars. Tapes nest: the innermost records.
  explicit Tape(TapeOptions options = {});
  ~Tape();
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  // Ends recording on this thread before the end of the tape's life. The tape may then be swept,
  // replayed and destroyed by any thread; its Vars can be looked up but not computed with.
  void Stop();
  bool is_recording() const { return recording_; }

  // A new independent.
  Var Input(double x);
  std::vector<Var> Inputs(absl::Span<const double> x);

  // d root / d every node, by one reverse sweep over the nodes up to root: O(size), no allocation
  // once warm. The first form writes to Adjoints that the tape owns, valid until the next call of
  // it. A constant root has zero adjoints everywhere.
  const Adjoints& Backward(const Var& root);
  void Backward(const Var& root, Adjoints& adjoints) const;

  // Moves the tape to the point x, one number for each independent: recomputes every primal by one
  // forward sweep. A recorded comparison that comes out differently at x means that the recording
  // isn't the program's at x: FailedPrecondition, naming it, and the tape stays at its point.
  absl::Status Replay(absl::Span<const double> x);

  // The primal of v at the tape's current point. A constant is its own primal.
  double Primal(const Var& v) const;

  // Forgets all nodes, keeps the memory. Every Var of this tape becomes stale.
  void Clear();

  // A place on the tape. Rewind forgets what was recorded after it, and those Vars become stale.
  class Position {
   private:
    friend class Tape;
    uint32_t nodes_, constants_, guards_, inputs_, stamp_;
  };
  Position Mark() const;
  void Rewind(const Position& position);

  size_t size() const { return size_; }  // nodes, independents among them
  size_t bytes() const;                  // in use by nodes, primals, constants and guards
  size_t reserved_bytes() const;         // taken from the system for them

  // What is recorded, for printing, sweeps and passes.
  absl::Span<const Node> nodes() const { return {nodes_.data(), size_}; }
  absl::Span<const double> primals() const { return {primals_.data(), size_}; }
  absl::Span<const double> constants() const { return constants_; }
  absl::Span<const uint32_t> inputs() const { return inputs_; }  // node of each independent
  absl::Span<const Guard> guards() const { return guards_; }

  // The node of v, or its constant's absence: UsageError unless v is active and alive here.
  uint32_t NodeOf(const Var& v, const char* where) const;

  // For the operators of Var; see record.h.
  template <Op op, class... Operands>
  static Var Record(double primal, const Operands&... operands);
  static void RecordGuard(Op op, const Var& a, const Var& b, double outcome);

 private:
  struct Segment {  // nodes from `begin` on carry `stamp`
    uint32_t begin;
    uint32_t stamp;
  };

  Var Append(const Node& node, double primal);
  Operand OperandOf(const Var& v);
  Operand AddConstant(double value);
  bool IsAlive(const Var& v) const;
  [[noreturn]] void ThrowNotMine(const Var& v, const char* where) const;
  [[noreturn]] static void ThrowNotRecording();
  void Grow();
  void MoveTo(absl::Span<const double> x);

  static thread_local constinit Tape* innermost_;

  uint32_t size_ = 0;
  uint32_t capacity_ = 0;
  uint32_t stamp_ = 0;
  bool recording_ = true;
  Buffer<Node> nodes_;
  Buffer<double> primals_;
  std::vector<double> constants_;
  std::vector<uint32_t> inputs_;
  std::vector<Guard> guards_;
  std::vector<Segment> segments_;
  uint32_t max_nodes_;
  Tape* outer_;
  Tape** owner_;  // the thread's innermost_, to notice another thread's
  Adjoints adjoints_;
  std::vector<double> previous_point_;
};

}  // namespace wengert

#endif  // WENGERT_TAPE_TAPE_H_
