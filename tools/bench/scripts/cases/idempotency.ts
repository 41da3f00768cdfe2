import { scripts } from "../../../../src/index.js";
import { atLimit, type CaseGround, path } from "../case.js";
import { DAY_MS, HOUR_MS } from "./items.js";

const { idempotency: i } = scripts;
const payloadHash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const SHORT = '{"order":"1234","total":1999}';
const LONGEST = "x".repeat(524_288);

const event = (_: CaseGround, call: number) => ({
  event: `event-${call}`,
  operation: `try-${call}`,
  rememberMs: DAY_MS,
});

const started = (_: CaseGround, call: number) => ({
  request: `request-${call}`,
  owner: `worker-${call}`,
  payloadHash,
  leaseMs: HOUR_MS,
});

/** A request that runs. */
async function running(ground: CaseGround, call: number) {
  const args = started(ground, call);
  const reply = await ground.acme.scripts.idempotency.begin(args);
  if (reply.outcome !== "run") throw new Error(`${args.request} is ${reply.outcome}`);
  return { request: args.request, owner: args.owner, fence: reply.fence, leaseEndsMs: reply.leaseEndsMs };
}

/** A request that all calls of a round share, and that has a reply. */
async function done(ground: CaseGround, reply: string) {
  await ground.once("request", async () => {
    const request = await running(ground, 0);
    await ground.acme.scripts.idempotency.complete({ ...request, reply, rememberMs: DAY_MS });
  });
  return { ...started(ground, 0), owner: "worker-other" };
}

/** A request that another owner runs. */
async function another(ground: CaseGround, call: number, hash = payloadHash) {
  const args = started(ground, call);
  await running(ground, call);
  return { ...args, owner: `other-${call}`, payloadHash: hash };
}

/** An owner that has run the request and failed. */
async function failed(ground: CaseGround, call: number) {
  await ground.acme.scripts.idempotency.fail(await running(ground, call));
  return started(ground, call);
}

const completion = async (ground: CaseGround, call: number, reply: string) => ({
  ...(await running(ground, call)),
  reply,
  rememberMs: DAY_MS,
});

export const idempotency = [
  path(i.mark, "first", event, { outcome: "first" }),
  path(
    i.mark,
    "repeated",
    async (ground, call) => {
      await ground.acme.idempotency.mark(event(ground, call));
      return { ...event(ground, call), operation: `other-${call}` };
    },
    { outcome: "repeated" },
  ),
  atLimit(i.mark, "first", event, { outcome: "first" }),
  path(i.begin, "run", started, { outcome: "run" }),
  path(i.begin, "replay", (ground) => done(ground, SHORT), { outcome: "replay" }),
  path(i.begin, "busy", (ground, call) => another(ground, call), { outcome: "busy" }),
  path(i.begin, "ended", failed, { outcome: "ended" }),
  path(i.begin, "mismatch", (ground, call) => another(ground, call, "another hash"), {
    outcome: "mismatch",
  }),
  atLimit(i.begin, "replay of 512 KiB", (ground) => done(ground, LONGEST), {
    outcome: "replay",
    fills: ["request"],
  }),
  path(i.renew, "running", async (ground, call) => ({ ...(await running(ground, call)), leaseMs: HOUR_MS }), {
    outcome: "renewed",
  }),
  atLimit(
    i.renew,
    "running",
    async (ground, call) => ({ ...(await running(ground, call)), leaseMs: HOUR_MS }),
    { outcome: "renewed" },
  ),
  path(i.complete, "running", (ground, call) => completion(ground, call, SHORT), { outcome: "completed" }),
  atLimit(i.complete, "reply of 512 KiB", (ground, call) => completion(ground, call, LONGEST), {
    outcome: "completed",
    removed: true,
  }),
  path(i.fail, "running", running, { outcome: "released" }),
  atLimit(i.fail, "running", running, { outcome: "released" }),
];
