import type luaparse from "luaparse";
import type { Span } from "./spans.js";

/** The nodes of a syntax tree, each before its parts. `into` tells whether to visit a node's parts. */
export function* nodesOf(
  value: unknown,
  into: (node: luaparse.Node) => boolean = () => true,
): Generator<luaparse.Node> {
  if (typeof value !== "object" || value === null) return;
  if (isNode(value)) {
    yield value;
    if (!into(value)) return;
  }
  for (const [name, part] of Object.entries(value)) {
    if (typeof part === "object" && name !== "loc" && name !== "range") yield* nodesOf(part, into);
  }
}

/** The nodes directly below a node, without the statements of its body. */
export function partsOf(node: luaparse.Node): luaparse.Node[] {
  return Object.entries(node).flatMap(([name, part]) =>
    name === "body" || name === "loc" || name === "range" ? [] : nodesIn(part),
  );
}

function nodesIn(value: unknown): luaparse.Node[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  return typeof value === "object" && value !== null && isNode(value) ? [value] : [];
}

function isNode(value: object): value is luaparse.Node {
  return "type" in value && typeof value.type === "string" && "range" in value;
}

/** Where a node begins and ends in the text that was parsed with ranges. */
export function rangeOf(node: luaparse.Node): Span {
  if ("range" in node && Array.isArray(node.range)) {
    const [from, to]: unknown[] = node.range;
    if (typeof from === "number" && typeof to === "number") return [from, to];
  }
  throw new Error("luaparse was asked for ranges and gave none");
}

/** The arguments of `redis.call` or `redis.pcall`; undefined for any other node. */
export function redisArguments(node: luaparse.Node): readonly luaparse.Expression[] | undefined {
  if (node.type !== "CallExpression" || node.base.type !== "MemberExpression") return undefined;
  const { base, identifier } = node.base;
  if (base.type !== "Identifier" || base.name !== "redis") return undefined;
  return identifier.name === "call" || identifier.name === "pcall" ? node.arguments : undefined;
}
