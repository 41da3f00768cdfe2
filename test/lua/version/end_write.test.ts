import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope, tenant } = freshTenant();
const { version } = tenant.scripts;
const writeMs = 600_000;
const newToken = "the-version-of-the-write";

test("the version that the writer gets is that of the next reading", async () => {
  await version.beginWrite({ resource: "lamp", writer: "w1", writeMs });
  expect(await version.endWrite({ resource: "lamp", writer: "w1", newToken })).toEqual({
    outcome: "replaced",
    sole: true,
  });
  expect(await version.read({ resource: "lamp" })).toEqual({ outcome: "known", token: newToken, number: 0 });
});

test("of two writers at a time, none gets the version of its own write", async () => {
  for (const writer of ["w1", "w2"]) await version.beginWrite({ resource: "vase", writer, writeMs });
  expect(await version.endWrite({ resource: "vase", writer: "w1" })).toEqual({
    outcome: "writing",
    sole: false,
  });
  expect(await version.read({ resource: "vase" })).toEqual({ outcome: "writing" });
  expect(await version.endWrite({ resource: "vase", writer: "w2" })).toEqual({
    outcome: "replaced",
    sole: false,
  });
});

test("a writer that comes late replaces the version, and ends no other write", async () => {
  const resource = "rug";
  await version.beginWrite({ resource, writer: "late", writeMs });
  await redis.hset(keys.version(scope, resource), { "writer:late": 1, until: 1 });
  const meanwhile = await version.read({ resource });
  expect(meanwhile).toMatchObject({ outcome: "known" });
  await version.endWrite({ resource, writer: "late" });
  expect(await version.read({ resource })).not.toEqual(meanwhile);
  await version.beginWrite({ resource, writer: "other", writeMs });
  expect(await version.endWrite({ resource, writer: "late" })).toEqual({ outcome: "writing", sole: false });
  expect(await version.read({ resource })).toEqual({ outcome: "writing" });
});

test("the number is the highest one that a writer has told", async () => {
  const resource = "cup";
  for (const [writer, number] of [
    ["w1", 9],
    ["w2", 7],
    ["w3", undefined],
  ] as const) {
    await version.beginWrite({ resource, writer, writeMs });
    await version.endWrite({ resource, writer, number });
  }
  expect(await version.beginWrite({ resource, writer: "w4", writeMs })).toEqual({
    outcome: "begun",
    number: 9,
  });
});

test("the largest number is kept exactly", async () => {
  const number = 9_000_000_000_000_000;
  await version.endWrite({ resource: "jug", writer: "w1", number });
  expect(await version.beginWrite({ resource: "jug", writer: "w2", writeMs })).toMatchObject({ number });
});
