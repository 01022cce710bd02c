#ifndef WENGERT_PROGRAM_BODY_DERIVATIVE_H_
#define WENGERT_PROGRAM_BODY_DERIVATIVE_H_

// The reverse of a body: for its nodes descending,
//
//   x_bar_k += y_bar  d op / d x_k ,
//
// as straight-line code, written once for all iterations of all blocks that share the body. The
// adjoints of its leaves become roots of the new body, added to where the leaves came from. A
// leaf that is the same in all iterations gets one root for each contribution, and those are summed
// over the iterations. (Griewank and Walther, section 3.2, with a body for a statement.)

#include <memory>
#include <vector>

#include "wengert/program/blocks.h"
#include "wengert/program/graph_builder.h"

namespace wengert::program {

// What is known of the adjoint of a root when the code is written.
struct Seed {
  enum Kind : uint8_t { kZero, kConstant, kUnknown } kind = kZero;
  double constant = 0.0;

  friend auto operator<=>(const Seed&, const Seed&) = default;
};

struct BodyDerivative {
  // What a leaf of the derivative is: a leaf of the body, the adjoint of one of its roots, or the
  // value of one of its nodes, kept by the forward code.
  struct LeafOrigin {
    enum Kind : uint8_t { kLeaf, kSeed, kSaved } kind;
    uint32_t number;  // of the leaf, the root, or the entry of `saved`
  };

  std::shared_ptr<const BlockBody> body;
  std::vector<LeafOrigin> leaves;
  std::vector<uint32_t> forward_roots;  // of the body, computed here too; the first of the roots
  std::vector<uint32_t> adjoint_roots;  // of each other root: the leaf whose adjoint it adds to
  std::vector<uint32_t> saved;          // nodes of the body whose values the reverse loads
  std::shared_ptr<const BlockBody> forward;  // the body, whose last roots are the saved values
};

struct BodyDerivativeOptions {
  std::vector<Seed> seeds;    // of each root
  std::vector<bool> active;   // of each leaf: whether its adjoint is wanted
  std::vector<bool> fresh;    // of each leaf: whether its adjoint is stored, there being none yet
  bool with_forward = false;  // the body's own roots are computed by the same code

  friend auto operator<=>(const BodyDerivativeOptions&, const BodyDerivativeOptions&) = default;
};

BodyDerivative Differentiate(const BlockBody& body, const BodyDerivativeOptions& options,
                             BodyPool& pool);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_BODY_DERIVATIVE_H_
