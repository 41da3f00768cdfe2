import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createScriptClient } from "../../src/client/index.js";
import { scripts, type Tenant } from "../../src/index.js";
import { without } from "../support/lua/mutated.js";
import { freshTenant } from "../support/lua/tenants.js";
import { type Faults, Interleaving, steps } from "../support/versions/interleaving.js";

/** `VERSION_INTERLEAVINGS=100000` for the full run. */
const RUNS = Number(process.env["VERSION_INTERLEAVINGS"] ?? 1_000);
const OPTIONS = { timeout: 120_000 + RUNS * 100 };
const { redis, scope, tenant } = freshTenant();
let resources = 0;

/** Random orders of events on many resources at once. The result is the first violation. */
async function violationIn(faults: Faults = {}, versions: Partial<typeof scripts.version> = {}) {
  const planted = createScriptClient(
    redis,
    { version: { ...scripts.version, ...versions } },
    { namespace: scope.namespace },
  ).tenant(scope.tenant);
  const subject: Tenant = { ...tenant, scripts: { ...tenant.scripts, version: planted.version } };
  let [notModified, conditional] = [0, 0];
  let violation: string | undefined;
  const property = fc.asyncProperty(steps, async (list) => {
    const run = new Interleaving(redis, subject, `resource-${++resources}`, faults);
    await run.run(list);
    notModified += run.notModified;
    conditional += run.conditional;
    violation ??= run.violations[0];
    expect(run.violations).toEqual([]);
  });
  const atOnce = 8;
  const numRuns = Math.ceil(RUNS / atOnce);
  const settled = await Promise.allSettled(
    Array.from({ length: atOnce }, () => fc.assert(property, { numRuns, endOnFailure: true })),
  );
  for (const one of settled) if (one.status === "rejected" && violation === undefined) throw one.reason;
  return { violation, notModified, conditional };
}

test("no order of events answers 304 for old data, or loses an update", OPTIONS, async () => {
  const { violation, notModified, conditional } = await violationIn();
  expect(violation).toBeUndefined();
  // Otherwise the property would say nothing.
  expect(notModified).toBeGreaterThan(RUNS / 10);
  expect(conditional).toBeGreaterThan(RUNS / 10);
});

test("if the data is read before the version, an answer is wrong", OPTIONS, async () => {
  expect((await violationIn({ readsDataFirst: true })).violation).toBeDefined();
});

test("if a write does not end the version before it is committed, a 304 is wrong", OPTIONS, async () => {
  const beginWrite = without(
    scripts.version.beginWrite,
    'ended[#ended + 1] = "token"',
    'ended[#ended + 1] = "none"',
  );
  expect((await violationIn({}, { beginWrite })).violation).toMatch(/^304/);
});

test("if a reading during a write makes a version, a 304 is wrong", OPTIONS, async () => {
  const read = without(scripts.version.read, "if ends_ms and ends_ms > now_ms() then", "if false then");
  expect((await violationIn({}, { read })).violation).toMatch(/^304/);
});

test(
  "if the end of a write keeps the version that began meanwhile, an answer is wrong",
  OPTIONS,
  async () => {
    const endWrite = without(
      scripts.version.endWrite,
      'redis.call("HSET", version, "token", new_token)',
      'redis.call("HSETNX", version, "token", new_token)',
    );
    expect((await violationIn({}, { endWrite })).violation).toBeDefined();
  },
);

test("if the database does not compare, an update is lost", OPTIONS, async () => {
  expect((await violationIn({ hasNoGuard: true })).violation).toMatch(/^a writer/);
});
