import type { Position } from "../model/model.js";
import type { FolderRule } from "./rules.js";

/** Something wrong with a source: the rule that it breaks, where, what, and how to fix it. */
export interface Problem {
  /** `family/name`, such as `args/unused`. */
  readonly rule: string;
  readonly place: Position;
  /** How many characters the caret underlines; at least 1. */
  readonly length: number;
  readonly message: string;
  readonly fix: string;
}

/** A text of one or more lines. */
export interface Continued {
  /** The lines after the first one: where each begins in the text and in the file. */
  readonly continued: readonly { readonly start: number; readonly place: Position }[];
}

/** Where a position of the text stands in the file, if the text's first line begins at `place`. */
export function placeIn({ continued }: Continued, place: Position, offset: number): Position {
  const line = continued.findLast(({ start }) => start <= offset) ?? { start: 0, place };
  return { ...line.place, column: line.place.column + offset - line.start };
}

/** What a tag has that a caret may point at. */
export interface Tagged extends Continued {
  readonly name: string;
  readonly text: string;
  readonly place: Position;
  /** Where `text` begins. */
  readonly textPlace: Position;
}

/** A place to put problems while a file is read; reading goes on, so that all of them are told at once. */
export class Problems {
  readonly all: Problem[] = [];

  /** At a place, underlining `length` characters. */
  at(place: Position, length: number, rule: FolderRule, message: string, fix: string): void {
    this.all.push({ rule, place, length: Math.max(1, length), message, fix });
  }

  /** At a whole tag: `@range`. */
  atTag(tag: Tagged, rule: FolderRule, message: string, fix: string): void {
    this.at(tag.place, tag.name.length + 1, rule, message, fix);
  }

  /** At what a tag says, or at one word of it: the first one from `from` on. */
  atText(tag: Tagged, word: string, rule: FolderRule, message: string, fix: string, from = 0): void {
    const offset = positionOf(tag.text, word, from);
    const place = placeIn(tag, tag.textPlace, offset);
    if (tag.text === "") this.atTag(tag, rule, message, fix);
    else this.at(place, word.length, rule, message, fix);
  }
}

/** Where a word stands whole; where it is none, but a part of the text, where that begins. */
function positionOf(text: string, word: string, from: number): number {
  // An empty word stands everywhere: a search for the next place would never end.
  if (word === "") return text.length;
  for (let at = text.indexOf(word, from); at >= 0; at = text.indexOf(word, at + 1)) {
    const before = text[at - 1] ?? " ";
    const after = text[at + word.length] ?? " ";
    if (/[\s|]/.test(before) && /[\s|:]/.test(after)) return at;
  }
  return Math.max(0, text.indexOf(word, from));
}

/** By file, line and column. */
export function byPlace(one: Problem, other: Problem): number {
  if (one.place.file !== other.place.file) return one.place.file < other.place.file ? -1 : 1;
  return one.place.line - other.place.line || one.place.column - other.place.column;
}
