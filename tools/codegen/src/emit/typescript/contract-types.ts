import type { Model, ReplyField, ScriptModel } from "../../model/model.js";
import { isGenerated, keyFieldsOf, outcomesOf } from "../../model/resolve.js";
import { camel, pascal } from "../../naming.js";
import { quote } from "./context.js";
import { argumentTypeOf, describe, ended, replyTypeOf, sentence } from "./describe.js";
import { jsdoc } from "./jsdoc.js";

/** `stock.adjust` -> `StockAdjust`: what the names of a script's types begin with. */
export function typeName({ domain, operation }: Pick<ScriptModel, "domain" | "operation">): string {
  return pascal(`${domain}_${operation}`);
}

/** `StockAdjustArgs`, with a docstring for each property. */
export function argsInterface(model: Model, script: ScriptModel): string[] {
  const property = (name: string, type: string, mayBeAbsent: boolean, doc: string): string[] => [
    ...jsdoc("  ", [doc]),
    `  readonly ${camel(name)}${mayBeAbsent ? "?" : ""}: ${type}${mayBeAbsent ? " | undefined" : ""};`,
  ];
  const fields = keyFieldsOf(model, script).map((field) => {
    const note = field.generated
      ? "part of the key. The client makes one if it is absent"
      : "part of the key";
    const doc = describe(model, { type: { kind: "named", name: field.type }, note });
    return property(field.name, "string", field.generated, doc);
  });
  const args = script.args.map((arg) => {
    const made = isGenerated(model, arg.type);
    const doc = `${describe(model, inCaller(script, arg))}${made ? " The client makes one if it is absent." : ""}`;
    return property(arg.name, argumentTypeOf(model, arg.type), arg.optional || made, doc);
  });
  return [
    ...jsdoc("", [`Arguments of \`${script.name}\`.`]),
    `export interface ${typeName(script)}Args {`,
    ...fields.flat(),
    ...args.flat(),
    "}",
  ];
}

/**
 * A text of the contract with the names that a caller of the function knows: `remember_ms` ->
 * `rememberMs`.
 */
export function inCamelCase(script: ScriptModel, text: string): string {
  const names = new Set([...script.args, ...script.replies].map(({ name }) => name));
  return text.replace(/\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b/g, (word) => (names.has(word) ? camel(word) : word));
}

/** An argument or a field with its note in the names that a caller knows. */
function inCaller<Noted extends { readonly note: string }>(script: ScriptModel, noted: Noted): Noted {
  return { ...noted, note: inCamelCase(script, noted.note) };
}

/** Outcomes that carry the same fields: they share a member of the reply's union. */
export interface ReplyGroup {
  readonly outcomes: readonly string[];
  readonly fields: readonly ReplyField[];
}

/** The members of a reply's union; undefined for a script without outcomes. */
export function replyGroups(model: Model, script: ScriptModel): ReplyGroup[] | undefined {
  const outcomes = outcomesOf(model, script.replies);
  if (outcomes === undefined) return undefined;
  const groups = new Map<string, { outcomes: string[]; fields: readonly ReplyField[] }>();
  for (const outcome of outcomes) {
    const fields = script.replies
      .slice(1)
      .filter((field) => field.when === undefined || field.when.includes(outcome));
    const id = fields.map((field) => field.name).join();
    const group = groups.get(id);
    if (group === undefined) groups.set(id, { outcomes: [outcome], fields });
    else group.outcomes.push(outcome);
  }
  return [...groups.values()];
}

/** What a contract says of each outcome: `refused: too few units; unknown: no such stock`. */
export interface OutcomeMeanings {
  /** By the outcome; those of which the contract says nothing are missing. */
  readonly meanings: ReadonlyMap<string, string>;
  /** What the note says besides; may be empty. */
  readonly rest: string;
}

/** Splits the note of a reply's outcome into the meanings of the outcomes. */
export function outcomeMeanings(model: Model, script: ScriptModel): OutcomeMeanings {
  const outcomes = outcomesOf(model, script.replies) ?? [];
  const meanings = new Map<string, string>();
  const rest: string[] = [];
  for (const part of inCamelCase(script, script.replies[0]?.note ?? "").split(/;\s+/)) {
    const [, outcome = "", meaning = ""] = /^(\w+): (.+)$/.exec(part) ?? [];
    if (outcomes.includes(outcome)) meanings.set(outcome, meaning);
    else if (part !== "") rest.push(part);
  }
  return { meanings, rest: rest.join("; ") };
}

/** `StockAdjustReply`, with a docstring for each member of its union and for each property. */
export function replyType(model: Model, script: ScriptModel): string[] {
  const name = `${typeName(script)}Reply`;
  const groups = replyGroups(model, script);
  const property = (indent: string, field: ReplyField): string[] => [
    ...jsdoc(indent, [
      `${describe(model, inCaller(script, field))}${field.sometimes ? " It may be absent." : ""}`,
    ]),
    `${indent}readonly ${camel(field.name)}: ${replyTypeOf(model, field.type)}${field.sometimes ? " | undefined" : ""};`,
  ];
  if (groups === undefined) {
    return [
      ...jsdoc("", [`Reply of \`${script.name}\`.`]),
      `export interface ${name} {`,
      ...script.replies.flatMap((field) => property("  ", field)),
      "}",
    ];
  }
  const { meanings, rest } = outcomeMeanings(model, script);
  const members = groups.flatMap((group) => {
    const docs = outcomeLines(group.outcomes, meanings);
    return [
      "  | {",
      ...jsdoc("      ", [docs.join("\n")]),
      `      readonly outcome: ${group.outcomes.map(quote).join(" | ")};`,
      ...group.fields.flatMap((field) => property("      ", field)),
      "    }",
    ];
  });
  return [
    ...jsdoc("", [`Reply of \`${script.name}\`: \`outcome\` says what happened.`, sentence(rest)]),
    `export type ${name} =`,
    ...members.slice(0, -1),
    `${members.at(-1) ?? ""};`,
  ];
}

/** One line for each outcome, as a list where there are several. */
export function outcomeLines(outcomes: readonly string[], meanings: ReadonlyMap<string, string>): string[] {
  return outcomes.map((outcome) => {
    const meaning = meanings.get(outcome);
    const line = meaning === undefined ? `\`${outcome}\`` : `\`${outcome}\`: ${ended(meaning)}`;
    return outcomes.length === 1 ? line : `- ${line}`;
  });
}
