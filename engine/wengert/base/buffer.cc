#include "wengert/base/buffer.h"

#include <new>

namespace wengert {

void ThrowBadAlloc() { throw std::bad_alloc(); }

}  // namespace wengert
