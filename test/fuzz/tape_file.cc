// Files from strangers, with the checksum mended so that what lies behind it is met: an error, or a
// program that is saved as the same bytes and can be swept, replayed and read.

#include "absl/status/status.h"
#include "test/fuzz/fuzz_input.h"
#include "test/support/stored.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const bool is_function = size > 12 && data[12] == 2;
  const std::string mended = wengert::testing::Mended(bytes);
  try {
    wengert::testing::LoadAndUse(bytes, is_function);
    wengert::testing::LoadAndUse(mended, is_function);
  } catch (const std::exception& error) {
    wengert::fuzz::Require(false, error.what());
  }
  return 0;
}
