import type luaparse from "luaparse";
import type { Model, ReplyField } from "../../model/model.js";
import type { Returns } from "./frame.js";
import { redisArguments } from "./nodes.js";
import { type EncodedReply, isFlag, isListOfRows, replyOf } from "./reply.js";

type Types = Pick<Model, "types">;

/** A value that a script returns, as its source writes it. */
export interface Returned {
  readonly node: luaparse.Expression;
  readonly text: string;
  /** A call without parentheses around it, which may return several values at the end of a list. */
  readonly isOpenCall: boolean;
}

/**
 * The statements that stand for one `return` of a script's function: they reply to the caller.
 *
 * A reply ends before its trailing absent fields. A single value that is no list stands alone.
 */
export function replyStatements(
  model: Types,
  replies: readonly ReplyField[],
  values: readonly Returned[],
  returns: Returns,
): string {
  const last = values.at(-1);
  const fillsOthers = last?.isOpenCall === true && values.length < replies.length;
  const direct = fillsOthers ? undefined : directFields(model, replies, values);
  if (direct === undefined) return withLocals(model, replies, values, returns);
  const [first = "false", ...others] = direct;
  const isSingle = others.length === 0 && replies[0]?.type.kind !== "list";
  return isSingle ? `return ${first}` : returnOf(direct, returns);
}

/** The reply's fields as expressions; undefined if one of them needs a statement. */
function directFields(
  model: Types,
  replies: readonly ReplyField[],
  values: readonly Returned[],
): string[] | undefined {
  const given = values.slice(0, replies.length);
  while (given.at(-1)?.node.type === "NilLiteral") given.pop();
  const fields: string[] = [];
  for (const [index, value] of given.entries()) {
    const field = replies[index];
    const text = field && direct(model, field, value, index === given.length - 1);
    if (text === undefined) return undefined;
    fields.push(text);
  }
  return fields;
}

function direct(
  model: Types,
  field: ReplyField,
  { node, text, isOpenCall }: Returned,
  isLast: boolean,
): string | undefined {
  if (node.type === "NilLiteral") return "false";
  if (isListOfRows(model, field.type)) return undefined;
  const mayBeAbsent = field.when !== undefined || field.sometimes;
  if (!isFlag(model, field.type)) {
    // At the end of a table, a call would add all that it returns. An absent last value needs no
    // `false`, which keeps the place of an absent value for those behind it.
    if (isLast) return isOpenCall && !isOneValue(node) ? `(${text})` : text;
    return mayBeAbsent && !isValue(node) ? `${text} or false` : text;
  }
  if (node.type === "BooleanLiteral") return node.value ? "1" : "0";
  const flag = `${node.type === "Identifier" ? text : `(${text})`} and 1 or 0`;
  if (!mayBeAbsent || isComparison(node)) return flag;
  return node.type === "Identifier" ? `${text} ~= nil and (${flag})` : undefined;
}

/** First all values into locals, then the reply. */
function withLocals(
  model: Types,
  replies: readonly ReplyField[],
  values: readonly Returned[],
  returns: Returns,
): string {
  const encoded: EncodedReply[] = replies.map((field) => replyOf(model, field));
  return [
    `local ${replies.map(({ name }) => `reply_${name}`).join(", ")} = ${values.map(({ text }) => text).join(", ")}`,
    ...encoded.flatMap(({ lines }) => lines),
    returnOf(
      encoded.map(({ value }) => value),
      returns,
    ),
  ].join("\n");
}

/** The `return` of a reply with these values. */
export function returnOf(values: readonly string[], returns: Returns): string {
  const all = values.join(", ");
  return returns === "list" ? `return { ${all} }` : `return ${all}`;
}

/** An expression that is one value and never nil, whatever its parts are. */
function isValue(node: luaparse.Expression): boolean {
  switch (node.type) {
    case "StringLiteral":
    case "NumericLiteral":
    case "UnaryExpression":
    case "BinaryExpression":
    case "TableConstructorExpression":
      return true;
    case "LogicalExpression":
      return node.operator === "or" && isValue(node.right);
    case "CallExpression":
      return node.base.type === "MemberExpression" && returnsOneValue(node.base);
    default:
      return false;
  }
}

/** A call that returns one value, which may be nil. */
function isOneValue(node: luaparse.Expression): boolean {
  return isValue(node) || redisArguments(node) !== undefined;
}

function returnsOneValue({ base, identifier }: luaparse.MemberExpression): boolean {
  if (base.type !== "Identifier") return false;
  return (
    (base.name === "math" && identifier.name !== "modf" && identifier.name !== "frexp") ||
    (base.name === "string" && identifier.name === "format")
  );
}

function isComparison(node: luaparse.Expression): boolean {
  if (node.type === "UnaryExpression") return node.operator === "not";
  return node.type === "BinaryExpression" && ["==", "~=", "<", "<=", ">", ">="].includes(node.operator);
}
