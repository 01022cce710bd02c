#ifndef WENGERT_PROGRAM_GRAPH_BUILDER_H_
#define WENGERT_PROGRAM_GRAPH_BUILDER_H_

// How the body of a block is put together, node by node, with what its leaves and roots are bound
// to. Blocks whose bodies are equal share one.

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "wengert/program/blocks.h"

namespace wengert::program {

class BodyPool {
 public:
  std::shared_ptr<const BlockBody> Shared(BlockBody body);

 private:
  std::unordered_map<std::string, std::shared_ptr<const BlockBody>> bodies_;
};

class BodyBuilder {
 public:
  Operand Constant(double value);
  Operand Leaf(Source source);  // the same for the same source
  Operand Append(const Instruction& instruction);
  void Root(Operand root, Target target);
  // The root given last is, an iteration later, what `leaf` is.
  void Recur(Operand leaf);

  // What an operand is if it is a leaf, or a constant.
  std::optional<Source> SourceOf(Operand operand) const;
  std::optional<double> ConstantOf(Operand operand) const;

  // The order of the iterations matters only where there are recurrences.
  Block Finished(uint32_t count, BodyPool& pool, Order order = Order::kAscending) &&;

 private:
  Graph graph_;
  std::vector<Source> leaves_;
  std::vector<Target> targets_;
  std::vector<Recurrence> recurrences_;
  std::unordered_map<uint64_t, Operand> leaf_of_, constant_of_;
};

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_GRAPH_BUILDER_H_
