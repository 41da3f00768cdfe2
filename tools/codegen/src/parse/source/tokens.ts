import luaparse from "luaparse";

/** A token of the text: its line and column from 1. */
export interface TokenRange {
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/** The types of tokens, as luaparse numbers them. */
const EOF = 1;
const KEYWORD = 4;
const PUNCTUATOR = 32;

/**
 * Makes luaparse forget the text before. It keeps the last token of that, and tells an error in the
 * first token of the next text with it; without any, it fails with a TypeError instead.
 */
export function forgetLastToken(): void {
  luaparse.parse("");
}

/** The tokens of a text of Lua up to its end, or up to what is not Lua: the parser tells that. */
export function* tokensOf(text: string): Generator<luaparse.Token> {
  forgetLastToken();
  const lexer = luaparse.parse(text, { luaVersion: "5.1", wait: true, comments: false });
  for (let token = nextToken(lexer); token !== undefined; token = nextToken(lexer)) yield token;
}

function nextToken(lexer: luaparse.Parser): luaparse.Token | undefined {
  try {
    const token = lexer.lex();
    return token.type === EOF ? undefined : token;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A keyword, an operator or a bracket as it is written; undefined for names and values. */
export function wordOf({ type, value }: luaparse.Token): string | undefined {
  return type === KEYWORD || type === PUNCTUATOR ? value : undefined;
}

export function rangeOfToken({ line, lineStart, range: [from, to] }: luaparse.Token): TokenRange {
  return { line, column: from - lineStart + 1, length: to - from };
}

/**
 * The first token after so many; undefined where the text has no more than that. Comments are not
 * tokens.
 */
export function tokenAfter(text: string, max: number): TokenRange | undefined {
  let count = 0;
  for (const token of tokensOf(text)) {
    count += 1;
    if (count > max) return rangeOfToken(token);
  }
  return undefined;
}

/**
 * A comma before the first value of a call or of a `return`. luaparse reads over it, in every
 * version up to 0.3.1; Lua does not.
 */
export function leadingComma(text: string): TokenRange | undefined {
  let before: string | undefined;
  for (const token of tokensOf(text)) {
    const word = wordOf(token);
    if (word === "," && (before === "(" || before === "return")) return rangeOfToken(token);
    before = word;
  }
  return undefined;
}
