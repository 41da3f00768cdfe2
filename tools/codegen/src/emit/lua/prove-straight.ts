import luaparse from "luaparse";
import type { Module } from "../../parse/source/module.js";
import { bindingsOf } from "./bindings.js";
import { nodesOf } from "./nodes.js";

/** What a straight text has to consist of. */
export interface StraightParts {
  readonly modules: readonly Module[];
  /** The modules that stand inside of others; each has only its function. */
  readonly inside: ReadonlySet<Module>;
  /** The statements that check the arguments. */
  readonly wrapper: string;
  /** The statements that stand for each own `return` of the function, in their order. */
  readonly replies: readonly string[];
  /** The arguments that commands receive as digits, and the locals that hold them. */
  readonly digits: ReadonlyMap<string, string>;
  /** The statements before a function that holds the code, and behind it; empty without one. */
  readonly head: string;
  readonly tail: string;
}

type Tree = string | number | boolean | null | Tree[] | TreeNode;
interface TreeNode {
  [part: string]: Tree;
}

/**
 * Throws unless a text consists of the modules' statements, the wrapper's, and the last module's
 * function as a block. It reads the sources anew and changes their syntax trees, so a mistake in an
 * edit of the text cannot pass.
 */
export function proveStraight(text: string, parts: StraightParts): void {
  const { modules, wrapper, replies, digits } = parts;
  const expected = modules.flatMap(keptStatements);
  const fn = expected.pop();
  const found = unframed(listOf(outside(text, parts)), expected.length, parts);
  const block = found.pop();
  if (!isNode(fn) || !isNode(block)) throw changed();
  const hasLocals = isList(fn["parameters"]) && fn["parameters"].length > 0;
  const body = isList(block["body"]) ? block["body"].slice(hasLocals ? 1 : 0) : [];
  const rest = replies.map(treesOf);
  const straight = withReplies(withTexts(fn["body"] ?? [], digits), rest);
  const before = [...expected.map((statement) => withTexts(statement, new Map())), ...treesOf(wrapper)];
  const same = block["type"] === "DoStatement" && isEqual(found, before) && isEqual(body, straight);
  if (!same || rest.length > 0) throw changed();
}

/**
 * The statements of a text without the function around the code, and without those before and behind
 * that function.
 */
function unframed(found: Tree[], at: number, { head, tail }: StraightParts): Tree[] {
  if (tail === "") return found;
  const [before, behind] = [treesOf(head), treesOf(tail)];
  const start = at + before.length;
  const frame = found[start];
  const isFrame = isNode(frame) && frame["type"] === "FunctionDeclaration" && frame["isLocal"] === true;
  const takesNothing = isFrame && isList(frame["parameters"]) && frame["parameters"].length === 0;
  const body = takesNothing && isList(frame["body"]) ? frame["body"] : undefined;
  const same = isEqual(found.slice(at, start), before) && isEqual(found.slice(start + 1), behind);
  if (body === undefined || !same) throw changed();
  return [...found.slice(0, at), ...body];
}

function changed(): Error {
  return new Error("the emitted Lua differs from its sources; please report the script to Moonpath");
}

/**
 * The statements of a text with all modules at its top. Throws if a variable then means another
 * declaration than in the text.
 */
function outside(text: string, { modules, inside }: StraightParts): luaparse.Statement[] {
  const { body } = parsed(text);
  if (inside.size === 0) return body;
  const bindings = bindingsOf(body);
  const names = new Set([...inside].map(({ name }) => name));
  const taken = new Map<string, luaparse.Statement>();
  for (const block of blocksOf(body)) {
    for (let index = block.length - 1; block !== body && index >= 0; index -= 1) {
      const name = functionName(block[index]);
      if (name === undefined || !names.has(name) || taken.has(name)) continue;
      for (const statement of block.splice(index, 1)) taken.set(name, statement);
    }
  }
  const rest = [...body];
  const top = modules.flatMap((module) => {
    if (inside.has(module)) return taken.get(module.name) ?? [];
    return module === modules.at(-1) ? rest.splice(0) : rest.splice(0, module.body.length);
  });
  const moved = bindingsOf(top);
  const same = [...bindings].every(([use, declaration]) => moved.get(use) === declaration);
  if (!same || moved.size !== bindings.size) throw changed();
  return top;
}

/** All lists of statements in a text, the outer ones first. */
function blocksOf(body: luaparse.Statement[]): luaparse.Statement[][] {
  const blocks = [body];
  for (const node of nodesOf(body)) if ("body" in node && Array.isArray(node.body)) blocks.push(node.body);
  return blocks;
}

function functionName(statement: luaparse.Statement | undefined): string | undefined {
  if (statement?.type !== "FunctionDeclaration" || !statement.isLocal) return undefined;
  return statement.identifier?.type === "Identifier" ? statement.identifier.name : undefined;
}

/** The statements of a text without spellings. */
function treesOf(lua: string): Tree[] {
  return listOf(parsed(lua).body);
}

function listOf(statements: readonly luaparse.Statement[]): Tree[] {
  const trees: Tree[] = JSON.parse(
    JSON.stringify(statements, (key, value: unknown) =>
      key === "raw" || key === "range" ? undefined : value,
    ),
  );
  return trees;
}

/** Lua reads bytes: "\195\188" and "ü" are the same. */
function parsed(lua: string): luaparse.Chunk {
  const bytes = Buffer.from(lua, "utf8").toString("latin1");
  return luaparse.parse(bytes, {
    luaVersion: "5.1",
    comments: false,
    ranges: true,
    encodingMode: "pseudo-latin1",
  });
}

function keptStatements({ source, body }: Module): Tree[] {
  const kept = new Set<luaparse.Statement>(body);
  return treesOf(source.text).filter((_, index) => {
    const statement = source.chunk.body[index];
    return statement !== undefined && kept.has(statement);
  });
}

/** A body with the next of `replies` in place of each `return` outside of inner functions. */
function withReplies(tree: Tree, replies: Tree[][]): Tree {
  if (isList(tree))
    return tree.flatMap((part) =>
      isNode(part) && part["type"] === "ReturnStatement"
        ? (replies.shift() ?? [])
        : [withReplies(part, replies)],
    );
  if (!isNode(tree) || tree["type"] === "FunctionDeclaration") return tree;
  return mapped(tree, (part) => withReplies(part, replies));
}

/** A tree in which commands receive whole numbers, and these arguments, as texts. */
function withTexts(tree: Tree, digits: ReadonlyMap<string, string>): Tree {
  if (isList(tree)) return tree.map((part) => withTexts(part, digits));
  if (!isNode(tree)) return tree;
  const node = mapped(tree, (part) => withTexts(part, digits));
  if (node["type"] !== "CallExpression" || !isRedisCall(node["base"]) || !isList(node["arguments"]))
    return node;
  return { ...node, arguments: node["arguments"].map((argument) => asText(argument, digits)) };
}

function asText(argument: Tree, digits: ReadonlyMap<string, string>): Tree {
  if (!isNode(argument)) return argument;
  if (argument["type"] === "Identifier" && typeof argument["name"] === "string") {
    return { ...argument, name: digits.get(argument["name"]) ?? argument["name"] };
  }
  const number = numberIn(argument);
  return number === undefined ? argument : { type: "StringLiteral", value: String(number) };
}

function numberIn(node: TreeNode): number | undefined {
  const { type, value, operator, argument = null } = node;
  if (type === "NumericLiteral" && typeof value === "number" && isExact(value)) return value;
  if (type !== "UnaryExpression" || operator !== "-" || !isNode(argument)) return undefined;
  const positive = argument["type"] === "NumericLiteral" ? numberIn(argument) : undefined;
  return positive === undefined || positive === 0 ? undefined : -positive;
}

/** A whole number that Redis writes with all of its digits. */
export function isExact(value: number): boolean {
  return Number.isInteger(value) && value < 1e15;
}

function isRedisCall(base: Tree | undefined): boolean {
  if (!isNode(base) || base["type"] !== "MemberExpression") return false;
  const { base: object = null, identifier = null } = base;
  if (!isNode(object) || !isNode(identifier)) return false;
  return object["name"] === "redis" && (identifier["name"] === "call" || identifier["name"] === "pcall");
}

function mapped(node: TreeNode, change: (part: Tree) => Tree): TreeNode {
  return Object.fromEntries(Object.entries(node).map(([name, part]) => [name, change(part)]));
}

function isList(tree: Tree | undefined): tree is Tree[] {
  return Array.isArray(tree);
}

function isNode(tree: Tree | undefined): tree is TreeNode {
  return typeof tree === "object" && tree !== null && !Array.isArray(tree);
}

function isEqual(one: Tree, other: Tree): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
