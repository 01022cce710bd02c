#include "wengert/program/constants.h"

#include <utility>
#include <vector>

namespace wengert::program {

ConstantTable::ConstantTable(Graph& graph) : graph_(graph) {
  const std::vector<double> pool = std::exchange(graph.constants, {});
  index_of_.reserve(pool.size());
  std::vector<Operand> image;
  image.reserve(pool.size());
  for (const double value : pool) image.push_back(Add(value));
  if (graph.constants.size() == pool.size()) return;
  const auto rename = [&](Operand& operand) {
    if (operand.is_constant()) operand = image[operand.index()];
  };
  for (Instruction& node : graph.nodes) {
    for (Operand& operand : node.arguments()) rename(operand);
  }
  for (Operand& root : graph.roots) rename(root);
}

Operand ConstantTable::Add(double value) {
  const auto [entry, is_new] = index_of_.try_emplace(
      std::bit_cast<uint64_t>(value), static_cast<uint32_t>(graph_.constants.size()));
  if (is_new) graph_.constants.push_back(value);
  return Operand::Constant(entry->second);
}

}  // namespace wengert::program
