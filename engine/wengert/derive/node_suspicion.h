#ifndef WENGERT_DERIVE_NODE_SUSPICION_H_
#define WENGERT_DERIVE_NODE_SUSPICION_H_

// Which operation of a recording contradicts its own values: its partial against differences.

#include <optional>

#include "absl/types/span.h"
#include "wengert/derive/check_gradient.h"
#include "wengert/tape/tape.h"

namespace wengert {

// How many error estimates apart; infinite if one of them isn't a number to compare with.
double Distance(double found, const DifferenceQuotient& quotient);

// The worst operand, further than `slack`, of all nodes with an adjoint, if there is one.
std::optional<NodeSuspicion> MostSuspicious(const Tape& tape, absl::Span<const double> adjoints,
                                            double slack);

}  // namespace wengert

#endif  // WENGERT_DERIVE_NODE_SUSPICION_H_
