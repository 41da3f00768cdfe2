import type { Costs, KeyCost } from "../../costs.js";
import type { KeyModel, ScriptModel } from "../../model/model.js";
import { costOf, figure } from "./cost.js";

const ELEMENTS: Readonly<Record<KeyModel["holds"], string>> = {
  string: "",
  hash: "field",
  list: "element",
  set: "member",
  zset: "member",
  stream: "entry",
};

/** The size of a key that was measured, by a path of this script or else of another one. */
export function sizeOf(costs: Costs | undefined, script: ScriptModel, key: KeyModel): string {
  const found = measured(costs, script, key);
  return found === undefined ? "not measured" : sizeText(key, found);
}

/** What each further element adds, if there may be further ones. */
export function furtherOf(costs: Costs | undefined, script: ScriptModel, key: KeyModel): string {
  const found = measured(costs, script, key);
  if (found?.perElement === undefined) return "";
  return found.elements === fullSize(costs, key)?.elements ? "" : figure(found.perElement);
}

/** The size of a key that cannot hold more. */
export function mostOf(costs: Costs | undefined, key: KeyModel): string {
  const full = fullSize(costs, key);
  return full === undefined ? "" : sizeText(key, full);
}

/** The largest size that was measured at the limit of a script, if the key cannot hold more. */
export function fullSize(costs: Costs | undefined, { name }: KeyModel): KeyCost | undefined {
  return Object.values(costs?.scripts ?? {})
    .flatMap(({ atLimit }) => atLimit.flatMap(({ fullKeys }) => own(fullKeys, name)))
    .toSorted((one, other) => other.bytes - one.bytes)[0];
}

function measured(costs: Costs | undefined, script: ScriptModel, { name }: KeyModel): KeyCost | undefined {
  const scripts = [costOf(costs, script), ...Object.values(costs?.scripts ?? {})];
  const [found] = scripts.flatMap((cost) => cost?.paths.flatMap(({ keys }) => own(keys, name)) ?? []);
  return found;
}

function own(keys: Readonly<Record<string, KeyCost>>, name: string): KeyCost[] {
  const found = Object.hasOwn(keys, name) ? keys[name] : undefined;
  return found === undefined ? [] : [found];
}

function sizeText({ holds }: KeyModel, { bytes, elements }: KeyCost): string {
  if (elements === undefined) return figure(bytes);
  const word = ELEMENTS[holds];
  const counted = elements === 1 ? `1 ${word}` : `${figure(elements)} ${word.replace(/y$/, "ie")}s`;
  return `${figure(bytes)} with ${counted}`;
}
