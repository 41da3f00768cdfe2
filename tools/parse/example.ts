import type { ExampleModel, KeyParam } from "../model/model.js";
import type { Tag } from "./doc.js";
import type { Problems } from "./problem.js";

const WORDS = ["given", "call", "reply", "again", "error", "then"];
const RULE = "contract/example";

/** Reads one `@example` of a script that has these keys; undefined: they are not known. */
export function readExample(
  tag: Tag,
  keys: readonly KeyParam[] | undefined,
  problems: Problems,
): ExampleModel | undefined {
  const before = problems.all.length;
  const parts = new Map<string, { readonly text: string; readonly line: Tag["body"][number] }[]>();
  for (const line of tag.body) {
    const [, word = "", rest = ""] = /^(\S+)\s*(.*)$/.exec(line.text) ?? [];
    if (!WORDS.includes(word)) {
      problems.at(
        line.place,
        word.length,
        RULE,
        `an example has no line "${word}"`,
        `use ${WORDS.join(", ")}`,
      );
      continue;
    }
    if (keys !== undefined) checkNames(line, keys, problems);
    parts.set(word, [...(parts.get(word) ?? []), { text: rest, line }]);
  }
  const single = (word: string): string | undefined => {
    const [first, second] = parts.get(word) ?? [];
    if (second !== undefined)
      problems.at(
        second.line.place,
        word.length,
        RULE,
        `the example has more than one line "${word}"`,
        "keep one",
      );
    return first?.text;
  };
  const call = single("call") ?? "";
  const reply = single("reply");
  const again = single("again");
  const error = single("error");
  if (tag.text === "")
    problems.atTag(tag, RULE, "the example does not say what it shows", "put a sentence behind @example");
  if ((reply === undefined) === (error === undefined)) {
    problems.atTag(
      tag,
      RULE,
      "an example ends in either a reply or an error",
      "add one line: reply <name>=<value> …, or: error <how its text begins>",
    );
  }
  const then = parts.get("then") ?? [];
  for (const { text, line } of then) {
    if (text.includes(" = ")) continue;
    const mend = "write it as: then HGET {stock} total = 5";
    problems.at(line.place, line.text.length, RULE, "the line says no value", mend);
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
    place: tag.place,
  };
}

/** What stands in braces, outside of quotes, is a key of the script, or the present. */
function checkNames(line: Tag["body"][number], keys: readonly KeyParam[], problems: Problems): void {
  const unquoted = line.text.replace(/"[^"]*"/g, (text) => " ".repeat(text.length));
  for (const { 0: whole, 1: name = "", index } of unquoted.matchAll(/\{([a-z_]+)([+-]\d+)?\}/g)) {
    if (name === "now" || keys.some(({ key }) => key === name)) continue;
    problems.at(
      { ...line.place, column: line.place.column + index },
      whole.length,
      RULE,
      `${whole} is no key of the script`,
      `use ${[...keys.map(({ key }) => `{${key}}`), "{now}"].join(", ")}`,
    );
  }
}
