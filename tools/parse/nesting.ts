import luaparse from "luaparse";

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

/** A token of the text: its line and column from 1. */
export interface TokenPlace {
  readonly line: number;
  readonly column: number;
  readonly length: number;
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

/** The types of tokens, as luaparse numbers them. */
const EOF = 1;
const KEYWORD = 4;
const PUNCTUATOR = 32;

/**
 * The first token at which the nesting costs more than `most`. It reads tokens in a loop, so that no text overflows the
 * stack. Parentheses count too, although the syntax tree does not hold them.
 */
export function firstTooDeep(text: string, costs: NestingCosts, most: number): TokenPlace | undefined {
  const lexer = luaparse.parse(text, { luaVersion: "5.1", wait: true, comments: false });
  const open: number[] = [];
  let cost = 0;
  let operators = 0;
  let operandBefore = false;
  for (let token = nextToken(lexer); token !== undefined; token = nextToken(lexer)) {
    const isWord = token.type === KEYWORD || token.type === PUNCTUATOR || token.value === "not";
    const word = isWord ? String(token.value) : "";
    const opening = OPENING.get(word);
    const isUnaryMinus = word === "-" && !operandBefore;
    if (SEPARATORS.has(word)) operators = 0;
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
    if (cost + operators > most) {
      const [from, to] = token.range;
      return { line: token.line, column: from - token.lineStart + 1, length: to - from };
    }
    operandBefore = !isWord || word === ")" || word === "]" || word === "}" || word === "end";
  }
  return undefined;
}

/** Undefined at the end, and where the text is not Lua: the parser tells that. */
function nextToken(lexer: luaparse.Parser): luaparse.Token | undefined {
  try {
    const token = lexer.lex();
    return token.type === EOF ? undefined : token;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
