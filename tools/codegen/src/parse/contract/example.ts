import type { ExampleModel, KeyParam } from "../../model/model.js";
import { type Problems, positionIn } from "../problem.js";
import type { Line, Tag } from "../source/doc.js";
import { faultOf } from "./example-command.js";
import { isMisquoted, splitWords } from "./split-words.js";

const WORDS = ["given", "call", "reply", "again", "error", "then"];
const RULE = "contract/example";

/** Reads one `@example` of a script that has these keys; undefined: they are not known. */
export function readExample(
  tag: Tag,
  keys: readonly KeyParam[] | undefined,
  problems: Problems,
): ExampleModel | undefined {
  const before = problems.all.length;
  const parts = new Map<string, { readonly text: string; readonly line: Line }[]>();
  for (const line of tag.body) {
    const [, word = "", rest = ""] = /^(\S+)\s*(.*)$/.exec(line.text) ?? [];
    if (!WORDS.includes(word)) {
      problems.at(
        line.position,
        word.length,
        RULE,
        `an example cannot have a line "${word}"`,
        `use ${WORDS.join(", ")}`,
      );
      continue;
    }
    checkQuotes(line, rest, problems);
    if (keys !== undefined) checkNames(line, keys, problems);
    const lines = parts.get(word) ?? [];
    lines.push({ text: rest, line });
    parts.set(word, lines);
  }
  const single = (word: string): string | undefined => {
    const [first, second] = parts.get(word) ?? [];
    if (second !== undefined)
      problems.at(
        second.line.position,
        word.length,
        RULE,
        `the example has more than one line "${word}"`,
        "remove all but one",
      );
    return first?.text;
  };
  const call = single("call") ?? "";
  const reply = single("reply");
  const again = single("again");
  const error = single("error");
  if (tag.text === "")
    problems.atTag(tag, RULE, "the example has no title", "write a sentence after @example");
  if ((reply === undefined) === (error === undefined)) {
    problems.atTag(
      tag,
      RULE,
      "the example needs exactly one of the lines reply and error",
      "write one line: reply <name>=<value> …, or: error <how its text begins>",
    );
  }
  if (error !== undefined) {
    for (const { line } of parts.get("again") ?? []) {
      const message = 'an example with an error cannot have a line "again"';
      problems.at(line.position, "again".length, RULE, message, "remove the line");
    }
  }
  const then = parts.get("then") ?? [];
  for (const { text, line } of then) {
    if (text.includes(" = ")) continue;
    const fix = "write it as: then HGET {stock} total = 5";
    problems.at(line.position, line.text.length, RULE, "the line has no expected value", fix);
  }
  if (problems.all.length === before && keys !== undefined) {
    for (const { text, line } of parts.get("given") ?? []) checkCommand(line, text, keys, problems);
    for (const { text, line } of then) checkCommand(line, commandOf(text), keys, problems);
  }
  if (problems.all.length > before) return undefined;
  return {
    title: tag.text,
    given: (parts.get("given") ?? []).map((given) => given.text),
    call,
    ...(reply === undefined ? {} : { reply }),
    ...(again === undefined ? {} : { again }),
    ...(error === undefined ? {} : { error }),
    // biome-ignore lint/suspicious/noThenProperty: the word of the grammar; an array, and no promise
    then: then.map(({ text }) => text),
    position: tag.position,
  };
}

/** The command of `HGET {stock} total = 5`. */
function commandOf(then: string): string {
  return then.slice(0, then.lastIndexOf(" = "));
}

function checkCommand(line: Line, command: string, keys: readonly KeyParam[], problems: Problems): void {
  const names = keys.map(({ key }) => key);
  const fault = faultOf(command, names);
  if (fault === undefined) return;
  const position = positionIn(line, line.position, line.text.indexOf(command));
  problems.at(position, command.length, RULE, fault.message, fault.fix);
}

/** What stands in quotes is a text as JSON writes it, whether it is a word or a value. */
function checkQuotes(line: Line, text: string, problems: Problems): void {
  const words = splitWords(text).flatMap((word) => [word, word.replace(/^[a-z0-9_]+=/, "")]);
  const wrong = words.find(isMisquoted);
  if (wrong === undefined || /^(error) /.test(line.text)) return;
  const position = positionIn(line, line.position, line.text.indexOf(wrong));
  const fix = 'write it as in JSON: "two words", a backslash as \\\\, a quote as \\"';
  problems.at(position, wrong.length, RULE, "this is not a valid quoted text", fix);
}

/** What stands in braces, outside of quotes, is a key of the script, or the present. */
function checkNames(line: Line, keys: readonly KeyParam[], problems: Problems): void {
  const unquoted = line.text.replace(/"[^"]*"/g, (text) => " ".repeat(text.length));
  for (const { 0: whole, 1: name = "", index } of unquoted.matchAll(/\{([a-z][a-z0-9_]*)([+-]\d+)?\}/g)) {
    if (name === "now" || keys.some(({ key }) => key === name)) continue;
    problems.at(
      positionIn(line, line.position, index),
      whole.length,
      RULE,
      `${whole} is not a key of the script`,
      `use ${[...keys.map(({ key }) => `{${key}}`), "{now}"].join(", ")}`,
    );
  }
}
