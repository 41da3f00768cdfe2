import luaparse from "luaparse";
import type { FileText } from "../placed-text.js";
import { readComment, type TagProse } from "./comment.js";
import { commentLinesOf, groupLineComments } from "./group.js";
import { SourceLines } from "./lines.js";

/** Lines of an example that are commands and replies. */
const EXAMPLE_LINE = /^\s*(?:given|call|reply|again|error|then)(?:\s|$)/;

/** Tags of contracts, keys and types. A parameter has its name and its type before its prose. */
const TAGS: TagProse = {
  param: 2,
  return: 2,
  field: 2,
  example: EXAMPLE_LINE,
  cost: "none",
  resend: 1,
  oom: 1,
  version: "none",
  role: "none",
  alias: "none",
  class: "none",
  meta: "none",
  range: "none",
  charset: "none",
  default: "none",
  pattern: "none",
  holds: "none",
  owner: "none",
  evict: "none",
};

/** The opening marker of a block comment. */
const BLOCK = /^--\[=*\[/;

/**
 * Reads the comments of a Lua file with luaparse, the parser of the generator.
 *
 * @throws Error when the file has a syntax error
 */
export function readLua(source: string): FileText {
  const comments: LuaComment[] = [];
  luaparse.parse(source, {
    comments: true,
    ranges: true,
    luaVersion: "5.1",
    onCreateNode: (node) => comments.push(...commentOf(node)),
  });
  const lines = new SourceLines(source);
  const lineComments = comments
    .filter(({ raw }) => !BLOCK.test(raw))
    .map(({ start, end, raw }) => ({ start, end, marker: /^-+/.exec(raw)?.[0] ?? "--" }));
  const blocks = comments
    .filter(({ raw }) => BLOCK.test(raw))
    .map(({ start, end, raw }) => {
      const open = BLOCK.exec(raw)?.[0].length ?? 0;
      return lines.between(start + open, end - (open - "--".length));
    });
  return {
    paragraphs: [...groupLineComments(lineComments, lines), ...blocks].flatMap((text) =>
      readComment(text, TAGS),
    ),
    commentLines: commentLinesOf(comments, lines),
  };
}

/** A comment of luaparse. Its type declarations have no range. */
interface LuaComment {
  readonly start: number;
  readonly end: number;
  /** The comment with its markers. */
  readonly raw: string;
}

/** One comment, or none if the node is not a comment. */
function commentOf(node: object): readonly LuaComment[] {
  if (!("type" in node && node.type === "Comment" && "raw" in node && typeof node.raw === "string"))
    return [];
  const range: readonly unknown[] = "range" in node && Array.isArray(node.range) ? node.range : [];
  const [start, end] = range;
  if (typeof start !== "number" || typeof end !== "number")
    throw new TypeError("luaparse gave a comment no range");
  return [{ start, end, raw: node.raw }];
}
