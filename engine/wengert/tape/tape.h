#ifndef WENGERT_TAPE_TAPE_H_
#define WENGERT_TAPE_TAPE_H_

// The tape (a Wengert list). Invariants:
//   1. the operands of node i have indices below i;
//   2. a node never changes once appended;
//   3. primals()[i] is the primal of node i at the tape's current point;
//   4. independents are numbered in order of creation;
//   5. a tape is written by one thread; any number of threads may sweep it, each with its own
//      Adjoints.
// What is stored is the stream of records of stream.h, which is shorter and faster to write and to
// sweep; nodes, primals and constants are what it means, decoded (nodes.h) when they are asked for.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "wengert/base/buffer.h"
#include "wengert/base/status_declared.h"
#include "wengert/tape/adjoints.h"
#include "wengert/tape/custom.h"
#include "wengert/tape/node.h"
#include "wengert/tape/nodes.h"
#include "wengert/tape/recorder.h"
#include "wengert/tape/stream.h"
#include "wengert/tape/var.h"

namespace wengert {

class TapeReader;

struct TapeOptions {                               // How much a tape holds.
  size_t reserve_nodes = 0;                        // memory taken at once, in nodes
  uint32_t max_nodes = Operand::kConstantBit / 3;  // one more record is a UsageError
};

class Tape : private Recorder {
 public:
  // Begins to record this thread's operations on Vars. Tapes nest: the innermost records.
  explicit Tape(TapeOptions options = {});
  // On the thread that made it, or on any after Stop; else the program is terminated.
  ~Tape();
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  // Ends recording on this thread before the end of the tape's life. The tape may then be swept,
  // replayed and destroyed by any thread; its Vars can be looked up but not computed with.
  void Stop();
  bool is_recording() const { return recording_; }

  // A new independent.
  WENGERT_INLINE Var Input(double x) {
    if (Recorder::innermost_.recorder != this) [[unlikely]]
      CheckRecordsHere();
    MakeRoom();
    input_records_.push_back(size_);
    Var input;
    Finish(input.fields_, 0, x, end_, uint32_t{kInputCode});
    return input;
  }
  std::vector<Var> Inputs(absl::Span<const double> x);

  // d root / d every node, by one reverse sweep over the nodes up to root: O(size), no allocation
  // once warm. The first form writes to Adjoints that the tape owns, valid until the next call of
  // it. A constant root has zero adjoints everywhere.
  const Adjoints& Backward(const Var& root);
  void Backward(const Var& root, Adjoints& adjoints) const;

  // Moves the tape to the point x, one number for each independent: recomputes every primal by one
  // forward sweep. A recorded comparison that comes out differently at x means that the recording
  // isn't the program's at x: FailedPrecondition, naming it, and the tape stays at its point. Vars
  // keep the primals they were made with, so at any other point nothing more can be recorded.
  absl::Status Replay(absl::Span<const double> x);

  // The primal of v at the tape's current point. A constant is its own primal.
  double Primal(const Var& v) const;

  // Forgets all nodes, keeps the memory, that of nodes() too. Every Var of this tape becomes stale.
  void Clear();

  // A place on the tape. Rewind forgets what was recorded after it, and those Vars become stale.
  class Position {
   private:
    friend class Tape;
    size_t words_;
    uint32_t records_, guards_, inputs_, calls_, stamp_;
  };
  Position Mark();                        // the end of the tape as it is
  void Rewind(const Position& position);  // O(what was recorded since)

  // The tape as nodes, for printing, sweeps and passes. The first call after recording decodes what
  // was recorded since the last one, O(that), or all of it after a Rewind; any number of threads
  // may read. Spans are valid until the tape is written to.
  size_t size() const { return decoded().nodes.size(); }
  absl::Span<const Node> nodes() const { return decoded().nodes; }
  absl::Span<const double> primals() const { return decoded().primals; }
  absl::Span<const double> constants() const { return decoded().constants; }
  absl::Span<const uint32_t> inputs() const {
    return decoded().inputs;
  }  // node of each independent
  absl::Span<const Guard> guards() const { return decoded().guards; }

  // The calls of user-defined operations, and their operands one after the other (custom.h).
  bool has_custom() const { return !calls_.calls.empty(); }
  absl::Span<const CustomCall> calls() const { return decoded().calls; }
  absl::Span<const Operand> call_operands() const { return decoded().call_operands; }

  // The node of v: UsageError unless v is active and alive here.
  uint32_t NodeOf(const Var& v, const char* where) const;

  // The tape as records (stream.h), for sweeps over them. Valid until the tape is written to.
  struct Records {
    const Word* end;                         // of the newest
    uint32_t size;                           // how many
    const Cell* primals;                     // of each
    absl::Span<const uint32_t> inputs;       // record of each
    absl::Span<const RecordedGuard> guards;  // as recorded
  };
  Records records() const { return {end_, size_, primals_, input_records_, recorded_guards_}; }
  uint32_t RecordOf(const Var& v, const char* where) const;  // UsageError like NodeOf
  Operand NodeOfRecord(uint32_t record) const { return decoded().operand_of[record]; }  // decodes

  size_t bytes() const;           // in use by records, primals and guards
  size_t reserved_bytes() const;  // taken from the system for them, and for nodes()

  // For the comparisons of Var; see record.h.
  static void RecordGuard(Op op, const Var& a, const Var& b, double outcome);
  // For CustomOperation: y holds the values as constants, and then the outputs.
  static void RecordCall(const std::shared_ptr<const CustomRules>& rules, absl::Span<const Var> x,
                         absl::Span<Var> y);

 private:
  friend class Adjoints;
  friend class Recorder;
  friend class TapeReader;
  friend class Var;
  friend class WhileRuleRuns;

  static Tape* Current();  // null where no tape records
  void CheckRecordsHere() const;
  bool IsAlive(const VarFields& v) const;
  bool HadAt(uint32_t stamp, uint32_t record) const;
  void CheckOperand(const VarFields& v) const;
  static Continuation* RecordOperands(Recorder* recorder, Op op, uint32_t hint, double y,
                                      absl::Span<const VarFields> operands) noexcept;
  bool Begin(Continuation& next) noexcept;
  bool FindRoom(Continuation& next) noexcept;
  bool AppendSeal(Continuation& next) noexcept;
  const Word* EndOf(uint32_t record) const;
  bool SweepRecords(uint32_t root, double* adjoints) const;  // false: to be swept by nodes
  void PushCall(const RecordedCalls::Call& call, uint32_t root, double* adjoints) const;
  void BackwardByNodes(uint32_t root, Adjoints& adjoints) const;
  [[noreturn]] void ThrowNotMine(const VarFields& v, const char* where) const;
  [[noreturn]] static void ThrowNotRecording();
  void BeginGeneration();
  Position Here() const;
  bool IsBefore(const Position& position, const Position& end) const;
  const TapeNodes& decoded() const;
  void MoveTo(absl::Span<const double> x);
  void NoteWhereItIs();
  void CheckIsWhereRecorded() const;
  Recorder** LinkToThis() const;  // of the thread's recording tapes; null if it isn't among them

  bool recording_ = true;
  uint32_t max_records_;
  Buffer<Word> words_;
  Buffer<Cell> cells_;
  std::vector<uint32_t> input_records_;
  std::vector<RecordedGuard> recorded_guards_;
  RecordedCalls calls_;
  std::vector<Position> generations_;  // where each begins, with its stamp; it ends at the next
  Recorder* outer_;
  uint64_t owner_;  // the thread that records
  Adjoints adjoints_;
  std::vector<double> previous_point_;
  UnwrittenVector<double> previous_primals_;
  std::vector<double> recorded_point_;  // while the tape is at another: that of its Vars
  bool is_elsewhere_ = false;

  mutable std::mutex decoding_;
  mutable std::atomic<uint64_t> decoded_records_{0};  // what `decoded_` was made from
  mutable std::atomic<size_t> decoded_guards_{0};
  mutable TapeNodes decoded_;
};

}  // namespace wengert

#endif  // WENGERT_TAPE_TAPE_H_
