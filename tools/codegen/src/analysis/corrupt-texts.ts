import type luaparse from "luaparse";
import type { Module } from "../parse/source/module.js";
import { decodeLiteral, type Range, rangeOf } from "./syntax/syntax.js";

/** A function of this name raises CORRUPT too; its first argument names what is corrupt. */
const RAISING = "corrupt";
/** How the text of an error CORRUPT begins. The rest names what is corrupt. */
const PREFIX = "CORRUPT ";

/** What a script can call corrupt. */
export interface CorruptText {
  /** Undefined: the text is not a constant. */
  readonly what: string | undefined;
  /** The argument that has the text. */
  readonly range: Range;
}

/** A call whose argument names what is corrupt. */
interface Call {
  readonly module: Module;
  readonly callee: string;
  readonly args: readonly luaparse.Expression[];
  /** The function that the call is in, and its parameters. */
  readonly within: string | undefined;
  readonly params: readonly string[];
}

/**
 * All texts that errors of a script and its modules name, as in `error({ err = "CORRUPT total" })` or
 * `corrupt("total")`, also through parameters of functions such as `stored_integer(value, what)`.
 */
export function corruptTexts(modules: readonly Module[]): readonly CorruptText[] {
  const calls = modules.flatMap((module) => callsIn(module));
  const raising = new Map<string, number>([[RAISING, 0]]);
  for (let before = -1; before !== raising.size; ) {
    before = raising.size;
    for (const call of calls) {
      const text = textOf(call, raising);
      if (text?.type !== "Identifier" || call.within === undefined) continue;
      const position = call.params.indexOf(text.name);
      if (position >= 0 && !raising.has(call.within)) raising.set(call.within, position);
    }
  }
  return calls.flatMap((call): CorruptText[] => {
    const text = textOf(call, raising);
    if (text === undefined) return [];
    const range = rangeOf(call.module.source, text);
    if (text.type === "StringLiteral") {
      const what = decodeLiteral(text.raw);
      return [{ what: what.startsWith(PREFIX) ? what.slice(PREFIX.length) : what, range }];
    }
    const handedOn =
      text.type === "Identifier" && call.within !== undefined && call.params.includes(text.name);
    return handedOn ? [] : [{ what: undefined, range }];
  });
}

function textOf(
  { callee, args }: Call,
  raising: ReadonlyMap<string, number>,
): luaparse.Expression | undefined {
  const position = raising.get(callee);
  return position === undefined ? undefined : args[position];
}

function callsIn(module: Module): Call[] {
  const found: Call[] = [];
  const visit = (value: unknown, within: string | undefined, params: readonly string[]): void => {
    if (Array.isArray(value)) for (const part of value) visit(part, within, params);
    if (!isNode(value)) return;
    if (value.type === "CallExpression" && value.base.type === "Identifier") {
      found.push({ module, callee: value.base.name, args: value.arguments, within, params });
    }
    const text =
      value.type === "TableKeyString" && value.key.name === "err" ? corruptIn(value.value) : undefined;
    if (text !== undefined) found.push({ module, callee: RAISING, args: [text], within, params });
    const isNamed = value.type === "FunctionDeclaration" && value.identifier?.type === "Identifier";
    const name = isNamed && value.identifier?.type === "Identifier" ? value.identifier.name : within;
    const own =
      value.type === "FunctionDeclaration"
        ? value.parameters.flatMap((one) => (one.type === "Identifier" ? [one.name] : []))
        : params;
    for (const part of Object.values(value)) visit(part, name, own);
  };
  visit(module.body, undefined, []);
  return found;
}

/** The part of an error's text that says what is corrupt; undefined for other errors. */
function corruptIn(text: luaparse.Expression): luaparse.Expression | undefined {
  if (text.type === "StringLiteral") return decodeLiteral(text.raw).startsWith(PREFIX) ? text : undefined;
  if (text.type !== "BinaryExpression" || text.operator !== ".." || text.left.type !== "StringLiteral")
    return undefined;
  const start = decodeLiteral(text.left.raw);
  if (start === PREFIX) return text.right;
  return start.startsWith(PREFIX) ? text : undefined;
}

function isNode(value: unknown): value is luaparse.Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}
