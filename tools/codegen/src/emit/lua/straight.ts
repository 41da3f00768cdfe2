import type luaparse from "luaparse";
import type { Model, ScriptModel } from "../../model/model.js";
import type { Module } from "../../parse/source/module.js";
import type { Edit } from "./edits.js";
import type { Returns } from "./frame.js";
import { nodesOf, rangeOf } from "./nodes.js";
import { digitEdits, digitsLocal, numberEdits } from "./redis-numbers.js";
import { type Returned, replyStatements } from "./returns.js";
import { type Span, withoutComments } from "./spans.js";
import type { Places } from "./wrapper-arguments.js";

type Types = Pick<Model, "types">;
type Contract = Pick<ScriptModel, "keys" | "args" | "replies">;

/** How a script's function becomes straight code in the main chunk. */
export interface StraightCode {
  readonly edits: readonly Edit[];
  /** The statements that stand for each `return`, in their order. */
  readonly replies: readonly string[];
  /** The integer arguments whose digits are handed on to a command as they came. */
  readonly digits: readonly string[];
}

/**
 * The edits that turn a script's function into a block of the main chunk: its parameters become
 * locals, and each `return` replies to the caller. A function would be made again in every call, and
 * its return values would be copied.
 *
 * @returns undefined if the function must stay one: it calls itself, other statements follow it, or
 *   a `return` has no value
 */
export function straightCode(
  model: Types,
  script: Contract,
  main: Module,
  places: Places,
  returns: Returns,
): StraightCode | undefined {
  const fn = main.body.at(-1);
  if (fn?.type !== "FunctionDeclaration" || fn.identifier?.type !== "Identifier") return undefined;
  const { name } = fn.identifier;
  if (name !== main.name || usesName(fn.body, name)) return undefined;
  const code = withoutComments(main.source.text);
  const ends = ownReturns(fn.body);
  if (ends.some((statement) => statement.arguments.length === 0)) return undefined;
  const integers = script.args.filter(
    ({ type, optional }) => !optional && type.kind === "named" && isInteger(model, type.name),
  );
  const digits = digitEdits(
    fn.body,
    integers.map((arg) => arg.name),
  );
  const texts = [...digits.edits, ...numberEdits(fn.body)];
  const replies = ends.map((statement) =>
    replyStatements(model, script.replies, returnedValues(code, statement, texts), returns),
  );
  const edits = ends.map((statement, index) => ({ span: rangeOf(statement), text: replies[index] ?? "" }));
  return {
    edits: [
      { span: headerSpan(code, fn), text: header(script, digits.handedOn, places) },
      ...edits,
      ...editsOutside(texts, edits),
    ],
    replies,
    digits: digits.handedOn,
  };
}

/** The edits that begin outside of all these others. */
export function editsOutside(edits: readonly Edit[], others: readonly Edit[]): Edit[] {
  return edits.filter(({ span: [at] }) => !others.some(({ span: [from, to] }) => from <= at && at < to));
}

function isInteger(model: Types, name: string): boolean {
  return model.types.some((type) => type.name === name && type.kind === "integer");
}

function usesName(body: readonly luaparse.Statement[], name: string): boolean {
  for (const node of nodesOf(body)) if (node.type === "Identifier" && node.name === name) return true;
  return false;
}

/** The `return` statements of a function, without those of functions inside. */
function ownReturns(body: readonly luaparse.Statement[]): luaparse.ReturnStatement[] {
  const returns: luaparse.ReturnStatement[] = [];
  for (const node of nodesOf(body, ({ type }) => type !== "FunctionDeclaration"))
    if (node.type === "ReturnStatement") returns.push(node);
  return returns;
}

/**
 * The values of a `return`, each with its text after the edits; `code` has spaces in place of its
 * comments.
 */
function returnedValues(
  code: string,
  statement: luaparse.ReturnStatement,
  edits: readonly Edit[],
): Returned[] {
  const [start, end] = rangeOf(statement);
  let from = start + "return".length;
  return statement.arguments.map((node, index) => {
    const [nodeFrom, nodeTo] = rangeOf(node);
    const next = statement.arguments[index + 1];
    const comma = next === undefined ? end : code.indexOf(",", nodeTo);
    const written = code.slice(from, comma).replace(/;\s*$/, "").trim();
    const isOpenCall =
      (node.type === "CallExpression" ||
        node.type === "StringCallExpression" ||
        node.type === "TableCallExpression" ||
        node.type === "VarargLiteral") &&
      written === code.slice(nodeFrom, nodeTo);
    const edited = textWith(code, [from, comma], edits).replace(/;\s*$/, "").trim();
    from = comma + 1;
    return { node, text: edited, isOpenCall };
  });
}

/** A part of a text with those edits that are inside of it. */
function textWith(text: string, [from, to]: Span, edits: readonly Edit[]): string {
  const parts: string[] = [];
  let end = from;
  for (const { span, text: other } of [...edits].sort(({ span: [one] }, { span: [two] }) => one - two)) {
    if (span[0] < end || span[1] > to) continue;
    parts.push(text.slice(end, span[0]), other);
    end = span[1];
  }
  return [...parts, text.slice(end, to)].join("");
}

/** From `local function` to the parenthesis after the parameters. */
function headerSpan(code: string, fn: luaparse.FunctionDeclaration): readonly [number, number] {
  const [from] = rangeOf(fn);
  const last = fn.parameters.at(-1) ?? fn.identifier;
  if (last === null || last === undefined) throw new Error("the function has no name");
  return [from, code.indexOf(")", rangeOf(last)[1]) + 1];
}

function header({ keys, args }: Contract, digits: readonly string[], places: Places): string {
  const names = [
    ...keys.map(({ param }) => param),
    ...args.map(({ name }) => name),
    ...digits.map(digitsLocal),
  ];
  const values = [
    ...keys.map((_, index) => places.key(index + 1)),
    ...args.map(({ name }) => `arg_${name}`),
    ...digits.map((name) => `arg_${digitsLocal(name)}`),
  ];
  return names.length === 0 ? "do" : `do\n  local ${names.join(", ")} = ${values.join(", ")}`;
}
