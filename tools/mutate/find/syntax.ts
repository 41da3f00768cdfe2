import type luaparse from "luaparse";

/** A node of one of luaparse's types. */
export type Node = luaparse.Node;

/** The start and the end of a node in the text. */
export function rangeOf(node: object): [start: number, end: number] {
  if ("range" in node && Array.isArray(node.range)) {
    const [start, end]: unknown[] = node.range;
    if (typeof start === "number" && typeof end === "number") return [start, end];
  }
  throw new Error("luaparse gave a node without a range");
}

/** Calls `visit` for a node and every node below it, parents first. */
export function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, visit);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

/** A call in any of its three spellings: `f(x)`, `f "x"`, `f { x }`. */
export interface Call {
  readonly base: luaparse.Expression;
  readonly arguments: readonly luaparse.Expression[];
}

/** The expression as a call; undefined for any other expression. */
export function callOf(node: Node): Call | undefined {
  if (node.type === "CallExpression") return node;
  if (node.type === "StringCallExpression") return { base: node.base, arguments: [node.argument] };
  if (node.type === "TableCallExpression") return { base: node.base, arguments: [node.arguments] };
  return undefined;
}

/** The name of the command if this is `redis.call("NAME", …)` or `redis.pcall("NAME", …)`. */
export function commandOf({ base, arguments: [first] }: Call): string | undefined {
  if (base.type !== "MemberExpression" || base.base.type !== "Identifier" || base.base.name !== "redis") {
    return undefined;
  }
  if (base.identifier.name !== "call" && base.identifier.name !== "pcall") return undefined;
  return first?.type === "StringLiteral" ? textOf(first) : undefined;
}

/** The content of a short string literal. The sources have no escapes in names. */
export function textOf({ raw }: luaparse.StringLiteral): string {
  return raw.slice(1, -1);
}
