import { parseSync } from "oxc-parser";
import type { FileText, PlacedLine } from "../placed-text.js";
import { readComment, type TagProse } from "./comment.js";
import { commentLinesOf, cut, groupLineComments } from "./group.js";
import { SourceLines } from "./lines.js";

/** JSDoc tags. A parameter has its name before its prose. */
const TAGS: TagProse = {
  param: 1,
  typeParam: 1,
  template: 1,
  throws: 0,
  returns: 0,
  example: "none",
  see: "none",
  link: "none",
};

/**
 * Reads the comments of a TypeScript file with the parser of oxc, which is the one of Rolldown and
 * Vitest. It lists comments with their offsets, and never takes text in a string, a template or a
 * regular expression for one.
 *
 * @throws Error when the file has a syntax error
 */
export function readTypeScript(source: string, file: string): FileText {
  const { comments, errors } = parseSync(file, source, { lang: "ts" });
  const [error] = errors;
  if (error !== undefined) throw new Error(error.message);
  const lines = new SourceLines(source);
  const lineComments = comments
    .filter(({ type }) => type === "Line")
    .map(({ start, end }) => ({ start, end, marker: "//" }));
  const blocks = comments
    .filter(({ type }) => type === "Block")
    .map(({ start, end }) => unframed(lines.between(start, end - "*/".length)));
  return {
    paragraphs: [...groupLineComments(lineComments, lines), ...blocks].flatMap((text) =>
      readComment(text, TAGS),
    ),
    commentLines: commentLinesOf(comments, lines),
  };
}

/** A block comment without its opening marker and the asterisks that begin its lines. */
function unframed(block: readonly PlacedLine[]): readonly PlacedLine[] {
  return block.map((line, index) => {
    const marker = index === 0 ? /^\/\*+/.exec(line.text) : /^\s*\*(?!\/)/.exec(line.text);
    return cut(line, marker?.[0].length ?? 0);
  });
}
