#include "wengert/base/graphviz.h"

#include "absl/strings/str_replace.h"

namespace wengert {

std::string LabelText(const std::string& text) {
  return absl::StrReplaceAll(text, {{"\\", "\\\\"},
                                    {"\"", "\\\""},
                                    {"{", "\\{"},
                                    {"}", "\\}"},
                                    {"|", "\\|"},
                                    {"<", "\\<"},
                                    {">", "\\>"},
                                    {"&", "&amp;"}});
}

}  // namespace wengert
