import type { Finding, Rule } from "./finding.js";
import type { FileText, Paragraph, PlacedLine, Position } from "./placed-text.js";
import { sentencesOf, wordsOf } from "./sentences.js";
import { WORD_CHANGES, type WordChange } from "./words.js";

/** The widest line that ends in a comment. Columns are code points, so an emoji is one. */
export const MAX_COMMENT_COLUMNS = 110;

/** The longest sentence. */
export const MAX_SENTENCE_WORDS = 30;

/** Scripts in which the generator may indent a module's comments more than their source does. */
const INDENTED = /^generated\/lua\//;

/** The findings of one file, by line and column. */
export function findingsOf(file: string, { paragraphs, commentLines }: FileText): readonly Finding[] {
  return [
    ...(INDENTED.test(file) ? [] : commentLines.flatMap(widthOf)),
    ...paragraphs.flatMap(lengthsOf),
    ...paragraphs.flatMap(oldWordsOf),
  ]
    .map((finding) => ({ file, ...finding }))
    .sort((one, other) => one.line - other.line || one.column - other.column);
}

type Breach = Omit<Finding, "file">;

/**
 * A line of one word, such as a URL, cannot be wrapped and may be wider. A tag may be before the word,
 * as in `@return "sold"|"refused"`. The generator finds its files by the line "DO NOT EDIT", which it does
 * not wrap.
 */
const UNWRAPPED = /^[\s/*-]*(?:@\w+ )?\S+$|by moonpath-codegen\. DO NOT EDIT\.$/;

function widthOf({ text, line }: PlacedLine): readonly Breach[] {
  const columns = [...text].length;
  if (columns <= MAX_COMMENT_COLUMNS || UNWRAPPED.test(text)) return [];
  const message = `comment line of ${columns} columns, at most ${MAX_COMMENT_COLUMNS}; wrap it`;
  return [breach({ line, column: MAX_COMMENT_COLUMNS + 1 }, "comment-width", message)];
}

function lengthsOf({ text, positionAt }: Paragraph): readonly Breach[] {
  return sentencesOf(text)
    .map((sentence) => ({ ...sentence, words: wordsOf(sentence.text) }))
    .filter(({ words }) => words.length > MAX_SENTENCE_WORDS)
    .map(({ index, words }) => {
      const message = `sentence of ${words.length} words, at most ${MAX_SENTENCE_WORDS}: ${beginning(words)}`;
      return breach(positionAt(index), "sentence-length", message);
    });
}

function beginning(words: readonly { readonly text: string }[]): string {
  return `"${words
    .slice(0, 5)
    .map(({ text }) => text)
    .join(" ")} …"`;
}

function oldWordsOf({ text, positionAt }: Paragraph): readonly Breach[] {
  return PATTERNS.flatMap(({ pattern, use }) =>
    [...text.matchAll(pattern)].map((match) =>
      breach(positionAt(match.index), "word", `"${match[0]}" is not a word of the field; write: ${use}`),
    ),
  );
}

/** An old word counts where no letter, digit or hyphen touches it. */
function patternOf({ old, use }: WordChange): { pattern: RegExp; use: string } {
  const forms = old.map((form) => form.replaceAll(" ", "\\s+")).join("|");
  return { pattern: new RegExp(`(?<![\\p{L}\\d_-])(?:${forms})(?![\\p{L}\\d_-])`, "giu"), use };
}

const PATTERNS = WORD_CHANGES.map(patternOf);

function breach({ line, column }: Position, rule: Rule, message: string): Breach {
  return { line, column, rule, message };
}
