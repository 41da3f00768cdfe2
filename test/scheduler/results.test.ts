import { expect, test, vi } from "vitest";
import { ArgumentError } from "../../src/index.js";
import type { JobDefinition, SchedulerOptions } from "../../src/scheduler/index.js";
import { revoked } from "../support/revoked.js";
import { everySecond, scheduler } from "../support/scheduler/scheduler-under-test.js";
import { freshTenant } from "../support/tenant.js";
import { eventually } from "../support/wait.js";

type Run = JobDefinition["run"];

/** Runs a job until its first result is stored, and expects this result. */
async function expectResult(
  run: Run,
  result: { readonly outcome: "done" | "failed"; readonly note: string | undefined },
  options: Partial<SchedulerOptions> = {},
): Promise<void> {
  const made = scheduler(freshTenant(), [{ name: "tick", schedule: everySecond, run }], options);
  made.start();
  await eventually("the status shows the job's result", async () => {
    expect((await made.status()).jobs[0]?.last).toMatchObject(result);
  });
  await made.stop();
}

test("a text that was cut inside a character becomes a note of whole characters", async () => {
  const onError = vi.fn();
  const cut = "sent 12 😀 mails".slice(0, 9);
  await expectResult(async () => cut, { outcome: "done", note: "sent 12 \ufffd" }, { onError });
  expect(onError).not.toHaveBeenCalled();
});

test("a long text becomes a note of 250 characters", async () => {
  await expectResult(async () => "😀".repeat(300), { outcome: "done", note: "😀".repeat(250) });
});

const explode = () => {
  throw new Error("secret");
};
const thrown: [string, () => unknown][] = [
  ["an error whose getters throw", () => new Proxy(new Error("x"), { get: explode })],
  ["a proxy whose traps throw", () => new Proxy({}, { get: explode, getPrototypeOf: explode })],
  ["a revoked proxy", revoked],
  ["null", () => null],
];
test.each(thrown)("a job that throws %s has failed", async (_, make) => {
  const run: Run = async () => {
    throw make();
  };
  await expectResult(run, { outcome: "failed", note: "unknown" });
});

test("a result whose note is refused is stored without it, at the first attempt", async () => {
  const { tenant } = freshTenant();
  const { finish } = tenant.job;
  const refused = vi.fn(async () => {
    throw new ArgumentError("note", "another text");
  });
  const job: SchedulerOptions["tenant"]["job"] = {
    ...tenant.job,
    finish: (args, options) => (args.note === "12 offers" ? refused() : finish(args, options)),
  };
  let runs = 0;
  const run: Run = async () => (++runs === 1 ? "12 offers" : undefined);
  const options = { tenant: { lock: tenant.lock, job } };
  await expectResult(run, { outcome: "done", note: undefined }, options);
  expect(refused).toHaveBeenCalledTimes(1);
});
