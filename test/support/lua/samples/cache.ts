import { expect } from "vitest";
import { scripts } from "../../../../src/index.js";
import { sample } from "../sample.js";

const mine = "aaaaaaaaaaaa";
const other = "bbbbbbbbbbbb";
const token = "41c7e0b95d18.20e6f7c3";
const newToken = "aaaaaaaaaaaa.bbbbbbbb";
const stale = 'SET {cache_entry} "1j- 1000000000000 0123456789ab 9b1e64d02a77.5d0c31aa" PX 60000000';
const value = new TextEncoder().encode("{}");
const content = { coding: "j-", tokens: "9b1e64d02a77.5d0c31aa", value, freshMs: 60_000, keepMs: 60_000_000 };
const storedTag = `SET {cache_tag} "${token} 1767225600000000" PX 60000000`;
const openTag = `SET {cache_tag} "${token} -" PX 60000000`;
const ahead = "SET {cache_clock} 8000000000000000 PX 60000000";
const writing = (name: string) => `HSET {cache_block} writer:${name} {now+60000000} setter ${name}`;
const lease = `SET {cache_lease} ${mine} PX 60000000`;
const waitedLease = `SET {cache_lease} "${other} waited" PX 60000000`;
const anyEnd = "the field goes, or stays as it is";

export const cache = [
  sample(scripts.cache.read, (tenant) => tenant.scripts.cache.read, {
    args: (entry) => ({ entry, fillId: mine, leaseMs: 60_000_000, waits: true }),
    given: [stale],
    reply: { outcome: "stale", stored: expect.anything(), lease: "granted" },
    again: { outcome: "stale", stored: expect.anything(), lease: "busy", leaseEndsInMs: expect.any(Number) },
  }),
  sample(scripts.cache.peek, (tenant) => tenant.scripts.cache.peek, {
    args: (entry) => ({ entry }),
    given: [stale],
    reply: { outcome: "stale", stored: expect.anything() },
  }),
  sample(scripts.cache.fill, (tenant) => tenant.scripts.cache.fill, {
    args: (entry) => ({ entry, fillId: mine, ...content }),
    given: [lease],
    reply: { outcome: "filled" },
    again: { outcome: "refused" },
  }),
  sample(scripts.cache.touch, (tenant) => tenant.scripts.cache.touch, {
    args: (entry) => {
      const { tokens, freshMs, keepMs } = content;
      return { entry, fillId: mine, unchanged: "0123456789ab", tokens, freshMs, keepMs };
    },
    given: [lease, stale.replace("31aa", "31aa\n{}")],
    reply: { outcome: "touched" },
    again: { outcome: "refused" },
  }),
  sample(scripts.cache.renew, (tenant) => tenant.scripts.cache.renew, {
    args: (entry) => ({ entry, fillId: mine, leaseMs: 60_000_000 }),
    given: [lease],
    reply: { outcome: "renewed" },
  }),
  sample(scripts.cache.release, (tenant) => tenant.scripts.cache.release, {
    args: (entry) => ({ entry, fillId: mine }),
    given: [lease],
    reply: { outcome: "released" },
    again: { outcome: "lost" },
  }),
  sample(scripts.cache.set, (tenant) => tenant.scripts.cache.set, {
    args: (entry) => ({ entry, fillId: mine, ...content }),
    given: [stale, waitedLease],
    reply: { outcome: "set" },
  }),
  sample(scripts.cache.invalidate, (tenant) => tenant.scripts.cache.invalidate, {
    args: (entry) => ({ entry, settleMs: 60_000_000 }),
    given: [stale, waitedLease, writing(other)],
    reply: { outcome: "removed" },
    again: { outcome: "absent" },
    unread: { [`cache_block writer:${other}`]: anyEnd },
    clock: ["cache_block settle"],
  }),
  sample(scripts.cache.expire, (tenant) => tenant.scripts.cache.expire, {
    args: (entry) => ({ entry }),
    given: [stale, waitedLease, writing(other)],
    reply: { outcome: "expired" },
    unread: { [`cache_block writer:${other}`]: anyEnd },
  }),
  sample(scripts.cache.beginWrite, (tenant) => tenant.scripts.cache.beginWrite, {
    args: (entry) => ({ entry, writer: mine, blockMs: 60_000_000 }),
    given: [stale, waitedLease, writing(other)],
    reply: { outcome: "begun" },
  }),
  sample(scripts.cache.commitWrite, (tenant) => tenant.scripts.cache.commitWrite, {
    args: (entry) => ({ entry, writer: mine, ...content }),
    given: [stale, waitedLease, writing(mine)],
    reply: { outcome: "set" },
    again: { outcome: "removed" },
    unread: { [`cache_block writer:${mine}`]: anyEnd },
  }),
  sample(scripts.cache.endWrite, (tenant) => tenant.scripts.cache.endWrite, {
    args: (entry) => ({ entry, writer: mine }),
    given: [stale, waitedLease, writing(mine)],
    reply: { outcome: "ended" },
    again: { outcome: "unknown" },
    unread: { [`cache_block writer:${mine}`]: anyEnd },
  }),
  sample(scripts.cache.readTag, (tenant) => tenant.scripts.cache.readTag, {
    args: (tag) => ({ tag }),
    given: [storedTag],
    reply: { outcome: "known", token, clock: 1_767_225_600_000_000 },
  }),
  sample(scripts.cache.openTag, (tenant) => tenant.scripts.cache.openTag, {
    args: (tag) => ({ tag, token: newToken, keepMs: 50_000_000 }),
    given: [storedTag],
    reply: { presentToken: token, clock: 1_767_225_600_000_000 },
  }),
  sample(scripts.cache.invalidateTag, (tenant) => tenant.scripts.cache.invalidateTag, {
    args: (tag) => ({ tag, token: newToken }),
    given: [storedTag],
    reply: { outcome: "invalidated" },
  }),
  sample(scripts.cache.expireTag, (tenant) => tenant.scripts.cache.expireTag, {
    args: (tag) => ({ tag, softToken: "bbbbbbbb" }),
    given: [storedTag],
    reply: { outcome: "expired" },
  }),
  sample(scripts.cache.setTagClock, (tenant) => tenant.scripts.cache.setTagClock, {
    args: (tag) => ({ tag, token, clock: 1_767_225_600_000_000 }),
    given: [openTag],
    reply: { outcome: "noted" },
    again: { outcome: "replaced" },
  }),
  sample(scripts.cache.openClock, (tenant) => tenant.scripts.cache.openClock, {
    args: () => ({}),
    given: [ahead],
    reply: { reading: 8_000_000_000_000_000 },
  }),
  sample(scripts.cache.raiseClock, (tenant) => tenant.scripts.cache.raiseClock, {
    args: () => ({}),
    given: [ahead],
    reply: { reading: 8_000_000_000_000_001 },
    again: { reading: 8_000_000_000_000_002 },
  }),
];
