import type { Position } from "../model/model.js";
import type { FolderRule } from "./rules.js";

/** Something wrong with a source: the rule that it breaks, where, what, and how to fix it. */
export interface Problem {
  /** `family/name`, such as `args/unused`. */
  readonly rule: string;
  readonly position: Position;
  /** How many characters the caret underlines; at least 1. */
  readonly length: number;
  readonly message: string;
  readonly fix: string;
}

/** A text of one or more lines. */
export interface Continued {
  /** The lines after the first one: where each begins in the text and in the file. */
  readonly continued: readonly { readonly start: number; readonly position: Position }[];
}

/** Where a position of the text stands in the file, if the text's first line begins at `position`. */
export function positionIn({ continued }: Continued, position: Position, offset: number): Position {
  const line = continued.findLast(({ start }) => start <= offset) ?? { start: 0, position };
  return { ...line.position, column: line.position.column + offset - line.start };
}

/** What a tag has that a caret may point at. */
export interface Tagged extends Continued {
  readonly name: string;
  readonly text: string;
  readonly position: Position;
  /** Where `text` begins. */
  readonly textPosition: Position;
}

/** Collects problems while files are read. Reading goes on, so that one run reports all problems. */
export class Problems {
  readonly all: Problem[] = [];

  /** Adds a problem at a position, and underlines `length` characters. */
  at(position: Position, length: number, rule: FolderRule, message: string, fix: string): void {
    this.all.push({ rule, position, length: Math.max(1, length), message, fix });
  }

  /** At a whole tag: `@range`. */
  atTag(tag: Tagged, rule: FolderRule, message: string, fix: string): void {
    this.at(tag.position, tag.name.length + 1, rule, message, fix);
  }

  /** At what a tag says, or at one word of it: the first one from `from` on. */
  atText(tag: Tagged, word: string, rule: FolderRule, message: string, fix: string, from = 0): void {
    const offset = offsetOf(tag.text, word, from);
    const position = positionIn(tag, tag.textPosition, offset);
    if (tag.text === "") this.atTag(tag, rule, message, fix);
    else this.at(position, word.length, rule, message, fix);
  }
}

/** Where a word stands whole; where it is none, but a part of the text, where that begins. */
function offsetOf(text: string, word: string, from: number): number {
  // An empty word stands everywhere: a search for the next one would never end.
  if (word === "") return text.length;
  for (let at = text.indexOf(word, from); at >= 0; at = text.indexOf(word, at + 1)) {
    const before = text[at - 1] ?? " ";
    const after = text[at + word.length] ?? " ";
    if (/[\s|]/.test(before) && /[\s|:]/.test(after)) return at;
  }
  return Math.max(0, text.indexOf(word, from));
}

/** By file, line and column. */
export function byPosition(one: Problem, other: Problem): number {
  if (one.position.file !== other.position.file) return one.position.file < other.position.file ? -1 : 1;
  return one.position.line - other.position.line || one.position.column - other.position.column;
}
