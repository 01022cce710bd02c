#include "wengert/program/clean_bodies.h"

#include <algorithm>
#include <unordered_map>

#include "wengert/program/clean.h"

namespace wengert::program {

void CleanBodies(Blocks& blocks) {
  // The key holds the old body, so that its address stays its own.
  std::unordered_map<std::shared_ptr<const BlockBody>, std::shared_ptr<const BlockBody>> cleaned;
  for (Block& block : blocks.blocks) {
    if (block.body == nullptr || block.body->is_clean) continue;
    std::shared_ptr<const BlockBody>& body = cleaned[block.body];
    if (body == nullptr) {
      BlockBody clean = *block.body;
      clean.graph = Clean(std::move(clean.graph), {});
      clean.is_clean = true;
      body = std::make_shared<const BlockBody>(std::move(clean));
    }
    block.body = body;
  }
  const auto has_no_effect = [](const Block& block) {
    return (block.body == nullptr || block.targets.empty()) && block.copies.empty() &&
           block.folds.empty() && block.zeroed.empty();
  };
  std::vector<Block>& all = blocks.blocks;
  all.erase(std::remove_if(all.begin(), all.end(), has_no_effect), all.end());
}

}  // namespace wengert::program
