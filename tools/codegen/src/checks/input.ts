import type { Facts } from "../analysis/facts.js";
import type { Range } from "../analysis/syntax/syntax.js";
import type { CommandTable } from "../commands/table.js";
import type { ArgParam, KeyModel, KeyParam, ReplyField, TypeModel, TypeRef } from "../model/model.js";
import type { Problem } from "../parse/problem.js";
import type { Source } from "../parse/source/source.js";
import { RULES, type RuleName } from "./rules.js";

/** What a script promises, as far as the checks hold it to that. */
export interface CheckedContract {
  /** `stock.set_level` */
  readonly name: string;
  /** `stock/set_level.lua` */
  readonly file: string;
  readonly keys: readonly KeyParam[];
  readonly args: readonly ArgParam[];
  readonly replies: readonly ReplyField[];
  /** Why it runs when memory is full, though its commands need some. */
  readonly oom?: string;
}

/** A script to check, with all that it refers to. */
export interface CheckInput {
  readonly source: Source;
  readonly contract: CheckedContract;
  readonly keyspace: readonly KeyModel[];
  readonly types: readonly TypeModel[];
  /** Modules by the names under which they are required: `lib.now_ms`. */
  readonly modules: ReadonlyMap<string, Source>;
  /** Redis 7.0's when absent. */
  readonly commands?: CommandTable;
}

/** What one family of rules looks at. */
export interface Checked {
  readonly facts: Facts;
  readonly contract: CheckedContract;
  readonly keyspace: readonly KeyModel[];
  readonly types: readonly TypeModel[];
  readonly source: Source;
}

/** One family of rules: finds what breaks them. */
export type Check = (checked: Checked) => readonly Problem[];

/** A violation of a rule. The fix is the rule's own unless another is given. */
export function violation(
  rule: RuleName,
  range: Range,
  message: string,
  fix: string = RULES[rule].fix,
): Problem {
  return { rule, position: range.start, length: range.length, message, fix };
}

/**
 * The range of a word in a contract's line, or the position alone if the line does not contain it.
 */
export function wordRange({ source }: Checked, from: Range["start"], word: string): Range {
  const line = source.lines[from.line - 1] ?? "";
  const found = from.file === source.file ? line.indexOf(word, from.column - 1) : -1;
  return { start: found < 0 ? from : { ...from, column: found + 1 }, length: Math.max(1, word.length) };
}

/** The named type of a reference, if it has one. */
export function typeNamed(types: readonly TypeModel[], name: string): TypeModel | undefined {
  return types.find((type) => type.name === name);
}

/** The values of a choice, written on the spot or named. */
export function choicesOf(types: readonly TypeModel[], type: TypeRef): readonly string[] | undefined {
  if (type.kind === "choice") return type.values;
  const named = type.kind === "named" ? typeNamed(types, type.name) : undefined;
  return named?.kind === "choice" ? named.values : undefined;
}

/** `a`, `a and b`, `a, b and c` */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
