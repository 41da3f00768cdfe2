import { expect } from "vitest";
import { scripts } from "../../../../src/index.js";
import { sample } from "../sample.js";

const running = "HSET {job} fence 7 number 1 state running started 5000";
const over = 'HSET {job} fence 7 number 1 state done started 5000 ended 7000 note "12 offers"';

export const job = [
  sample(scripts.job.start, (tenant) => tenant.job.start, {
    args: (name) => ({ job: name, fence: 7, number: 2 }),
    given: [over],
    reply: { outcome: "started", startedMs: expect.any(Number) },
    unread: { "job ended": "it goes" },
  }),
  sample(scripts.job.finish, (tenant) => tenant.job.finish, {
    args: (name) => ({ job: name, fence: 7, number: 1, state: "done" as const, note: "12 offers" }),
    given: [running],
    reply: { outcome: "finished" },
    unread: { "job started": "it stays as it is" },
  }),
  sample(scripts.job.read, (tenant) => tenant.job.read, {
    args: (name) => ({ job: name }),
    given: [over],
    reply: { outcome: "done", startedMs: 5_000, ranMs: 2_000, note: "12 offers" },
    unread: {
      "job fence": "it is for runs that begin",
      "job number": "it is for runs that begin",
    },
  }),
];
