import { expect, test } from "vitest";
import { createScriptClient, type Script } from "../../../src/client/index.js";
import { type IdempotencyMarkArgs, type IdempotencyMarkReply, scripts } from "../../../src/index.js";
import { connections } from "../../support/lua/connections.js";
import { without } from "../../support/lua/mutated.js";
import { freshNamespace } from "../../support/redis.js";

const { mark } = scripts.idempotency;

const events = 50;

/** Every event is delivered on every connection at once, and each delivery is sent twice. */
async function race(script: Script<IdempotencyMarkArgs, IdempotencyMarkReply>) {
  const namespace = freshNamespace();
  // By event, the deliveries that were told that they are the first, and how often.
  const firsts = new Map<string, string[]>();
  const workers = (await connections(8)).map((redis) =>
    createScriptClient(redis, { idempotency: { mark: script } }, { namespace, deadlineMs: 15_000 }).tenant(
      "acme",
    ),
  );
  await Promise.all(
    workers.flatMap((worker, position) =>
      Array.from({ length: events * 2 }, async (_, number) => {
        const event = `event-${number % events}`;
        const operation = `delivery-${position}`;
        const { outcome } = await worker.idempotency.mark({ event, operation, rememberMs: 60_000 });
        if (outcome === "first") firsts.set(event, [...(firsts.get(event) ?? []), operation]);
      }),
    ),
  );
  const told = [...firsts.values()];
  return {
    events: told.length,
    // Deliveries of one event that were both told to be the first.
    doubles: told.filter((deliveries) => new Set(deliveries).size > 1).length,
    // Deliveries that were told otherwise when they were sent again.
    changed: told.filter((deliveries) => deliveries.length !== 2).length,
  };
}

test("exactly one of many concurrent deliveries is the first, also when it is sent twice", async () => {
  expect(await race(mark)).toEqual({ events, doubles: 0, changed: 0 });
});

test("several deliveries are the first if idempotency.mark does not check the mark", async () => {
  const { doubles } = await race(without(mark, "marked_by and marked_by ~= operation", "false"));
  expect(doubles).toBe(events);
});

test("the first delivery is a repetition when sent again if idempotency.mark ignores the operation", async () => {
  const { doubles, changed } = await race(without(mark, "marked_by and marked_by ~= operation", "marked_by"));
  expect({ doubles, changed }).toEqual({ doubles: 0, changed: events });
});
