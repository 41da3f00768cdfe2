import { describe, expect, test } from "vitest";
import type { RequestRun } from "../../../src/idempotency/index.js";
import { codeOf, order, partsOf, shops } from "../../support/adapters/shops.js";
import { freshKey, namespace, redis } from "../../support/http.js";
import { aborted, deferred, eventually } from "../../support/wait.js";

/** As if the lease had ended in Redis and another runner had come: by hand, with a higher fence. */
async function overtake(run: RequestRun | undefined) {
  if (!run) throw new Error("no run");
  const [name = ""] = await redis.keys(`*${namespace}*${run.request}}:request`);
  await redis.hset(name, "owner", "other", "fence", run.fence + 1);
  return { name, signal: run.signal };
}

describe.each(Object.entries(shops))("%s:", (_, shop) => {
  test.each([
    ["a whole reply", () => "late"],
    [
      "a stream",
      async function* () {
        yield "late";
      },
    ],
  ])(
    "a handler that lost its lease gets 409 LOST in the place of %s, which is not stored",
    async (_, body) => {
      let record = "";
      const headers = { "content-type": "text/plain", location: "/orders/1", vary: "origin" };
      const url = await shop(
        async ({ run }) => {
          const { name, signal } = await overtake(run);
          record = name;
          await aborted(signal);
          return { status: 201, headers, body: body() };
        },
        { leaseMs: 1_000 },
      );
      const sent = await partsOf(order(url, freshKey()));
      expect(sent.status).toBe(409);
      expect(JSON.parse(sent.text)).toMatchObject({ status: 409, code: "LOST" });
      const found = ["content-type", "retry-after", "vary", "location"].map((name) => sent.headers.get(name));
      expect(found).toEqual(["application/problem+json", "1", "origin", null]);
      expect(await redis.hmget(record, "owner", "state", "reply")).toEqual(["other", "running", null]);
    },
  );

  test("a handler that never answers and loses its lease gets 409 LOST", async () => {
    const ended = deferred("the test ends the handler");
    const url = await shop(
      async ({ run }) => {
        await overtake(run);
        await ended.promise;
        return { status: 201, headers: { location: "/orders/1" }, body: "late" };
      },
      { leaseMs: 1_000, recordMs: 50 },
    );
    expect(await codeOf(order(url, freshKey()))).toEqual([409, "LOST"]);
    // Its own reply comes too late, and harms nobody.
    ended.resolve();
    expect(await codeOf(order(url, undefined))).toEqual([400, "KEY_MISSING"]);
  });

  test("a handler that never answers gets 504 after handlerMs, and its request is not run meanwhile", async () => {
    const ended = deferred("the test ends the handler");
    let runs = 0;
    const url = await shop(
      async () => {
        runs++;
        await ended.promise;
        return { body: "late" };
      },
      { handlerMs: 30, recordMs: 30 },
    );
    const key = freshKey();
    expect(await codeOf(order(url, key))).toEqual([504, "HANDLER_TIMEOUT"]);
    ended.resolve();
    expect([await codeOf(order(url, key)), runs]).toEqual([[409, "IN_PROGRESS"], 1]);
  });

  test("after handlerMs, the reply of a handler that obeys its signal is sent but not stored", async () => {
    const url = await shop(
      async ({ run }) => {
        if (run) await aborted(run.signal);
        return { body: "late" };
      },
      { handlerMs: 20, recordMs: 10_000 },
    );
    const key = freshKey();
    expect((await partsOf(order(url, key))).text).toBe("late");
    expect(await codeOf(order(url, key))).toEqual([409, "IN_PROGRESS"]);
  });

  test("a handler that runs longer than its lease keeps it, and the next request replays", async () => {
    const [begun, finish] = [deferred<RequestRun | undefined>("it begins"), deferred("the test ends it")];
    const url = await shop(
      async ({ run }) => {
        begun.resolve(run);
        await finish.promise;
        return { body: "kept" };
      },
      { leaseMs: 1_000 },
    );
    const key = freshKey();
    const first = partsOf(order(url, key));
    const run = await begun.promise;
    const end = performance.now() + 1_200;
    await eventually("the first lease is over", async () => {
      expect(await codeOf(order(url, key))).toEqual([409, "IN_PROGRESS"]);
      expect(performance.now()).toBeGreaterThan(end);
    });
    expect(run?.signal.aborted).toBe(false);
    finish.resolve();
    expect((await first).text).toBe("kept");
    expect((await partsOf(order(url, key))).replayed).toBe("true");
  });
});
