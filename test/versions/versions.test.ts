import { once } from "node:events";
import { createServer } from "node:http";
import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../src/index.js";
import { createVersions, decide, entityTagsOfNode, type VersionsOptions } from "../../src/versions/index.js";
import { afterTest } from "../support/cleanup.js";
import { unsteady } from "../support/limit/unsteady.js";
import { freshTenant } from "../support/lua/tenants.js";
import { eventually } from "../support/wait.js";

const { tenant } = freshTenant();
const patient = { timeoutMs: 10_000 };

function versionsOf(options: VersionsOptions = {}) {
  const versions = createVersions(tenant, { ...patient, ...options });
  afterTest(() => versions.close());
  return versions;
}

/** Versions behind a proxy, and other ones that always reach Redis. */
async function cut(timeoutMs = 300) {
  const { proxy, redis, tenant: own } = await unsteady();
  const errors: Error[] = [];
  const versions = createVersions(own, { timeoutMs, redis, onError: (error) => errors.push(error) });
  afterTest(() => versions.close());
  return { proxy, versions, own, errors };
}

describe("writes", () => {
  test("an ended write returns the version of what it has written, each time it is ended", async () => {
    const versions = versionsOf();
    const begun = await versions.begin("lamp");
    if (begun.kind !== "begun") throw new Error(begun.kind);
    expect(await versions.read("lamp")).toEqual({ kind: "writing" });
    const token = await begun.write.end();
    expect(await versions.read("lamp")).toEqual({ kind: "known", token, number: 0 });
    expect(await begun.write.end()).toBe(token);
    expect(await versions.read("lamp")).toEqual({ kind: "known", token, number: 0 });
  });

  test("a write of another version does not begin", async () => {
    const versions = versionsOf();
    expect(await versions.begin("vase", "no-such-version-here")).toEqual({ kind: "changed" });
  });

  test("the 65th writer at a time writes, and the version ends after it too", async () => {
    const versions = versionsOf();
    const writes = await Promise.all(Array.from({ length: 65 }, () => versions.begin("rug")));
    for (const begun of writes) if (begun.kind === "begun") await begun.write.end();
    expect(await versions.read("rug")).toMatchObject({ kind: "known" });
  });

  test("the number of a write reaches the next one", async () => {
    const versions = versionsOf();
    const first = await versions.begin("cup");
    if (first.kind !== "begun") throw new Error(first.kind);
    expect(first.write.expectedNumber).toBeUndefined();
    first.write.setNumber(7);
    const token = await first.write.end();
    const second = await versions.begin("cup", token);
    expect(second).toMatchObject({ kind: "begun", write: { expectedNumber: 7 } });
  });
});

test("a deleted resource forgets the numbers of its writes", async () => {
  const versions = versionsOf();
  const begun = await versions.begin("jug");
  if (begun.kind !== "begun") throw new Error(begun.kind);
  begun.write.setNumber(7);
  await begun.write.end();
  await versions.bump("jug");
  expect(await versions.read("jug")).toMatchObject({ kind: "known", number: 7 });
  await versions.bump("jug", { forgets: true });
  expect(await versions.read("jug")).toMatchObject({ kind: "known", number: 0 });
});

test("data that is older than the version gets no tag", async () => {
  const versions = versionsOf();
  const begun = await versions.begin("mug");
  if (begun.kind !== "begun") throw new Error(begun.kind);
  begun.write.setNumber(7);
  await begun.write.end();
  const request = { method: "GET", header: () => undefined };
  for (const [number, isTagged] of [
    [6, false],
    [7, true],
    [8, true],
  ] as const) {
    const decision = await decide(versions, { resource: "mug" }, request);
    if (decision.kind !== "run") throw new Error(decision.kind);
    decision.exchange.setNumberOfData(number);
    expect("etag" in decision.exchange.fieldsOf(200)).toBe(isTagged);
  }
});

describe("without Redis", () => {
  test("a reading ends in time without a version, and a conditional write does not begin", async () => {
    const { proxy, versions, errors } = await cut();
    proxy.blackHole();
    expect(await versions.read("lamp")).toEqual({ kind: "unavailable" });
    expect(await versions.begin("lamp", "some-version-of-it")).toEqual({ kind: "unavailable" });
    expect(errors.length).toBeGreaterThan(0);
  });

  test("a change is pending, and reaches Redis when it is back", async () => {
    const { proxy, versions, own } = await cut();
    const before = await versions.read("lamp");
    proxy.blackHole();
    const begun = await versions.begin("lamp");
    if (begun.kind !== "begun") throw new Error(begun.kind);
    expect(await begun.write.end()).toBeUndefined();
    expect(await versions.bump("vase")).toBe("pending");
    expect(versions.pending).toBe(2);
    expect(await versions.read("lamp")).toEqual({ kind: "unavailable" });
    proxy.heal();
    await eventually("the changes reach Redis", () => versions.pending === 0);
    const other = createVersions(own, patient);
    afterTest(() => other.close());
    await eventually("the resource has another version", async () => {
      const after = await other.read("lamp");
      return after.kind === "known" && before.kind === "known" && after.token !== before.token;
    });
  });

  test("close() ends the repetitions", async () => {
    const { proxy, versions } = await cut();
    proxy.blackHole();
    await versions.bump("lamp");
    versions.close();
    await versions.bump("vase");
    expect(versions.pending).toBe(1);
  });
});

test("after a failover, recent changes are repeated, because the new primary may lack them", async () => {
  const { proxy, versions, own } = await cut(10_000);
  const scripts = own.version;
  await versions.read("lamp");
  await versions.bump("lamp");
  // The state before the change comes back, as a replica that lags has it.
  await scripts.read({ resource: "lamp", newToken: "version-before-the-change" });
  proxy.cut();
  await eventually("the change is repeated", async () => {
    const { outcome, ...reply } = await scripts.read({ resource: "lamp" });
    return outcome === "known" && "token" in reply && reply.token !== "version-before-the-change";
  });
});

test("a stream gets no tag, and its end waits for the end of the write", async () => {
  const versions = versionsOf();
  const tags = entityTagsOfNode({ versions, rule: () => ({ resource: "stream" }) });
  const server = createServer((request, response) => {
    tags(request, response, () => {
      response.writeHead(201, { "content-type": "text/plain" });
      response.write("one ");
      response.end("two");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  afterTest(() => server.close());
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/`;
  const response = await fetch(url, { method: "POST", headers: { connection: "close" } });
  expect([response.status, response.headers.get("etag"), await response.text()]).toEqual([
    201,
    null,
    "one two",
  ]);
  expect(response.headers.get("content-type")).toBe("text/plain");
  expect(await versions.read("stream")).toMatchObject({ kind: "known" });
});

const wrongOptions: readonly (readonly [VersionsOptions, string])[] = [
  [{ timeoutMs: 0 }, "timeoutMs"],
  [{ writeMs: 999 }, "writeMs"],
  [JSON.parse('{ "timoutMs": 5 }'), "timoutMs"],
];
test.each(wrongOptions)("refuses the options %j", (options, argument) => {
  const wrong = () => createVersions(tenant, options);
  expect(wrong).toThrow(ArgumentError);
  expect(wrong).toThrow(argument);
});

test.each(["", "a{b}", "x".repeat(257)])("refuses the resource %j", async (resource) => {
  const versions = versionsOf();
  await expect(versions.read(resource)).rejects.toThrow(ArgumentError);
  await expect(versions.begin(resource)).rejects.toThrow(ArgumentError);
  await expect(versions.bump(resource)).rejects.toThrow(ArgumentError);
});
