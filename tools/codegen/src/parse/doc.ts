import type { Position } from "../model/model.js";
import type { Tagged } from "./problem.js";
import type { Source } from "./source.js";

/** One `---@tag text` and the lines that belong to it. `text` is what follows the tag's name on its line. */
export interface Tag extends Tagged {
  /** The lines after it up to the next tag, without their dashes. */
  readonly body: readonly { readonly text: string; readonly place: Position }[];
}

/** A documentation block: lines of `---` that stand together. */
export interface Doc {
  /** Prose before the first tag, line by line, without the dashes. */
  readonly prose: readonly string[];
  readonly tags: readonly Tag[];
  /** The block's first line. */
  readonly place: Position;
  /** The line after the block, where the thing it documents stands. */
  readonly nextLine: number;
}

/** Every documentation block of a file, in order. */
export function docsOf(source: Source): Doc[] {
  const docs: Doc[] = [];
  let start = 0;
  while (start < source.lines.length) {
    if (!isDocLine(source.lines[start])) {
      start += 1;
      continue;
    }
    let end = start;
    while (end < source.lines.length && isDocLine(source.lines[end])) end += 1;
    docs.push(readBlock(source, start, end));
    start = end;
  }
  return docs;
}

/** The block that stands directly above a line, if any. */
export function docAbove(docs: readonly Doc[], line: number): Doc | undefined {
  return docs.find((doc) => doc.nextLine === line);
}

/** The prose as its first sentence and the rest, each on one line. */
export function purposeOf(doc: Doc): { purpose: string; description: string } {
  const paragraphs = doc.prose
    .join("\n")
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replace(/\s+/g, " ").trim())
    .filter((paragraph) => paragraph !== "");
  const [purpose = "", ...rest] = paragraphs;
  return { purpose, description: rest.join("\n\n") };
}

function isDocLine(line: string | undefined): boolean {
  return line !== undefined && /^---(?!-)/.test(line);
}

function readBlock(source: Source, start: number, end: number): Doc {
  const prose: string[] = [];
  const tags: {
    name: string;
    text: string;
    body: { text: string; place: Position }[];
    place: Position;
    textPlace: Position;
  }[] = [];
  for (let index = start; index < end; index += 1) {
    const line = source.lines[index] ?? "";
    const content = line.slice(3);
    const at = (column: number): Position => ({ file: source.file, line: index + 1, column });
    const tag = /^\s*@(\S+)\s*/.exec(content);
    if (tag) {
      const indent = content.length - content.trimStart().length;
      tags.push({
        name: tag[1] ?? "",
        text: content.slice(tag[0].length).trimEnd(),
        body: [],
        place: at(4 + indent),
        textPlace: at(4 + tag[0].length),
      });
    } else {
      const last = tags.at(-1);
      if (last === undefined) prose.push(content.trim());
      else if (content.trim() !== "")
        last.body.push({ text: content.trim(), place: at(4 + content.length - content.trimStart().length) });
    }
  }
  return { prose, tags, place: { file: source.file, line: start + 1, column: 1 }, nextLine: end + 1 };
}
