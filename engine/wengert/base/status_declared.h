#ifndef WENGERT_BASE_STATUS_DECLARED_H_
#define WENGERT_BASE_STATUS_DECLARED_H_

// absl::Status and StatusOr by name only: their header is most of what wengert.h would take to
// compile, and few programs look at one. Those that do include "absl/status/statusor.h".

#include "absl/base/config.h"

namespace absl {
ABSL_NAMESPACE_BEGIN
class Status;
template <typename T>
class StatusOr;
ABSL_NAMESPACE_END
}  // namespace absl

#endif  // WENGERT_BASE_STATUS_DECLARED_H_
