#ifndef WENGERT_WENGERT_H_
#define WENGERT_WENGERT_H_

// What a user of Wengert includes.

#include "wengert/base/check.h"               // IWYU pragma: export
#include "wengert/derive/check_gradient.h"    // IWYU pragma: export
#include "wengert/derive/dense.h"             // IWYU pragma: export
#include "wengert/derive/first_non_finite.h"  // IWYU pragma: export
#include "wengert/derive/products.h"          // IWYU pragma: export
#include "wengert/derive/retape.h"            // IWYU pragma: export
#include "wengert/derive/sparse.h"            // IWYU pragma: export
#include "wengert/function/function.h"        // IWYU pragma: export
#include "wengert/tape/custom.h"              // IWYU pragma: export
#include "wengert/tape/print.h"               // IWYU pragma: export
#include "wengert/tape/reads.h"               // IWYU pragma: export
#include "wengert/tape/record.h"              // IWYU pragma: export
#include "wengert/tape/tape.h"                // IWYU pragma: export
#include "wengert/tape/tape_file.h"           // IWYU pragma: export
#include "wengert/tape/var.h"                 // IWYU pragma: export

#endif  // WENGERT_WENGERT_H_
