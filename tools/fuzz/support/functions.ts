import { fileURLToPath } from "node:url";
import fc from "fast-check";
import type { Tenant } from "../../../src/index.js";
import { buildModel } from "../../codegen/src/build.js";
import type { Model, ScriptModel } from "../../codegen/src/model/model.js";
import { isGenerated, keyFieldsOf } from "../../codegen/src/model/resolve.js";
import { camel } from "../../codegen/src/naming.js";
import { luaBelow } from "./folders.js";
import { isRecord } from "./json.js";
import { anyValue, type Recipe, validValue } from "./values.js";

/** The model of Moonpath's own scripts. */
export const model: Model = buildModel(
  luaBelow(fileURLToPath(new URL("../../../lua", import.meta.url))),
).model;

/** The arguments of one call, by name. */
export type Fields = readonly (readonly [string, Recipe])[];

/** Valid arguments of a script. */
export function validArguments(script: ScriptModel): fc.Arbitrary<Fields> {
  const keys = keyFieldsOf(model, script).map(({ name, type, generated }) => ({
    name: camel(name),
    optional: generated,
    value: validValue(model, { kind: "named", name: type }),
  }));
  const args = script.args.map(({ name, type, optional }) => ({
    name: camel(name),
    optional: optional || isGenerated(model, type),
    value: validValue(model, type),
  }));
  const all = [...new Map([...keys, ...args].map((one) => [one.name, one])).values()];
  return fc.tuple(...all.map(valueOrNone)).map((values) => values.flat());
}

function valueOrNone({
  name,
  optional,
  value,
}: {
  name: string;
  optional: boolean;
  value: fc.Arbitrary<Recipe>;
}) {
  const given = value.map((recipe) => [[name, recipe] as const]);
  return optional ? fc.oneof({ weight: 3, arbitrary: given }, fc.constant([])) : given;
}

/** Valid arguments, of which some are replaced by any value, removed or added. */
export function hostileArguments(script: ScriptModel): fc.Arbitrary<Fields> {
  const extra = fc.tuple(fc.constantFrom("__proto__", "constructor", "then", "toJSON", "extra"), anyValue);
  return fc
    .tuple(
      validArguments(script),
      fc.array(fc.tuple(fc.nat(9), fc.option(anyValue)), { minLength: 1, maxLength: 3 }),
      fc.option(extra),
    )
    .map(([fields, changes, more]) => {
      const out = fields.map((field) => [...field] as [string, Recipe]);
      for (const [at, value] of changes) {
        const place = at % Math.max(1, out.length);
        const [name] = out[place] ?? [];
        if (name === undefined) continue;
        if (value === null) out.splice(place, 1);
        else out[place] = [name, value];
      }
      return more === null ? out : [...out, more];
    });
}

/** Calls a script's function of a tenant with any arguments. */
export async function callWith(tenant: Tenant, script: string, ...given: unknown[]): Promise<unknown> {
  const [domain = "", operation = ""] = script.split(".");
  const operations: unknown = Reflect.get(tenant.scripts, domain);
  const call = isRecord(operations) ? operations[camel(operation)] : undefined;
  if (typeof call !== "function") throw new Error(`there is no function for ${script}`);
  const reply: unknown = await Reflect.apply(call, undefined, given);
  return reply;
}

/** Valid arguments whose texts begin with `SECRET`, so that a check can find them in output. */
export function markedArguments(script: ScriptModel): fc.Arbitrary<Fields> {
  const keys = keyFieldsOf(model, script).map(({ name, type }) => [name, type] as const);
  const args = script.args.flatMap(({ name, type }) =>
    type.kind === "named" ? [[name, type.name] as const] : [],
  );
  const texts = [...keys, ...args].filter(([, type]) => {
    const found = model.types.find((other) => other.name === type);
    return found?.kind === "text" && found.maxBytes > MARKED.length;
  });
  const names = new Set(texts.map(([name]) => camel(name)));
  return validArguments(script).map((fields) =>
    fields.map(([name, value]) => [name, names.has(name) ? { json: MARKED } : value] as const),
  );
}

const MARKED = "SECRET-value";
