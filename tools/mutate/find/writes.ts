import type luaparse from "luaparse";
import type { CallsOf } from "./effects.js";
import type { Piece } from "./pieces.js";
import { type Call, callOf, commandOf, type Node, rangeOf, textOf, walk } from "./syntax.js";

/**
 * Skipped writes:
 * - a writing command, or a call of a module that writes, is left out;
 * - of a command that writes several fields or members, each is left out once;
 * - an option that gives a key its life (`PX`) is left out.
 *
 * A reply that the script uses is replaced by one of the same type.
 */
export function writesIn(root: Node, calls: CallsOf): Piece[] {
  const pieces: Piece[] = [];
  const statements = new Set<Node>();
  walk(root, (node) => {
    if (node.type === "CallStatement") statements.add(node.expression);
    const call = callOf(node);
    if (call === undefined || !calls.writes(call)) return;
    const command = commandOf(call);
    const [start, end] = rangeOf(node);
    if (statements.has(node)) pieces.push({ kind: "write", start, end, replacement: "do end" });
    else if (command !== undefined) pieces.push({ kind: "write", start, end, replacement: replyOf(command) });
    if (command !== undefined) pieces.push(...partsOf(command, call));
  });
  return pieces;
}

/** A reply of the command's type. The commands that scripts use reply OK or a number. */
function replyOf(command: string): string {
  return ["SET", "PSETEX", "RENAME"].includes(command) ? '{ ok = "OK" }' : "1";
}

/**
 * The number of arguments of one field or member, and the first such argument (the command's name
 * is argument 0).
 */
const GROUPS: ReadonlyMap<string, { readonly first: number; readonly size: number }> = new Map([
  ["HSET", { first: 2, size: 2 }],
  ["ZADD", { first: 2, size: 2 }],
  ["HDEL", { first: 2, size: 1 }],
  ["ZREM", { first: 2, size: 1 }],
  ["DEL", { first: 1, size: 1 }],
]);

function partsOf(command: string, call: Call): Piece[] {
  const args = call.arguments;
  if (command === "SET") {
    const at = args.findIndex((arg) => arg.type === "StringLiteral" && textOf(arg) === "PX");
    return at < 0 ? [] : [without(call, at, 2)];
  }
  const group = GROUPS.get(command);
  if (group === undefined) return [];
  const pieces: Piece[] = [];
  const count = (args.length - group.first) / group.size;
  // `unpack(…)` may be any number of members.
  if (count < 2 || !Number.isInteger(count)) return [];
  for (let at = group.first; at < args.length; at += group.size) pieces.push(without(call, at, group.size));
  return pieces;
}

/** Removes `size` arguments from `at` on, with the comma before them. */
function without({ arguments: args }: Call, at: number, size: number): Piece {
  const [, start] = rangeOf(argumentOf(args, at - 1));
  const [from] = rangeOf(argumentOf(args, at));
  const [, end] = rangeOf(argumentOf(args, at + size - 1));
  return { kind: "write", start, end, replacement: "", shown: [from, end] };
}

function argumentOf(args: readonly luaparse.Expression[], at: number): luaparse.Expression {
  const found = args[at];
  if (found === undefined) throw new Error(`the command has no argument ${at}`);
  return found;
}
