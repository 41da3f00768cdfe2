import { createHash } from "node:crypto";
import {
  choiceType,
  integerType,
  newOperation,
  readFields,
  type Scope,
  type Script,
  textType,
} from "../../../src/client/index.js";

const id = textType("id", 1, 256, "key");
const units = integerType("units", 0, 1e12);
const outcome = choiceType(["added", "repeated"]);

const key = (scope: Scope, tally: string) =>
  `${scope.namespace}:{${scope.tenant}:${id.encode("tally", tally)}}:tally`;

export interface ReadArgs {
  readonly tally: string;
}
export interface AddArgs extends ReadArgs {
  readonly change: number;
  readonly operation?: string | undefined;
}
export interface BumpArgs extends ReadArgs {
  readonly change: number;
}
export interface RaiseArgs extends ReadArgs {
  readonly message: string;
}

type Head = Pick<Script<never, unknown>, "name" | "writes" | "resend"> & { readonly lua: string };

function head({ lua, ...rest }: Head) {
  const digest = createHash("sha1").update(lua).digest("hex");
  const [, operation] = rest.name.split(".");
  // Every generated line stands for ten times its number in the source.
  const runs = lua.split("\n").map((_, index) => `${index + 1}:${(index + 1) * 10}`);
  return {
    ...rest,
    version: "1.2.0",
    lua,
    digest,
    keyPatterns: ["<namespace>:{<tenant>:<tally>}:tally"],
    lines: { [`lua/tally/${operation}.lua`]: runs.join(" ") },
  };
}

/** Adds once per operation: safe to send twice. */
export const add: Script<AddArgs, { outcome: "added" | "repeated"; total: number }> = {
  ...head({
    name: "tally.add",
    writes: true,
    resend: "safe",
    lua: `#!lua flags=
local outcome = "repeated"
local first = redis.call("HSETNX", KEYS[1], "operation:" .. ARGV[1], 1)
if first == 1 then
  redis.call("HINCRBY", KEYS[1], "total", ARGV[2])
  outcome = "added"
end
return { outcome, tonumber(redis.call("HGET", KEYS[1], "total")) }
`,
  }),
  encode: (scope, args) => ({
    keys: [key(scope, args.tally)],
    args: [id.encode("operation", args.operation ?? newOperation()), units.encode("change", args.change)],
  }),
  decode: (reply) => {
    const [first, second] = readFields(reply, 2);
    return { outcome: outcome.decode("outcome", first), total: units.decode("total", second) };
  },
};

/** Adds every time: must not be sent twice. */
export const bump: Script<BumpArgs, { total: number }> = {
  ...head({
    name: "tally.bump",
    writes: true,
    resend: "never",
    lua: `#!lua flags=
return { redis.call("HINCRBY", KEYS[1], "total", ARGV[1]) }
`,
  }),
  encode: (scope, args) => ({
    keys: [key(scope, args.tally)],
    args: [units.encode("change", args.change)],
  }),
  decode: (reply) => ({ total: units.decode("total", readFields(reply, 1)[0]) }),
};

/** Reads the total; 0 when there is none. */
export const read: Script<ReadArgs, { total: number }> = {
  ...head({
    name: "tally.read",
    writes: false,
    resend: "safe",
    lua: `#!lua flags=no-writes
return { tonumber(redis.call("HGET", KEYS[1], "total") or 0) }
`,
  }),
  encode: (scope, args) => ({ keys: [key(scope, args.tally)], args: [] }),
  decode: (reply) => ({ total: units.decode("total", readFields(reply, 1)[0]) }),
};

/**
 * Fails with the given error, as a script's own checks do. It travels backwards: arguments are
 * blotted out.
 */
export const raise: Script<RaiseArgs, { total: number }> = {
  ...head({
    name: "tally.raise",
    writes: true,
    resend: "safe",
    lua: `#!lua flags=
local function fail(message)
  error({ err = message })
end
fail(string.reverse(ARGV[1]))
`,
  }),
  encode: (scope, args) => ({ keys: [key(scope, args.tally)], args: [[...args.message].reverse().join("")] }),
  decode: () => ({ total: 0 }),
};

/** Answers in another form than declared. */
export const drifted: Script<ReadArgs, { total: number }> = {
  ...read,
  ...head({ name: "tally.drifted", writes: false, resend: "safe", lua: `return { "secret-total" }\n` }),
};

/** A busy loop of so many thousand rounds. */
export const spin: Script<BumpArgs, { total: number }> = {
  ...head({
    name: "tally.spin",
    writes: false,
    resend: "safe",
    lua: `#!lua flags=no-writes
local sum = 0
for round = 1, tonumber(ARGV[1]) * 1000 do
  sum = sum + round % 7
end
return { sum }
`,
  }),
  encode: (scope, args) => ({ keys: [key(scope, args.tally)], args: [units.encode("change", args.change)] }),
  decode: (reply) => ({ total: units.decode("total", readFields(reply, 1)[0]) }),
};

/** The same, as a script that must not be sent twice. */
export const raiseOnce: typeof raise = { ...raise, resend: "never" };

/** Adds, and may not be forgotten. */
export const keep: typeof add = { ...add, ...head({ ...add, name: "tally.keep" }), requiresNoEviction: true };

export const scripts = { tally: { add, bump, read, raise, raiseOnce, drifted, spin } };

/** The error that a call ends with. */
export async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    (value) => {
      throw new Error(`expected an error, got ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}
