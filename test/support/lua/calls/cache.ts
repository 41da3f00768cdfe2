import * as fc from "fast-check";
import { scripts } from "../../../../src/index.js";
import { calls, lasting } from "../late/call.js";
import type { Past } from "../late/past.js";

const names = { entry: "lamp" };
const tag = "product:lamp";
const ticks = fc.integer({ min: 0, max: 3 });
const recent = fc.constantFrom(0, 0, 0, 1);

/** A new number in hexadecimal digits, which names a load, a writer or a token. */
function newHex(past: Past, kind: string, digits: number): string {
  const number = Number(past.name(kind, 0).slice(kind.length + 1));
  return number.toString(16).padStart(digits, "0");
}

const newId = (past: Past) => newHex(past, "id", 12);
const newToken = (past: Past) => `${newHex(past, "hard", 12)}.00000000`;
const noId = "ffffffffffff";

/** The id in the latest reply or call with this field; none yet is an id that nobody has. */
const earlier = (past: Past, field: string, back: number) =>
  past.having(field, back).has(field) ? past.having(field, back).text(field) : noId;

const content = {
  coding: "j-",
  tokens: "9b1e64d02a77.5d0c31aa",
  value: new TextEncoder().encode("{}"),
};
const lives = (fresh: number) => ({ freshMs: lasting(fresh), keepMs: lasting(fresh + 3) });

/** Calls that a load makes after a read. */
const ofLoad = fc.record({ recent, ticks });
const sentOnce =
  "the client sends it once, and a network that copies a write can do all that its caller may do";
const removes =
  "it removes what is there, so the next caller loads: a late copy costs one load and serves nothing old";

export const cache = [
  calls(
    scripts.cache.read,
    fc.record({ ticks, waits: fc.boolean() }),
    ({ ticks: lease, waits }, past) => ({
      ...names,
      fillId: newId(past),
      leaseMs: lasting(lease),
      waits,
    }),
    { mayWork: `${sentOnce}: it grants a lease that nobody uses until the lease ends` },
  ),
  calls(
    scripts.cache.fill,
    ofLoad,
    ({ recent: back, ticks: fresh }, past) => ({
      ...names,
      fillId: earlier(past, "fillId", back),
      ...content,
      ...lives(fresh),
    }),
    { over: ["refused"] },
  ),
  calls(
    scripts.cache.touch,
    ofLoad,
    ({ recent: back, ticks: fresh }, past) => ({
      ...names,
      fillId: earlier(past, "fillId", back),
      unchanged: earlier(past, "fillId", back + 1),
      tokens: content.tokens,
      ...lives(fresh),
    }),
    // A caller whose entry was gone keeps its lease, and fills.
    { over: ["refused", "absent"] },
  ),
  calls(
    scripts.cache.renew,
    ofLoad,
    ({ recent: back, ticks: lease }, past) => ({
      ...names,
      fillId: earlier(past, "fillId", back),
      leaseMs: lasting(lease),
    }),
    // The holder's own lease ends later, or earlier. Its fill is refused after the end.
    { over: ["lost"], answers: /^:cache-lease: expires / },
  ),
  calls(
    scripts.cache.release,
    fc.record({ recent }),
    ({ recent: back }, past) => ({ ...names, fillId: earlier(past, "fillId", back) }),
    { over: ["lost"] },
  ),
  calls(
    scripts.cache.set,
    fc.record({ ticks }),
    ({ ticks: fresh }, past) => ({ ...names, fillId: newId(past), ...content, ...lives(fresh) }),
    { mayWork: `${sentOnce}: it stores the old value again` },
  ),
  calls(
    scripts.cache.invalidate,
    fc.record({ settles: fc.option(ticks, { nil: undefined }) }),
    ({ settles }) => ({ ...names, ...(settles === undefined ? {} : { settleMs: lasting(settles) }) }),
    { mayWork: `${removes}. It may also block loads for settle_ms once more` },
  ),
  calls(scripts.cache.expire, fc.constant({}), () => names, {
    mayWork: "it makes the entry of that moment stale, so one caller loads it",
  }),
  calls(
    scripts.cache.beginWrite,
    fc.record({ ticks }),
    ({ ticks: block }, past) => ({ ...names, writer: newId(past), blockMs: lasting(block) }),
    { mayWork: `${sentOnce}: it begins the write once more` },
  ),
  calls(
    scripts.cache.commitWrite,
    ofLoad,
    ({ recent: back, ticks: fresh }, past) => ({
      ...names,
      writer: earlier(past, "writer", back),
      ...content,
      ...lives(fresh),
    }),
    { mayWork: removes },
  ),
  calls(
    scripts.cache.endWrite,
    fc.record({ recent }),
    ({ recent: back }, past) => ({ ...names, writer: earlier(past, "writer", back) }),
    { mayWork: removes },
  ),
  calls(
    scripts.cache.openTag,
    fc.record({ ticks }),
    ({ ticks: keep }, past) => ({ tag, token: newToken(past), keepMs: lasting(keep) }),
    { mayWork: `${sentOnce}: it creates the token again that has expired, under which entries may live` },
  ),
  calls(scripts.cache.invalidateTag, fc.constant({}), (_, past) => ({ tag, token: newToken(past) }), {
    mayWork: `${sentOnce}: it brings back a token that a later invalidation has replaced`,
  }),
  calls(
    scripts.cache.expireTag,
    fc.constant({}),
    (_, past) => ({ tag, softToken: newHex(past, "soft", 8) }),
    { mayWork: `${sentOnce}: it brings back a soft part that a later call has replaced` },
  ),
  calls(
    scripts.cache.setTagClock,
    fc.record({ recent, clock: fc.integer({ min: 1, max: 9 }) }),
    ({ recent: back, clock }, past) => {
      const token = past.having("presentToken", back);
      return { tag, token: token.has("presentToken") ? token.text("presentToken") : newToken(past), clock };
    },
    { over: ["replaced"] },
  ),
  calls(scripts.cache.openClock, fc.constant({}), () => ({}), { current: ["reading"] }),
  calls(scripts.cache.raiseClock, fc.constant({}), () => ({}), {
    mayWork: `${sentOnce}: a higher clock only means that some loads store nothing`,
  }),
];
