#include "wengert/tape/tape.h"

#include <algorithm>
#include <atomic>
#include <ostream>

#include "absl/strings/str_cat.h"
#include "wengert/base/check.h"
#include "wengert/tape/record.h"

namespace wengert {
namespace {

// 0 marks constants. A stale Var is taken for a live one only if exactly 2^32 generations of tapes
// were begun since it was made.
uint32_t NewStamp() {
  static std::atomic<uint32_t> last{0};
  uint32_t stamp;
  do {
    stamp = ++last;
  } while (stamp == 0);
  return stamp;
}

constexpr uint32_t kFirstCapacity = 1024;

}  // namespace

thread_local constinit Tape* Tape::innermost_ = nullptr;

Tape::Tape(TapeOptions options)
    : stamp_(NewStamp()),
      segments_{{0, stamp_}},
      max_nodes_(std::min(options.max_nodes, Operand::kConstantBit - 1)),
      outer_(innermost_),
      owner_(&innermost_) {
  const size_t reserve = std::min<size_t>(options.reserve_nodes, max_nodes_);
  nodes_.Reserve(reserve);
  primals_.Reserve(reserve);
  capacity_ = static_cast<uint32_t>(reserve);
  innermost_ = this;
}

Tape::~Tape() {
  if (recording_) Stop();
}

void Tape::Stop() {
  if (!recording_) return;
  if (owner_ != &innermost_) {
    ThrowUsageError("Tape::Stop", "this thread isn't the one that records on the tape",
                    "stop or destroy a tape on the thread that made it");
  }
  Tape** link = &innermost_;
  while (*link != this) link = &(*link)->outer_;
  *link = outer_;
  recording_ = false;
}

Var Tape::Input(double x) {
  if (owner_ != &innermost_ || !recording_) {
    ThrowUsageError("Tape::Input", "the tape doesn't record on this thread",
                    "make inputs on the thread that made the tape, before Stop");
  }
  inputs_.push_back(size_);
  try {
    return Append(Node{}, x);
  } catch (...) {
    inputs_.pop_back();
    throw;
  }
}

std::vector<Var> Tape::Inputs(absl::Span<const double> x) {
  std::vector<Var> inputs;
  inputs.reserve(x.size());
  for (double each : x) inputs.push_back(Input(each));
  return inputs;
}

Operand Tape::AddConstant(double value) {
  if (constants_.size() >= Operand::kConstantBit - 1) {
    ThrowUsageError("arithmetic on Var", "the tape has 2^31 - 1 constants", "use several tapes");
  }
  constants_.push_back(value);
  return Operand::Constant(static_cast<uint32_t>(constants_.size() - 1));
}

void Tape::RecordGuard(Op op, const Var& a, const Var& b, double outcome) {
  Tape* const tape = innermost_;
  if (tape == nullptr) ThrowNotRecording();
  const Operand left = tape->OperandOf(a);
  const Operand right = tape->OperandOf(b);
  tape->guards_.push_back({op, left, right, tape->size_, outcome});
}

void Tape::Grow() {
  if (capacity_ >= max_nodes_) {
    ThrowUsageError("arithmetic on Var", absl::StrCat("the tape has its ", max_nodes_, " nodes"),
                    "raise TapeOptions::max_nodes (2^31 - 1 at most), or use Mark and Rewind");
  }
  const size_t twice = std::max<size_t>(kFirstCapacity, size_t{capacity_} * 2);
  const size_t capacity = std::min<size_t>(twice, max_nodes_);
  nodes_.Reserve(capacity);
  primals_.Reserve(capacity);
  capacity_ = static_cast<uint32_t>(capacity);
}

bool Tape::IsAlive(const Var& v) const {
  if (v.is_constant() || v.node_ >= size_) return false;
  auto segment = segments_.end();
  do {
    --segment;
  } while (segment->begin > v.node_);
  return segment->stamp == v.stamp_;
}

uint32_t Tape::NodeOf(const Var& v, const char* where) const {
  if (!IsAlive(v)) ThrowNotMine(v, where);
  return v.node_;
}

double Tape::Primal(const Var& v) const {
  return v.is_constant() ? v.primal_ : primals_[NodeOf(v, "Tape::Primal")];
}

void Tape::Clear() {
  size_ = 0;
  constants_.clear();
  guards_.clear();
  inputs_.clear();
  stamp_ = NewStamp();
  segments_.assign({{0, stamp_}});
}

Tape::Position Tape::Mark() const {
  Position here;
  here.nodes_ = size_;
  here.constants_ = static_cast<uint32_t>(constants_.size());
  here.guards_ = static_cast<uint32_t>(guards_.size());
  here.inputs_ = static_cast<uint32_t>(inputs_.size());
  here.stamp_ = stamp_;
  return here;
}

void Tape::Rewind(const Position& position) {
  const bool known = std::any_of(segments_.begin(), segments_.end(), [&](const Segment& segment) {
    return segment.stamp == position.stamp_ && segment.begin <= position.nodes_;
  });
  if (!known || position.nodes_ > size_) {
    ThrowUsageError(
        "Tape::Rewind", "the position isn't on this tape any more",
        "rewind a tape to a Mark of its own, made since its last Clear or Rewind past it");
  }
  segments_.reserve(segments_.size() + 1);
  size_ = position.nodes_;
  constants_.resize(position.constants_);
  guards_.resize(position.guards_);
  inputs_.resize(position.inputs_);
  while (!segments_.empty() && segments_.back().begin >= size_) segments_.pop_back();
  stamp_ = NewStamp();
  segments_.push_back({size_, stamp_});
}

size_t Tape::bytes() const {
  return size_ * (sizeof(Node) + sizeof(double)) + constants_.size() * sizeof(double) +
         guards_.size() * sizeof(Guard) + inputs_.size() * sizeof(uint32_t);
}

size_t Tape::reserved_bytes() const {
  return nodes_.bytes() + primals_.bytes() + constants_.capacity() * sizeof(double) +
         guards_.capacity() * sizeof(Guard) + inputs_.capacity() * sizeof(uint32_t);
}

void Tape::ThrowNotMine(const Var& v, const char* where) const {
  ThrowUsageError(where,
                  absl::StrCat("the Var (node ", v.node_, ", generation ", v.stamp_,
                               ") isn't alive on the tape of generation ", stamp_),
                  "its tape was destroyed, cleared or rewound, or is another one; make it anew "
                  "with Tape::Input, or use value() for its number");
}

void Tape::ThrowNotRecording() {
  ThrowUsageError("arithmetic on Var", "no tape records on this thread",
                  "construct a wengert::Tape and keep it alive while you compute");
}

std::ostream& operator<<(std::ostream& out, const Var& a) { return out << a.primal_; }

}  // namespace wengert
