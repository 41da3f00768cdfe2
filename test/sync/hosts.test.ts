import { describe, expect, test } from "vitest";
import { Breaker } from "../../src/sync/breaker.js";
import { RetryBudget } from "../../src/sync/budget.js";
import { Hosts } from "../../src/sync/hosts.js";
import { deferred } from "../support/wait.js";

const openMs = { firstMs: 5, maxMs: 10 };

function open(times = openMs) {
  const states: string[] = [];
  const breaker = new Breaker(times, (state, before) => states.push(`${before} ${state}`));
  const say = (health: "works" | "failed" | "nothing") =>
    breaker.run(
      async () => health,
      () => health,
    );
  return { breaker, states, say };
}

/** Lets the time pass for which the breaker is open. */
async function untilAsked(ask: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; tries < 1_000; tries++) {
    if ((await ask()) !== undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error("the breaker does not ask");
}

describe("a breaker", () => {
  test("opens after ten failures, asks one call, and closes or opens by its result", async () => {
    const { breaker, states, say } = open();
    for (let call = 0; call < 10; call++) expect(await say("failed")).toBe("failed");
    expect(breaker.state).toBe("open");
    await untilAsked(() => say("failed"));
    expect(breaker.state).toBe("open");
    await untilAsked(() => say("works"));
    expect(breaker.state).toBe("closed");
    expect(states).toEqual([
      "closed open",
      "open half_open",
      "half_open open",
      "open half_open",
      "half_open closed",
    ]);
  });

  test("calls nobody while it is open", async () => {
    const { say, breaker } = open({ firstMs: 60_000, maxMs: 60_000 });
    for (let call = 0; call < 10; call++) await say("failed");
    let calls = 0;
    const refused = await breaker.run(
      async () => calls++,
      () => "works",
    );
    expect([refused, calls]).toEqual([undefined, 0]);
  });

  test("refuses the others at once while one call asks", async () => {
    const { breaker, say } = open();
    for (let call = 0; call < 10; call++) await say("failed");
    const answer = deferred<string>("the probe ends");
    const started = deferred("the probe has started");
    let probe: Promise<unknown> = Promise.resolve();
    await untilAsked(async () => {
      const run = breaker.run(
        () => {
          started.resolve();
          return answer.promise;
        },
        () => "works",
      );
      probe = run;
      return Promise.race([run, started.promise.then(() => "asked")]);
    });
    expect(breaker.state).toBe("half_open");
    expect(await say("works")).toBeUndefined();
    answer.resolve("late");
    expect(await probe).toBe("late");
    expect(breaker.state).toBe("closed");
  });

  test("stays closed with 30 % of failures, and counts no call that says nothing", async () => {
    const { breaker, say } = open();
    for (let call = 0; call < 1_000; call++) await say(call % 10 < 3 ? "failed" : "works");
    expect(breaker.state).toBe("closed");
    for (let call = 0; call < 20; call++) await say("works");
    for (let call = 0; call < 16; call++) {
      await say("failed");
      await say("nothing");
    }
    expect(breaker.state).toBe("closed");
    await say("failed");
    expect(breaker.state).toBe("open");
  });
});

describe("the budget of retries", () => {
  test("gives an overloaded host a tenth of its calls, and ends with the overload", () => {
    const budget = new RetryBudget();
    expect(budget.take(0)).toBe(true);
    budget.noteOverload(0);
    expect(budget.take(1)).toBe(false);
    let retries = 0;
    for (let call = 0; call < 1_000; call++) {
      budget.noteCall();
      if (budget.take(9_000)) retries++;
    }
    expect(retries).toBe(100);
    expect(budget.take(10_000)).toBe(true);
  });

  test("saves up ten retries, and no more", () => {
    const budget = new RetryBudget();
    for (let call = 0; call < 10_000; call++) budget.noteCall();
    budget.noteOverload(0);
    let retries = 0;
    for (let asked = 0; asked < 100; asked++) if (budget.take(1)) retries++;
    expect(retries).toBe(10);
  });
});

test("hosts are bounded: the one that was not called for the longest is forgotten", () => {
  const changes: string[] = [];
  const hosts = new Hosts(2, openMs, (state, before) => changes.push(`${before} ${state}`));
  const a = hosts.of("a");
  const b = hosts.of("b");
  expect(hosts.of("a")).toBe(a);
  hosts.of("c");
  expect(hosts.of("a")).toBe(a);
  expect(hosts.of("b")).not.toBe(b);
  expect(changes).toEqual([
    "undefined closed",
    "undefined closed",
    "undefined closed",
    "closed undefined",
    "undefined closed",
    "closed undefined",
  ]);
});
