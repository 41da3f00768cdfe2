import { parseArgs } from "node:util";
import { MAX_COMMENT_COLUMNS, MAX_SENTENCE_WORDS } from "./rules.js";

export const HELP = `Usage: npm run prose -- [options] [files and folders]

Checks comments of TypeScript and Lua, and Markdown. Without paths, it reads all files of the repository.
It prints one line for each finding, "file:line:col: rule: message". The exit code is 1 if there are findings.

  comment-width     a line that ends in a comment has at most ${MAX_COMMENT_COLUMNS} columns
  sentence-length   a sentence has at most ${MAX_SENTENCE_WORDS} words; a code span is one word
  word              a word that tools/prose/words.ts replaces by another

  --summary   print the number of findings by folder and rule, instead of the findings
  --help      print this text

Example: npm run prose -- --summary src docs/client.md
`;

/** The options of a run. */
export interface Options {
  readonly paths: readonly string[];
  readonly summary: boolean;
  readonly help: boolean;
}

/** @throws TypeError when an option is unknown */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { summary: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
  });
  return { paths: positionals, summary: values.summary, help: values.help };
}
