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
const AT_ONCE = 8;
/** Most faults are found within 500. */
const MAX_SEARCHED = 50_000;
let resources = 0;

/** Ends a search. */
class Found extends Error {}

/** Random orders of events on many resources. The first violation of the kind `wrong` ends them. */
async function orders(
  runs: number,
  wrong: RegExp,
  faults: Faults = {},
  versions: Partial<typeof scripts.version> = {},
) {
  const planted = createScriptClient(
    redis,
    { version: { ...scripts.version, ...versions } },
    { namespace: scope.namespace },
  ).tenant(scope.tenant);
  const subject: Tenant = { ...tenant, scripts: { ...tenant.scripts, version: planted.version } };
  let [notModified, conditional] = [0, 0];
  let violation: string | undefined;
  const property = fc.asyncProperty(steps, async (list) => {
    if (violation !== undefined) throw new Found();
    const run = new Interleaving(redis, subject, `resource-${++resources}`, faults);
    await run.run(list);
    notModified += run.notModified;
    conditional += run.conditional;
    violation ??= run.violations.find((one) => wrong.test(one));
    if (violation !== undefined) throw new Found();
  });
  const search = async () => {
    const found = await fc.check(property, { numRuns: Math.ceil(runs / AT_ONCE), endOnFailure: true });
    if (found.failed && !(found.errorInstance instanceof Found)) throw found.errorInstance;
  };
  await Promise.all(Array.from({ length: AT_ONCE }, search));
  return { violation, notModified, conditional };
}

/** With a fault, some order of events has a wrong end. Random orders find it sooner or later. */
async function violationWith(
  wrong: RegExp,
  faults: Faults,
  versions: Partial<typeof scripts.version> = {},
): Promise<string | undefined> {
  return (await orders(MAX_SEARCHED, wrong, faults, versions)).violation;
}

test("no order of events answers 304 for old data, or loses an update", OPTIONS, async () => {
  const { violation, notModified, conditional } = await orders(RUNS, /./);
  expect(violation).toBeUndefined();
  // Otherwise the property would say nothing.
  expect(notModified).toBeGreaterThan(RUNS / 10);
  expect(conditional).toBeGreaterThan(RUNS / 10);
});

test("if the data is read before the version, an answer is wrong", OPTIONS, async () => {
  expect(await violationWith(/./, { readsDataFirst: true })).toBeDefined();
});

test("if a write does not end the version before it is committed, a 304 is wrong", OPTIONS, async () => {
  const beginWrite = without(
    scripts.version.beginWrite,
    'ended[#ended + 1] = "token"',
    'ended[#ended + 1] = "none"',
  );
  expect(await violationWith(/^304/, {}, { beginWrite })).toBeDefined();
});

test("if a reading during a write makes a version, a 304 is wrong", OPTIONS, async () => {
  const read = without(scripts.version.read, "if ends_ms and ends_ms > now_ms() then", "if false then");
  expect(await violationWith(/^304/, {}, { read })).toBeDefined();
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
    expect(await violationWith(/./, {}, { endWrite })).toBeDefined();
  },
);

test("if the database does not compare, an update is lost", OPTIONS, async () => {
  expect(await violationWith(/^a writer/, { hasNoGuard: true })).toBeDefined();
});
