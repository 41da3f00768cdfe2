import { rangeOfToken, type TokenRange, tokensOf, wordOf } from "./tokens.js";

/** How much each level of nesting costs, by what opens it. */
export interface NestingCosts {
  readonly function: number;
  /** `do`, `then` and `repeat`. */
  readonly block: number;
  /** `(`, `[` and `{`. */
  readonly bracket: number;
  /** `..`, `^` and the operators with one operand: each nests in the one before it. */
  readonly nestedOperator: number;
  /** The other operators with two operands. */
  readonly operator: number;
}

const OPENING: ReadonlyMap<string, "function" | "block" | "bracket"> = new Map([
  ["function", "function"],
  ["do", "block"],
  ["then", "block"],
  ["repeat", "block"],
  ["(", "bracket"],
  ["[", "bracket"],
  ["{", "bracket"],
]);
/** `elseif` closes the block before it, and its `then` opens the next one. */
const CLOSING = new Set(["end", "until", "elseif", ")", "]", "}"]);
const NESTED_OPERATORS = new Set(["..", "^", "not", "#"]);
const OPERATORS = new Set(["+", "*", "/", "%", "==", "~=", "<", "<=", ">", ">=", "and", "or"]);
/** An expression ends before them, and so do its operators. */
const SEPARATORS = new Set([",", ";", "=", "local", "if", "while", "for", "in", "return", "else", "break"]);

/**
 * The first token at which the nesting costs more than `most`. It reads tokens in a loop, so that
 * no text overflows the stack. Parentheses count too, although the syntax tree does not hold them.
 */
export function firstTooDeep(text: string, costs: NestingCosts, max: number): TokenRange | undefined {
  const open: number[] = [];
  let cost = 0;
  let operators = 0;
  let operandBefore = false;
  for (const token of tokensOf(text)) {
    const word = wordOf(token) ?? "";
    const opening = OPENING.get(word);
    const isUnaryMinus = word === "-" && !operandBefore;
    if (SEPARATORS.has(word) || opening === "block") operators = 0;
    if (CLOSING.has(word)) {
      cost = open.pop() ?? 0;
      operators = open.pop() ?? 0;
    }
    if (opening !== undefined) {
      open.push(operators, cost);
      cost += operators + costs[opening];
      operators = 0;
    } else if (isUnaryMinus || NESTED_OPERATORS.has(word)) operators += costs.nestedOperator;
    else if (word === "-" || OPERATORS.has(word)) operators += costs.operator;
    if (cost + operators > max) return rangeOfToken(token);
    operandBefore = word === "" || word === ")" || word === "]" || word === "}" || word === "end";
  }
  return undefined;
}
