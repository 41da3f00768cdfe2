import * as v from "../analysis/domain/value.js";
import type { CommandVisit, KeyTouch } from "../analysis/interpreter/recorder.js";
import { type Holds, holdsOf, writesKey } from "../commands/table.js";
import type { KeyParam } from "../model/model.js";
import type { Problem } from "../parse/problem.js";
import { type Checked, listed, violation, wordRange } from "./input.js";

/** Keys come from key parameters, and are used as declared. */
export function checkKeys(checked: Checked): readonly Problem[] {
  const { facts, contract } = checked;
  const visits = [...facts.recorder.commands.values()];
  const problems = visits.flatMap((visit) => [...undeclared(visit), ...wrongUse(visit, checked)]);
  for (const key of contract.keys) {
    const touches = visits.flatMap((visit) => visit.keys.filter((touch) => touch.value.keys.has(key.param)));
    const range = wordRange(checked, key.position, key.param);
    if (touches.length === 0) {
      problems.push(violation("keys/unused", range, `no command uses the key \`${key.param}\``));
    } else if (key.access === "write" && !touches.some((touch) => writesKey(touch.spec))) {
      const word = wordRange(checked, key.position, "write");
      const message = `\`${key.param}\` is declared write, but no command writes it`;
      problems.push(violation("keys/access", word, message, "declare it read"));
    }
  }
  return problems;
}

function undeclared(visit: CommandVisit): Problem[] {
  const problems =
    visit.unclearReason === undefined ? [] : [violation("keys/undeclared", visit.range, visit.unclearReason)];
  for (const { range, value } of visit.keys) {
    if (v.isBottom({ ...value, keys: new Set() })) continue;
    const origins = [...value.origins];
    const origin = origins.length === 0 ? "a value that is not a key parameter" : listed(origins);
    problems.push(violation("keys/undeclared", range, `the key of \`${visit.name}\` is ${origin}`));
  }
  return problems;
}

function wrongUse(visit: CommandVisit, { contract, keyspace }: Checked): Problem[] {
  const problems: Problem[] = [];
  for (const touch of visit.keys) {
    for (const name of touch.value.keys) {
      const param = contract.keys.find((key) => key.param === name);
      if (param === undefined) continue;
      if (param.access === "read" && writesKey(touch.spec)) {
        const message = `\`${visit.name}\` writes \`${name}\`, which is declared read`;
        problems.push(
          violation("keys/access", touch.range, message, `declare it: @param ${name} key.${param.key} write`),
        );
      }
      const holds = keyspace.find((key) => key.name === param.key)?.holds;
      const worksOn = acceptedTypes(visit, touch);
      if (holds === undefined || worksOn.includes("any") || worksOn.includes(holds)) continue;
      problems.push(violation("keys/type", touch.range, typeMessage(visit, param, worksOn, holds)));
    }
  }
  return problems;
}

function typeMessage(visit: CommandVisit, param: KeyParam, worksOn: readonly Holds[], holds: Holds): string {
  const kinds = worksOn.map((one) => `a ${one}`).join(" or ");
  return `\`${visit.name}\` works on ${kinds}, but \`${param.param}\` (key.${param.key}) holds a ${holds}`;
}

/** ZUNION and its kin take plain sets as well; SORT takes lists, sets and sorted sets. */
function acceptedTypes({ name, command }: CommandVisit, { spec }: KeyTouch): readonly Holds[] {
  if (command === undefined) return ["any"];
  const combines = /^Z(UNION|INTER|DIFF)/.test(name);
  if (combines && spec.access === "RO") return ["zset", "set"];
  if (name.startsWith("SORT")) return spec.access === "OW" ? ["list"] : ["list", "set", "zset"];
  return [holdsOf(command)];
}
