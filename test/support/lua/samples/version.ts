import { scripts } from "../../../../src/index.js";
import { sample } from "../sample.js";

const token = "6f1c1c52-0f6c-4d39-9d7f-3f8a2f6f0a11";
const newToken = "aaaaaaaaaaaaaaaa";
const known = `HSET {version} token ${token} number 7`;
/** Two writers, one of which has ended. */
const written =
  "HSET {version} writer:w1 {now+60000000} writer:w2 5000 until {now+60000000} sole w1 number 7";
const renewed = "it gets another end";

export const version = [
  sample(scripts.version.read, (tenant) => tenant.scripts.version.read, {
    args: (resource) => ({ resource, newToken }),
    given: ["HSET {version} number 7 until 5000"],
    reply: { outcome: "known", token: newToken, number: 7 },
  }),
  sample(scripts.version.bump, (tenant) => tenant.scripts.version.bump, {
    args: (resource) => ({ resource }),
    given: [known],
    reply: { outcome: "bumped" },
    again: { outcome: "absent" },
    unread: { "version number": "it stays as it is" },
  }),
  sample(scripts.version.beginWrite, (tenant) => tenant.scripts.version.beginWrite, {
    args: (resource) => ({ resource, writer: "w1", expected: token, writeMs: 60_000 }),
    given: [known, "HSET {version} writer:w2 5000 until 5000"],
    reply: { outcome: "begun", number: 7 },
    again: { outcome: "changed" },
    unread: { "version until": renewed },
    clock: ["version writer:w1", "version until"],
  }),
  sample(scripts.version.endWrite, (tenant) => tenant.scripts.version.endWrite, {
    args: (resource) => ({ resource, writer: "w1", newToken, number: 9 }),
    given: [written],
    reply: { outcome: "replaced", sole: true },
    again: { outcome: "replaced", sole: false },
    unread: { "version until": "it goes", "version writer:w1": "it goes" },
  }),
];
