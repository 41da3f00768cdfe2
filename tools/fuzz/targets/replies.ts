import fc from "fast-check";
import { Redis } from "ioredis";
import { createMoonpath } from "../../../src/index.js";
import { checkError } from "../support/errors.js";
import { FakeRedis, type HostileAnswers } from "../support/fake-redis.js";
import { callWith, type Fields, markedArguments, model } from "../support/functions.js";
import { isRecord, isTexts } from "../support/json.js";
import { answerTo } from "../support/resp.js";
import { cook, isFields } from "../support/values.js";
import { defineTarget, Violation } from "../target.js";

/** One call to one server. */
interface Case extends HostileAnswers {
  readonly script: string;
  readonly args: Fields;
}

/** Concurrent calls, because many of them wait for their deadline. */
interface Input {
  readonly cases: readonly Case[];
}

const DEADLINE_MS = 150;
/** How much later than its deadline a call may end on a busy machine. */
const MARGIN_MS = 4_000;

const oneCase: fc.Arbitrary<Case> = fc.constantFrom(...model.scripts).chain((script) =>
  fc.record({
    script: fc.constant(script.name),
    args: markedArguments(script),
    to: fc.oneof(
      { weight: 6, arbitrary: fc.constant("evalsha" as const) },
      fc.constantFrom("info" as const, "script" as const),
    ),
    answers: fc.array(answerTo(script), { minLength: 1, maxLength: 3 }),
    close: fc.boolean(),
  }),
);

/** Sends hostile replies of a server to the client. */
export const target = defineTarget<Input>({
  inputs: fc.array(oneCase, { minLength: 1, maxLength: 16 }).map((cases) => ({ cases })),
  isInput: (value): value is Input =>
    isRecord(value) && Array.isArray(value["cases"]) && value["cases"].every(isCase),
  // A reply without a request causes an error in ioredis's reader, outside of every call.
  isForeign: (error) =>
    error instanceof Error && /node_modules.(ioredis|redis-parser)/.test(error.stack ?? ""),
  open: async () => ({
    attempt: async ({ cases }) => void (await Promise.all(cases.map(tryCase))),
    close: async () => undefined,
  }),
});

function isCase(value: unknown): value is Case {
  if (!isRecord(value)) return false;
  const { script, to, answers, args, close } = value;
  const known = model.scripts.some(({ name }) => name === script);
  const stage = to === "evalsha" || to === "info" || to === "script";
  return known && stage && isTexts(answers) && isFields(args) && typeof close === "boolean";
}

async function tryCase({ script, args, ...hostile }: Case): Promise<void> {
  const server = await FakeRedis.open(hostile);
  const redis = new Redis(server.port, "127.0.0.1", { retryStrategy: () => 20, protocol: 2 });
  redis.on("error", () => undefined);
  const moonpath = createMoonpath(redis, { namespace: "fuzz", deadlineMs: DEADLINE_MS });
  try {
    const startedAt = performance.now();
    const error = await callWith(moonpath.tenant("acme"), script, cook({ fields: args })).then(
      () => undefined,
      (rejected: unknown) => rejected ?? new Violation("rejected with nothing"),
    );
    const tookMs = Math.round(performance.now() - startedAt);
    if (tookMs > DEADLINE_MS + MARGIN_MS) throw new Violation("a call ended late", `${script}: ${tookMs} ms`);
    if (error === undefined) return;
    checkError(error);
    if (error.message.includes("SECRET"))
      throw new Violation("a message has an argument's value", error.message);
  } finally {
    moonpath.close();
    redis.disconnect();
    await server.close();
  }
}
