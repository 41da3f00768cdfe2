import type luaparse from "luaparse";
import type { Position } from "../../model/model.js";
import { positionOf, type Source } from "../../parse/source/source.js";

export type { luaparse, Source };

/** A piece of a source that a problem can point at. */
export interface Range {
  readonly start: Position;
  /** How many characters it has on its first line; at least 1. */
  readonly length: number;
}

/**
 * The position and length of a syntax node; a node of several lines counts to the end of its first.
 */
export function rangeOf(source: Source, node: luaparse.Node): Range {
  const start = positionOf(source, node);
  const end = node.loc?.end;
  const line = source.lines[start.line - 1] ?? "";
  const last = end !== undefined && end.line === start.line ? end.column : line.length;
  return { start, length: Math.max(1, last - start.column + 1) };
}

/** A name for a node that no other node has. */
export function nodeId(source: Source, node: luaparse.Node): string {
  const start = node.loc?.start;
  const end = node.loc?.end;
  return `${source.file}:${start?.line}:${start?.column}-${end?.line}:${end?.column}:${node.type}`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** What a string literal of Lua 5.1 stands for, by the way it is written. */
export function decodeLiteral(raw: string): string {
  const long = /^\[(=*)\[\n?([\s\S]*)\]\1\]$/.exec(raw);
  if (long !== null) return long[2] ?? "";
  return raw
    .slice(1, -1)
    .replace(/\\(\d{1,3}|\r?\n|[\s\S])/g, (_, code: string) =>
      /^\d/.test(code) ? String.fromCharCode(Number(code)) : (ESCAPES[code] ?? code.replace("\r\n", "\n")),
    );
}

const COMMENT_LINES = new WeakMap<Source, ReadonlyMap<number, string>>();

/**
 * The lines that hold a comment of one line and nothing else, by their numbers, without their
 * dashes.
 */
export function commentLines(source: Source): ReadonlyMap<number, string> {
  const known = COMMENT_LINES.get(source);
  if (known !== undefined) return known;
  const found = new Map<number, string>();
  for (const { loc, raw } of source.comments) {
    const line = source.lines[(loc?.start.line ?? 1) - 1] ?? "";
    if (loc === undefined || loc.start.line !== loc.end.line || line.trim() !== raw.trim()) continue;
    found.set(loc.start.line, raw.replace(/^--+/, "").trim());
  }
  COMMENT_LINES.set(source, found);
  return found;
}

/**
 * The text of the comment lines that stand directly above a line, the nearest first, without their
 * dashes.
 */
export function commentsAbove(source: Source, line: number): readonly string[] {
  const lines = commentLines(source);
  const found: string[] = [];
  for (let above = line - 1; lines.has(above); above--) found.push(lines.get(above) ?? "");
  return found;
}

const CAPTURED = new WeakMap<Source, ReadonlySet<string>>();

/** Names that stand in functions within functions: variables of theirs may live on in them. */
export function capturedNames(source: Source): ReadonlySet<string> {
  const known = CAPTURED.get(source);
  if (known !== undefined) return known;
  const found = new Set<string>();
  const open: [unknown, number][] = [[source.chunk.body, 0]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [node, depth] = next;
    if (typeof node !== "object" || node === null) continue;
    const type = "type" in node ? node.type : undefined;
    if (type === "Identifier" && depth > 1 && "name" in node && typeof node.name === "string")
      found.add(node.name);
    const inside = type === "FunctionDeclaration" ? depth + 1 : depth;
    for (const part of Object.values(node)) open.push([part, inside]);
  }
  CAPTURED.set(source, found);
  return found;
}

/** A declared limit: `at most 1,000 items`. */
export interface DeclaredLimit {
  readonly max: number;
  readonly what: string;
}

/** The limit that one of the comment lines declares. */
export function declaredLimit(comments: readonly string[]): DeclaredLimit | undefined {
  for (const comment of comments) {
    const found = /^at most (\d[\d_,]*) (\S.*)$/i.exec(comment);
    if (found?.[1] !== undefined && found[2] !== undefined) {
      return { max: Number(found[1].replace(/[_,]/g, "")), what: found[2] };
    }
  }
  return undefined;
}
