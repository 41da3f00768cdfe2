import { expect, test } from "vitest";
import { createScriptClient } from "../../../src/client/index.js";
import { scripts } from "../../../src/index.js";
import { connections } from "../../support/lua/connections.js";
import { without } from "../../support/lua/mutated.js";
import { freshNamespace } from "../../support/redis.js";

const CLIENTS = 8;
const ROUNDS = 20;

type Versions = typeof scripts.version;

/** All clients expect the version that they have read. Returns how many began, by round. */
async function raced(versions: Versions): Promise<number[]> {
  const namespace = freshNamespace();
  const redises = await connections(CLIENTS);
  const clients = redises.map(
    (redis) => createScriptClient(redis, { version: versions }, { namespace }).tenant("acme").version,
  );
  const began: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const resource = `lamp-${round}`;
    const read = await clients[0]?.read({ resource });
    if (read?.outcome !== "known") throw new Error("there is a version");
    const expected = read.token;
    const replies = await Promise.all(
      clients.map((client, at) =>
        client.beginWrite({ resource, writer: `w${at}`, expected, writeMs: 600_000 }),
      ),
    );
    began.push(replies.filter(({ outcome }) => outcome === "begun").length);
  }
  return began;
}

test("of all writers that expect one version, exactly one begins", async () => {
  expect(await raced(scripts.version)).toEqual(Array.from({ length: ROUNDS }, () => 1));
});

test("without the comparison, several begin", async () => {
  const beginWrite = without(
    scripts.version.beginWrite,
    "if expected and token ~= expected then",
    "if false then",
  );
  expect(Math.max(...(await raced({ ...scripts.version, beginWrite })))).toBeGreaterThan(1);
});

test("if a write leaves the version as it is, several begin", async () => {
  const guard = 'ended[#ended + 1] = "token"';
  const beginWrite = without(scripts.version.beginWrite, guard, 'ended[#ended + 1] = "none"');
  expect(Math.max(...(await raced({ ...scripts.version, beginWrite })))).toBeGreaterThan(1);
});
