// Expression::Parse: after an operand comes an operator, after an operator an operand. What waits
// for its right operand or its closing bracket is on a stack.

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cli/expression.h"
#include "cli/place.h"
#include "wengert/ops/notation.h"

namespace cli {

using wengert::FindOp;
using wengert::OpSymbol;

class Parser {
 public:
  Parser(absl::string_view text, const ParseLimits& limits) : text_(text), limits_(limits) {}

  absl::StatusOr<Expression> Parse() {
    if (text_.size() > limits_.length) {
      return absl::ResourceExhaustedError(
          absl::StrCat("the text is longer than ", limits_.length, " bytes"));
    }
    BeginStatement();
    while (error_.ok() && !done_) {
      SkipBlanks();
      if (pending_.size() > limits_.depth) {
        error_ = absl::ResourceExhaustedError(
            AtPlace(text_, at_, absl::StrCat("nested more than ", limits_.depth, " levels deep")));
      } else if (expect_operand_) {
        TakeOperand();
      } else {
        TakeOperator();
      }
    }
    if (!error_.ok()) return error_;
    return std::move(result_);
  }

 private:
  using Step = Expression::Step;

  // An operator that waits for its right operand, a bracket or a call that waits for its end.
  struct Pending {
    enum Kind { kPrefix, kInfix, kBracket, kCall } kind;
    size_t at;
    const OpSymbol* symbol = nullptr;
    absl::string_view name = {};
    int arguments = 1;
    bool waits_for_operand() const { return kind == kPrefix || kind == kInfix; }
  };

  void Fail(size_t at, absl::string_view what) {
    error_ = absl::InvalidArgumentError(AtPlace(text_, at, what));
  }

  void SkipBlanks() {
    while (at_ < text_.size()) {
      if (text_[at_] == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (absl::ascii_isspace(static_cast<unsigned char>(text_[at_]))) {
        ++at_;
      } else {
        return;
      }
    }
  }
  bool Has(absl::string_view word) const { return text_.substr(at_, word.size()) == word; }
  const OpSymbol* SymbolHere(absl::Span<const OpSymbol> symbols) const {
    const auto found = std::find_if(symbols.begin(), symbols.end(),
                                    [&](const OpSymbol& each) { return Has(each.symbol); });
    return found == symbols.end() ? nullptr : &*found;
  }
  absl::string_view NameHere() const {
    size_t end = at_;
    const auto is_part = [](char c) {
      return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_';
    };
    if (end < text_.size() && absl::ascii_isdigit(static_cast<unsigned char>(text_[end])))
      return {};
    while (end < text_.size() && is_part(text_[end])) ++end;
    return text_.substr(at_, end - at_);
  }

  void TakeOperand() {
    const size_t begin = at_;
    if (const absl::string_view name = NameHere(); !name.empty()) {
      at_ += name.size();
      SkipBlanks();
      if (Has("(")) {
        ++at_;
        pending_.push_back({Pending::kCall, begin, nullptr, name});
      } else {
        TakeVariable(begin, name);
      }
    } else if (Has("(")) {
      pending_.push_back({Pending::kBracket, at_++});
    } else if (const OpSymbol* symbol = SymbolHere(wengert::PrefixSymbols()); symbol != nullptr) {
      pending_.push_back({Pending::kPrefix, at_, symbol});
      at_ += absl::string_view(symbol->symbol).size();
    } else {
      TakeNumber();
    }
  }

  void TakeNumber() {
    double number = 0.0;
    const char* const begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), number);
    if (error == std::errc::result_out_of_range) return Fail(at_, "this number is beyond a double");
    if (error != std::errc()) {
      return Fail(at_, at_ == text_.size()
                           ? "the text ends where a number, a variable or '(' is due"
                           : "expected a number, a variable or '('");
    }
    at_ += static_cast<size_t>(end - begin);
    Push({Step::Kind::kNumber, {}, false, 0, number});
  }

  void TakeVariable(size_t begin, absl::string_view name) {
    if (Has("=") && !Has("==") && begin == statement_) {
      ++at_;
      if (names_.count(name) != 0) return Fail(begin, "this name has a meaning already");
      defining_ = name;
      return;
    }
    const auto defined = names_.find(name);
    if (defined != names_.end()) return Push(defined->second);
    const Step variable{
        Step::Kind::kVariable, {}, false, static_cast<uint32_t>(result_.variables_.size())};
    result_.variables_.emplace_back(name);
    names_.emplace(name, variable);
    Push(variable);
  }

  void TakeOperator() {
    if (at_ == text_.size() || Has(";")) {
      EndStatement();
    } else if (Has(",") || Has(")")) {
      TakeEndOfArgument();
    } else if (const OpSymbol* symbol = SymbolHere(wengert::InfixSymbols()); symbol != nullptr) {
      Reduce(symbol->precedence, symbol->grouping);
      pending_.push_back({Pending::kInfix, at_, symbol});
      at_ += absl::string_view(symbol->symbol).size();
      expect_operand_ = true;
    } else {
      Fail(at_, "expected an operator, ',', ')' or the end");
    }
  }

  void TakeEndOfArgument() {
    Reduce(0, OpSymbol::kLeft);
    if (pending_.empty()) return Fail(at_, "nothing was opened that this could belong to");
    Pending& open = pending_.back();
    if (Has(",")) {
      if (open.kind != Pending::kCall) return Fail(at_, "a ',' outside the brackets of a call");
      ++open.arguments;
      expect_operand_ = true;
    } else {
      if (open.kind == Pending::kCall && !Call(open)) return;
      pending_.pop_back();
    }
    ++at_;
  }

  bool Call(const Pending& call) {
    const auto op = FindOp({call.name.data(), call.name.size()}, call.arguments);
    if (!op.has_value()) {
      Fail(call.at, WhyNoSuchCall(call));
      return false;
    }
    result_.steps_.push_back({Step::Kind::kOperation, *op});
    return true;
  }

  static std::string WhyNoSuchCall(const Pending& call) {
    NearestWord nearest(call.name);
    for (const wengert::OpName& each : wengert::OpNames()) {
      const absl::string_view name(each.name);
      if (name == call.name) {
        return absl::StrCat(call.name, " takes ", wengert::ArityOf(each.op), " operand",
                            wengert::ArityOf(each.op) == 1 ? "" : "s", ", not ", call.arguments);
      }
      nearest.Offer(name);
    }
    if (nearest.nearest().empty()) return absl::StrCat("no operation is called ", call.name);
    return absl::StrCat("no operation is called ", call.name, "; is it ", nearest.nearest(), "?");
  }

  // Applies the operators that wait and bind closer than `precedence`.
  void Reduce(int precedence, OpSymbol::Grouping grouping) {
    while (!pending_.empty() && pending_.back().waits_for_operand()) {
      const OpSymbol& waiting = *pending_.back().symbol;
      if (waiting.precedence < precedence) return;
      if (waiting.precedence == precedence && grouping == OpSymbol::kRight) return;
      if (waiting.precedence == precedence && grouping == OpSymbol::kNone) {
        return Fail(at_, "comparisons don't chain; write brackets");
      }
      result_.steps_.push_back({Step::Kind::kOperation, waiting.op, waiting.swapped});
      pending_.pop_back();
    }
  }

  void BeginStatement() {
    SkipBlanks();
    statement_ = at_;
    defining_ = {};
    expect_operand_ = true;
  }

  void EndStatement() {
    Reduce(0, OpSymbol::kLeft);
    if (!pending_.empty()) return Fail(pending_.back().at, "the bracket opened here isn't closed");
    const bool ends = at_ == text_.size();
    if (defining_.empty()) {
      if (!ends)
        return Fail(at_, "only a definition, name = ..., is followed by another statement");
      done_ = true;
      return;
    }
    if (ends) return Fail(at_, "after the definitions, an expression is due");
    const auto index = static_cast<uint32_t>(result_.definitions_++);
    if (!names_.emplace(defining_, Step{Step::Kind::kDefined, {}, false, index}).second) {
      return Fail(statement_, "the definition needs itself");
    }
    result_.steps_.push_back({Step::Kind::kDefine, {}, false, index});
    ++at_;
    BeginStatement();
  }

  void Push(Step step) {
    result_.steps_.push_back(step);
    expect_operand_ = false;
  }

  const absl::string_view text_;
  const ParseLimits limits_;
  size_t at_ = 0;
  size_t statement_ = 0;             // where it begins
  absl::string_view defining_ = {};  // what it defines
  bool expect_operand_ = true;
  bool done_ = false;
  std::vector<Pending> pending_;
  std::map<absl::string_view, Step> names_;
  Expression result_;
  absl::Status error_;
};

absl::StatusOr<Expression> Expression::Parse(absl::string_view text, const ParseLimits& limits) {
  return Parser(text, limits).Parse();
}

}  // namespace cli
