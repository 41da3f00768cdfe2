import type { Position } from "../../model/model.js";
import type { Continued, Tagged } from "../problem.js";
import type { Source } from "./source.js";

/**
 * One `---@tag text` and the lines that belong to it. `text` is what follows the tag's name, with
 * the lines that continue it: those that are indented by three spaces or more.
 */
export interface Tag extends Tagged {
  /**
   * The other lines up to the next tag. In an example, a line that is indented more than the first
   * one continues a line.
   */
  readonly body: readonly Line[];
}

/** A line without its dashes, joined with the lines that continue it. */
export interface Line extends Continued {
  readonly text: string;
  readonly position: Position;
}

/** A documentation block: lines of `---` that stand together. */
export interface Doc {
  /** Prose before the first tag, line by line, without the dashes. */
  readonly prose: readonly string[];
  readonly tags: readonly Tag[];
  /** The block's first line. */
  readonly position: Position;
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

/** The smallest indentation of a line that continues the tag above it. */
const CONTINUATION = 3;

function readBlock(source: Source, start: number, end: number): Doc {
  const prose: string[] = [];
  const tags: TagRead[] = [];
  for (let index = start; index < end; index += 1) {
    const line = source.lines[index] ?? "";
    const content = line.slice(3);
    const text = content.trim();
    const indent = content.length - content.trimStart().length;
    const at = (column: number): Position => ({ file: source.file, line: index + 1, column });
    const tag = /^\s*@(\S+)\s*/.exec(content);
    const last = tags.at(-1);
    if (tag) {
      tags.push({
        name: tag[1] ?? "",
        text: content.slice(tag[0].length).trimEnd(),
        body: [],
        position: at(4 + indent),
        textPosition: at(4 + tag[0].length),
        continued: [],
      });
    } else if (last === undefined) prose.push(text);
    else if (text !== "") {
      const position = at(4 + indent);
      const continued = lineAbove(last, indent);
      if (continued === undefined) last.body.push({ text, position, continued: [] });
      else {
        continued.continued.push({ start: continued.text.length + 1, position });
        continued.text += ` ${text}`;
      }
    }
  }
  return { prose, tags, position: { file: source.file, line: start + 1, column: 1 }, nextLine: end + 1 };
}

interface LineRead {
  text: string;
  position: Position;
  continued: { start: number; position: Position }[];
}

interface TagRead extends LineRead {
  name: string;
  body: LineRead[];
  textPosition: Position;
}

/**
 * What a line of that indentation continues: the tag's text, or a line of an example; undefined:
 * nothing.
 */
function lineAbove(tag: TagRead, indent: number): LineRead | undefined {
  const [first] = tag.body;
  if (tag.name !== "example") return first === undefined && indent >= CONTINUATION ? tag : undefined;
  return first !== undefined && 4 + indent > first.position.column ? tag.body.at(-1) : undefined;
}
