import fc from "fast-check";
import { Redis } from "ioredis";
import { ArgumentError, createMoonpath, type Tenant } from "../../../src/index.js";
import { startRedis } from "../../../src/testing/index.js";
import { checkError } from "../support/errors.js";
import { callWith, hostileArguments, model, validArguments } from "../support/functions.js";
import { isRecord } from "../support/json.js";
import { anyValue, cook, isFields, isRecipe, type Recipe } from "../support/values.js";
import { defineTarget, Violation } from "../target.js";

/** One call; `valid` says whether the types accept its arguments. */
interface Call {
  readonly script: string;
  readonly valid: boolean;
  readonly args: Recipe;
  readonly options?: Recipe;
}

/** Calls in sequence, so that later ones find data of earlier ones. */
interface Input {
  readonly calls: readonly Call[];
}

const DEADLINE_MS = 5_000;
/** How much later than its deadline a call may end on a busy machine. */
const MARGIN_MS = 4_000;

const call: fc.Arbitrary<Call> = fc.constantFrom(...model.scripts).chain((script) =>
  fc.oneof(
    {
      weight: 3,
      arbitrary: validArguments(script).map((fields) => ({
        script: script.name,
        valid: true,
        args: { fields },
      })),
    },
    {
      weight: 3,
      arbitrary: hostileArguments(script).map((fields) => ({
        script: script.name,
        valid: false,
        args: { fields },
      })),
    },
    { weight: 1, arbitrary: anyValue.map((args) => ({ script: script.name, valid: false, args })) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(validArguments(script), options())
        .map(([fields, given]) => ({ script: script.name, valid: false, args: { fields }, options: given })),
    },
  ),
);

/**
 * Options of a call: any values, and known names with any values. A wrong deadline must not make
 * the run wait.
 */
function options(): fc.Arbitrary<Recipe> {
  const named = fc
    .array(
      fc.tuple(fc.constantFrom("deadlineMs", "signal", "minReplicas", "retries", "__proto__"), anyValue),
      {
        maxLength: 3,
      },
    )
    .map((fields) => ({ fields }));
  return fc.oneof(named, anyValue);
}

/** Calls every generated function with valid and invalid arguments, on a real server. */
export const target = defineTarget<Input>({
  inputs: fc.array(call, { minLength: 1, maxLength: 4 }).map((calls) => ({ calls })),
  isInput: (value): value is Input =>
    isRecord(value) && Array.isArray(value["calls"]) && value["calls"].every(isCall),
  async open() {
    const server = await startRedis({ own: true });
    const redis = new Redis(server.url);
    const moonpath = createMoonpath(redis, { namespace: "fuzz", deadlineMs: DEADLINE_MS });
    await moonpath.ready();
    return {
      async attempt({ calls }) {
        for (const one of calls) await tryCall(redis, moonpath.tenant("acme"), one);
        await redis.flushdb();
      },
      async close() {
        moonpath.close();
        redis.disconnect();
        await server.stop();
      },
    };
  },
});

function isCall(value: unknown): value is Call {
  if (!isRecord(value)) return false;
  const { script, valid, args, options: given } = value;
  return (
    model.scripts.some(({ name }) => name === script) &&
    typeof valid === "boolean" &&
    (isRecipe(args) || (isRecord(args) && isFields(args["fields"]))) &&
    (given === undefined || isRecipe(given))
  );
}

async function tryCall(
  redis: Redis,
  tenant: Tenant,
  { script, valid, args, options: given }: Call,
): Promise<void> {
  const before = await writesOf(redis);
  const startedAt = performance.now();
  const error = await callWith(
    tenant,
    script,
    cook(args),
    ...(given === undefined ? [] : [cook(given)]),
  ).then(
    () => undefined,
    (rejected: unknown) => rejected ?? new Violation("rejected with nothing"),
  );
  if (performance.now() - startedAt > DEADLINE_MS + MARGIN_MS)
    throw new Violation("a call ended late", `${script}: ${Math.round(performance.now() - startedAt)} ms`);
  if (error === undefined) return;
  checkError(error);
  if (error.message.includes("SECRET"))
    throw new Violation("a message has an argument's value", error.message);
  // A script may refuse arguments because of stored data. Such an error names a line of Lua.
  const byScript = error instanceof ArgumentError && error.source !== undefined;
  if (valid && !byScript && REFUSED.some((code) => code === error.code))
    throw new Violation(`valid arguments gave ${error.code}`, error.message);
  if (error instanceof ArgumentError && (await writesOf(redis)) !== before)
    throw new Violation("an ArgumentError, and yet something was written", error.message);
}

/** Codes that a call with valid arguments never has. */
const REFUSED = ["ARGUMENT", "SCRIPT", "REPLY", "CORRUPT", "WRONG_TYPE"] as const;

/** The number of writes on the server, without those of expiry. */
async function writesOf(redis: Redis): Promise<string> {
  const stats = await redis.info("commandstats");
  const writes = [...stats.matchAll(/cmdstat_(\w+):calls=(\d+)/g)].filter(([, name = ""]) =>
    WRITING.test(name),
  );
  return writes.map(([line]) => line).join(" ");
}

const WRITING =
  /^(set|hset|hdel|hincrby|hsetnx|zadd|zrem|zincrby|del|unlink|incr|incrby|expire|pexpire|pexpireat|persist|pfadd|rename|sadd|srem|publish)$/;
