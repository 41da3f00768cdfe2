import * as v from "../analysis/domain/value.js";
import type { ReturnVisit } from "../analysis/interpreter/recorder.js";
import type { ReplyField } from "../model/model.js";
import type { Problem } from "../parse/problem.js";
import { type Checked, choicesOf, violation, wordRange } from "./input.js";
import { kindFault } from "./kind.js";

/** Returns give what the contract declares. */
export function checkReplies(checked: Checked): readonly Problem[] {
  const { facts, contract } = checked;
  if (contract.replies.length === 0) return [];
  const problems = facts.returns.flatMap((visit) => checkReturn(visit, checked));
  return [...problems, ...unreturned(checked)];
}

function outcomesOf({ contract, types }: Checked): readonly string[] | undefined {
  const [first] = contract.replies;
  return first === undefined ? undefined : choicesOf(types, first.type);
}

function mismatch(visit: ReturnVisit, message: string): Problem {
  return violation("reply/mismatch", visit.range, message);
}

function checkReturn(visit: ReturnVisit, checked: Checked): Problem[] {
  const { replies } = checked.contract;
  const { values, fallsThrough } = visit;
  if (fallsThrough) return [mismatch(visit, "the script can end here without a return")];
  if (values.length > replies.length) {
    const declared = `${replies.length} ${replies.length === 1 ? "is" : "are"} declared`;
    return [mismatch(visit, `the script returns ${values.length} values, but ${declared}`)];
  }
  const outcomes = outcomesOf(checked);
  const first = values[0] ?? v.NIL;
  const known = outcomes === undefined ? undefined : first.text?.literals;
  if (outcomes !== undefined && (known === undefined || first.unknown)) {
    const problem =
      first.text === undefined && !first.unknown
        ? "no outcome"
        : `an outcome that is not known to be ${oneOf(outcomes)}`;
    return [mismatch(visit, `the script returns ${problem}`)];
  }
  const wrong = [...(known ?? [])].filter((one) => outcomes?.includes(one) === false);
  if (wrong.length > 0) {
    return wrong.map((one) =>
      mismatch(visit, `"${one}" is not a declared outcome: ${oneOf(outcomes ?? [])}`),
    );
  }
  const named = known === undefined ? [undefined] : [...known];
  return named.flatMap((outcome) =>
    replies.flatMap((field, position) =>
      checkField(field, values[position] ?? v.NIL, outcome, visit, checked),
    ),
  );
}

function oneOf(words: readonly string[]): string {
  return words.map((word) => `"${word}"`).join(" or ");
}

function checkField(
  field: ReplyField,
  value: v.AbstractValue,
  outcome: string | undefined,
  visit: ReturnVisit,
  checked: Checked,
): Problem[] {
  const carried = field.when === undefined || outcome === undefined || field.when.includes(outcome);
  const where = outcome === undefined ? "" : ` with "${outcome}"`;
  if (!carried) {
    if (v.isOnly(value, "nil")) return [];
    return [mismatch(visit, `\`${field.name}\` has a value${where}, but the contract declares none`)];
  }
  // False stands for nothing, as Redis says it; beside true it is a flag.
  const absent = value.nil || (value.boolFalse && !value.boolTrue && !isFlag(field, checked));
  const perhaps = outcome === undefined && field.when !== undefined;
  if (absent && !field.sometimes && !perhaps) {
    const only = v.isOnly(value, "nil") || v.isOnly(value, "boolFalse");
    const carries =
      outcome === undefined
        ? "but is declared for every reply"
        : `with "${outcome}", for which it is declared`;
    return [
      mismatch(
        visit,
        `\`${field.name}\` ${only ? "is" : "may be"} ${value.nil ? "nil" : "false"} ${carries}`,
      ),
    ];
  }
  const fault = kindFault(field.type, value, visit.state, checked.types);
  if (fault === undefined) return [];
  const subject = `\`${field.name}\`${fault.path}`;
  return [violation(fault.rule, visit.range, `${subject} ${fault.message}`)];
}

function isFlag(field: ReplyField, { types }: Checked): boolean {
  if (field.type.kind !== "named") return false;
  const { name } = field.type;
  return types.some((type) => type.name === name && type.kind === "flag");
}

function unreturned(checked: Checked): Problem[] {
  const { facts, contract } = checked;
  const outcomes = outcomesOf(checked);
  const [first] = contract.replies;
  if (outcomes === undefined || first === undefined || facts.returns.length === 0) return [];
  const returned = new Set<string>();
  for (const { values } of facts.returns) {
    const value = values[0] ?? v.NIL;
    if (value.unknown || (value.text !== undefined && value.text.literals === undefined)) return [];
    for (const literal of value.text?.literals ?? []) returned.add(literal);
  }
  const missing = outcomes.filter((outcome) => !returned.has(outcome));
  return missing.map((outcome) => {
    const range = wordRange(checked, first.position, `"${outcome}"`);
    return violation("reply/unreturned", range, `no return gives the outcome "${outcome}"`);
  });
}
