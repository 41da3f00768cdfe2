import type { Paragraph, PlacedLine } from "../placed-text.js";
import { readParagraphs } from "./markdown.js";

/** A comment without its markers: Markdown with tags, with the position of each line. */
export type CommentText = readonly PlacedLine[];

/**
 * The position of a tag's prose: after this number of words (0 for directly after the tag), or
 * before the first line that matches. `"none"` is for a tag without prose. A tag that is not listed
 * counts as 0.
 */
export type TagProse = Readonly<Record<string, number | RegExp | "none">>;

const TAG = /^(\s*)@([\w-]+)[ \t]*/;

/** The paragraphs of a comment. Each tag begins a separate part. */
export function readComment(comment: CommentText, tags: TagProse): readonly Paragraph[] {
  return partsOf(comment).flatMap((part) => readParagraphs(proseOf(part, tags)));
}

function partsOf(comment: CommentText): readonly PlacedLine[][] {
  const parts: PlacedLine[][] = [[]];
  for (const line of comment) {
    if (TAG.test(line.text)) parts.push([]);
    parts.at(-1)?.push(line);
  }
  return parts;
}

function proseOf(part: readonly PlacedLine[], tags: TagProse): readonly PlacedLine[] {
  const [first, ...others] = part;
  const tag = first === undefined ? null : TAG.exec(first.text);
  if (first === undefined || tag === null) return part;
  const prose = tags[tag[2] ?? ""] ?? 0;
  if (prose === "none") return [];
  if (typeof prose === "number") return [skipWords(first, tag[0].length, prose), ...others];
  const end = others.findIndex(({ text }) => prose.test(text));
  return [skipWords(first, tag[0].length, 0), ...(end === -1 ? others : others.slice(0, end))];
}

/** A line without its tag and the words after it. */
function skipWords(line: PlacedLine, tagLength: number, words: number): PlacedLine {
  const skipped = new RegExp(`^(?:\\S+\\s*){0,${words}}`).exec(line.text.slice(tagLength));
  const cut = tagLength + (skipped?.[0].length ?? 0);
  return { text: line.text.slice(cut), line: line.line, column: line.column + cut };
}
