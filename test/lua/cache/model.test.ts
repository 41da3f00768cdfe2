import { expect, test } from "vitest";
import type { Script } from "../../../src/client/index.js";
import { keys, scripts } from "../../../src/index.js";
import { text } from "../../support/cache/scripts.js";
import { nowMs } from "../../support/lua/commands.js";
import { MovedClock } from "../../support/lua/late/clock.js";
import { Messages } from "../../support/lua/messages.js";
import { CacheEntryModel, type Life } from "../../support/lua/models/cache.js";
import { type Command, command, type Step } from "../../support/lua/models/cache-commands.js";
import { CacheTagsModel, tokenOf } from "../../support/lua/models/cache-tags.js";
import { checkModel, freshName, modelLimitMs } from "../../support/lua/property.js";
import { tick } from "../../support/lua/ticks.js";
import { freshNamespace, sharedRedis } from "../../support/redis.js";

const redis = sharedRedis();
const namespace = freshNamespace();
const messages = await Messages.of(redis, namespace);

const lasting = (ticks: number) => (ticks + 0.5) * tick;
/** To the nearest half. Each end is there, and the run itself takes much less time. */
const halves = (ms: number) => Math.round((ms / tick) * 2) / 2 + 0;
const other = "ffffffffffff";

/** One entry, two tags and the clock of a tenant in Redis, beside their models. */
class Cache {
  readonly #name = freshName();
  readonly #scope = { namespace, tenant: this.#name };
  readonly #clock = new MovedClock(redis);
  readonly #model = new CacheEntryModel();
  readonly #tags = new CacheTagsModel();
  readonly #tokens: string[] = [];
  #ids = 0;
  readonly #keys = {
    entry: keys.cacheEntry(this.#scope, "lamp"),
    lease: keys.cacheLease(this.#scope, "lamp"),
    block: keys.cacheBlock(this.#scope, "lamp"),
    "tag 0": keys.cacheTag(this.#scope, "0"),
    "tag 1": keys.cacheTag(this.#scope, "1"),
    clock: keys.cacheClock(this.#scope),
  };

  constructor(private readonly startMs: number) {}

  async step(step: Command): Promise<void> {
    const [reply, expected] = await this.#run(step);
    const title = JSON.stringify(step);
    expect(inTicks(reply), title).toEqual(expected);
    await this.#compare(title);
  }

  async finish(): Promise<void> {
    expect(await messages.on(this.#keys.lease)).toEqual(this.#model.messages);
  }

  /** The reply of Redis, and that of the model. */
  async #run(step: Command): Promise<readonly [object, object]> {
    const [model, tags, cache] = [this.#model, this.#tags, scripts.cache];
    const entry = "lamp";
    switch (step.do) {
      case "read": {
        const fillId = `${step.process}${this.#newId().slice(1)}`;
        const present = model.entry?.id ?? other;
        const replaces = { nothing: undefined, present, other }[step.replaces];
        const { waits } = step;
        const args = { entry, fillId, leaseMs: lasting(step.ticks), waits, ...(replaces && { replaces }) };
        return [await this.#call(cache.read, args), model.read(fillId, step.ticks, replaces, waits)];
      }
      case "peek":
        return [await this.#call(cache.peek, { entry }), model.peek()];
      case "fill": {
        const load = model.loads[step.back];
        const fillId = load?.id ?? other;
        const { args, tokens } = this.#content(step, fillId);
        const reply = await this.#call(cache.fill, { entry, fillId, ...args });
        return [reply, model.fill(load, fillId, tokens, step)];
      }
      case "touch": {
        const load = model.loads[step.back];
        const fillId = load?.id ?? other;
        const unchanged = (step.isPresent && model.entry?.id) || other;
        const { args, tokens } = this.#content(step, fillId);
        const { freshMs, keepMs } = args;
        const reply = await this.#call(cache.touch, { entry, fillId, unchanged, tokens, freshMs, keepMs });
        return [reply, model.touch(load, fillId, unchanged, tokens, step)];
      }
      case "renew": {
        const fillId = model.loads[step.back]?.id ?? other;
        const args = { entry, fillId, leaseMs: lasting(step.ticks) };
        return [await this.#call(cache.renew, args), model.renew(fillId, step.ticks)];
      }
      case "release": {
        const fillId = model.loads[step.back]?.id ?? other;
        return [await this.#call(cache.release, { entry, fillId }), model.release(fillId)];
      }
      case "invalidate": {
        const settle = step.settle === undefined ? {} : { settleMs: lasting(step.settle) };
        return [await this.#call(cache.invalidate, { entry, ...settle }), model.invalidate(step.settle)];
      }
      case "expire":
        return [await this.#call(cache.expire, { entry }), model.expire()];
      case "set": {
        const fillId = this.#newId();
        const { args, tokens } = this.#content(step, fillId);
        return [await this.#call(cache.set, { entry, fillId, ...args }), model.set(fillId, tokens, step)];
      }
      case "begin": {
        const earlier = step.back === undefined ? undefined : model.writes[step.back]?.id;
        const writer = earlier ?? this.#newId();
        const args = { entry, writer, blockMs: lasting(step.ticks) };
        return [await this.#call(cache.beginWrite, args), model.begin(writer, step.ticks)];
      }
      case "commit": {
        const write = model.writes[step.back];
        const writer = write?.id ?? other;
        const { args, tokens } = this.#content(step, writer);
        const reply = await this.#call(cache.commitWrite, { entry, writer, ...args });
        return [reply, model.commit(write, writer, tokens, step)];
      }
      case "end": {
        const writer = model.writes[step.back]?.id ?? other;
        return [await this.#call(cache.endWrite, { entry, writer }), model.end(writer)];
      }
      case "pass":
        await this.#clock.pass(step.ticks * tick, Object.values(this.#keys));
        model.pass(step.ticks);
        tags.pass(step.ticks);
        return [{}, {}];
      case "evict":
        await this.#evict(step);
        return [{}, {}];
      case "later release":
        await redis
          .multi()
          .set(this.#keys.entry, "2 later", "PX", 2.5 * tick)
          .del(this.#keys.lease)
          .exec();
        model.storeOther("2 later");
        return [{}, {}];
      default:
        return this.#runTag(step);
    }
  }

  async #runTag(
    step: Step<(`${string}_tag` & Command["do"]) | "set_tag_clock" | (`${string}_clock` & Command["do"])>,
  ) {
    const [tags, cache] = [this.#tags, scripts.cache];
    switch (step.do) {
      case "read_tag":
        return [await this.#call(cache.readTag, { tag: `${step.tag}` }), tags.read(step.tag)] as const;
      case "open_tag": {
        const token = this.#newToken();
        const args = { tag: `${step.tag}`, token, keepMs: lasting(step.ticks) };
        return [await this.#call(cache.openTag, args), tags.open(step.tag, token, step.ticks)] as const;
      }
      case "invalidate_tag": {
        const token = this.#newToken();
        const reply = await this.#call(cache.invalidateTag, { tag: `${step.tag}`, token });
        return [reply, tags.invalidate(step.tag, token)] as const;
      }
      case "expire_tag": {
        const softToken = this.#newId().slice(4);
        const reply = await this.#call(cache.expireTag, { tag: `${step.tag}`, softToken });
        return [reply, tags.expire(step.tag, softToken)] as const;
      }
      case "set_tag_clock": {
        const present = tags.tags[step.tag];
        const token =
          step.back === 0 && present ? tokenOf(present) : (this.#tokens[step.back] ?? this.#newToken());
        const clock = Math.max(tags.highest, 1);
        const reply = await this.#call(cache.setTagClock, { tag: `${step.tag}`, token, clock });
        return [reply, tags.setClock(step.tag, token, clock)] as const;
      }
      case "open_clock": {
        const reply = await this.#call(cache.openClock, {});
        return [reply, tags.openClock(reply.reading)] as const;
      }
      case "raise_clock": {
        const reply = await this.#call(cache.raiseClock, {});
        return [reply, tags.raiseClock(reply.reading)] as const;
      }
    }
  }

  #content({ fresh, stale }: Life, value: string) {
    const tokens = this.#newToken();
    const life = { freshMs: lasting(fresh), keepMs: lasting(fresh + stale) };
    return { tokens, args: { coding: "j-", tokens, value: new TextEncoder().encode(value), ...life } };
  }

  #newId(): string {
    return (++this.#ids).toString(16).padStart(12, "0");
  }

  #newToken(): string {
    const token = `${this.#newId()}.00000000`;
    this.#tokens.unshift(token);
    return token;
  }

  async #call<Args, Reply extends object>(script: Script<Args, Reply>, args: Args): Promise<Reply> {
    return script.decode(await this.#clock.run(script, script.encode(this.#scope, args)));
  }

  async #evict({ key }: Step<"evict">): Promise<void> {
    await redis.del(this.#keys[key]);
    if (key === "entry" || key === "lease" || key === "block") this.#model[key] = undefined;
    else if (key === "clock") this.#tags.clock = undefined;
    else this.#tags.tags[key === "tag 0" ? 0 : 1] = undefined;
  }

  /** What the keys hold, and their ends, are what the models have. */
  async #compare(title: string): Promise<void> {
    const { entry, lease, block, clock } = this.#keys;
    const all = Object.values(this.#keys);
    const [texts, fields, ...ttls] = await Promise.all([
      redis.mget(entry, lease, this.#keys["tag 0"], this.#keys["tag 1"], clock),
      redis.hgetall(block),
      ...all.map((key) => redis.pttl(key)),
    ]);
    const [model, tags] = [this.#model, this.#tags];
    expect({ texts: texts.map((found, at) => (at === 0 ? this.#withTicks(found) : found)) }, title).toEqual({
      texts: [
        model.entry ? entryText(model.entry) : null,
        model.lease ? `${model.lease.id}${model.lease.isWaited ? " waited" : ""}` : null,
        ...tags.tags.map((tag) => (tag ? `${tokenOf(tag)} ${tag.clock ?? "-"}` : null)),
        tags.clock ? String(tags.clock.reading) : null,
      ],
    });
    const stored = Object.entries(fields).map(([name, value]) => [
      name,
      name === "setter" ? value : halves(Number(value) - this.startMs),
    ]);
    expect(Object.fromEntries(stored), title).toEqual(fieldsOf(model.block));
    const ends = [model.entry, model.lease, model.block, ...tags.tags].map((one) =>
      one ? one.ends - model.now : undefined,
    );
    const left = ttls.slice(0, ends.length).map((ms) => (ms === -2 ? undefined : halves(ms)));
    expect(left, title).toEqual(ends);
    expect(ttls.at(-1) !== -1, title).toBe(true);
  }

  /** An entry's text with its time in ticks. */
  #withTicks(found: string | null): string | null {
    return found?.replace(/(?<=^1.. )\d{13}/, (ms) => instant(halves(Number(ms) - this.startMs))) ?? null;
  }
}

const instant = (ticks: number) => (ticks < -1_000 ? "never" : String(ticks));

function entryText({ id, freshUntil, tokens, value }: NonNullable<CacheEntryModel["entry"]>): string {
  return id === undefined ? value : `1j- ${instant(freshUntil)} ${id} ${tokens}\n${value}`;
}

function fieldsOf(block: CacheEntryModel["block"]): object {
  if (!block) return {};
  const { writers, setter, settle } = block;
  const fields = [...writers].map(([id, ends]) => [`writer:${id}`, ends] as const);
  return {
    ...Object.fromEntries(fields),
    ...(setter === undefined ? {} : { setter }),
    ...(settle === undefined ? {} : { settle }),
  };
}

/** A reply with its times in ticks, and only the value of an entry. */
function inTicks(reply: object): object {
  const times = new Set(["freshForMs", "leaseEndsInMs"]);
  return Object.fromEntries(
    Object.entries(reply).map(([field, value]) => {
      if (typeof value === "number" && times.has(field)) return [field, halves(value)];
      if (value instanceof Uint8Array) return [field, text(value).replace(/^1[^\n]*\n/, "")];
      return [field, value];
    }),
  );
}

test("the cache scripts agree with their model", { timeout: modelLimitMs }, async () => {
  await checkModel(command, async (commands) => {
    const cache = new Cache(await nowMs(redis));
    for (const step of commands) await cache.step(step);
    await cache.finish();
  });
});
