#ifndef WENGERT_BASE_GRAPHVIZ_H_
#define WENGERT_BASE_GRAPHVIZ_H_

#include <string>

namespace wengert {

// Text as a label of Graphviz's has it, a record's or another's.
std::string LabelText(const std::string& text);

}  // namespace wengert

#endif  // WENGERT_BASE_GRAPHVIZ_H_
