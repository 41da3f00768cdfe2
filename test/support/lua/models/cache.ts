import { expect } from "vitest";

/** Times are in ticks. What ends does so between two ticks. */
interface Ending {
  ends: number;
}

interface Entry extends Ending {
  /** The id of the load that filled it; undefined for an entry of another form. */
  readonly id: string | undefined;
  readonly tokens: string;
  readonly value: string;
  freshUntil: number;
}

interface Lease extends Ending {
  readonly id: string;
  isWaited: boolean;
}

interface Block extends Ending {
  readonly writers: Map<string, number>;
  setter: string | undefined;
  settle: number | undefined;
}

/** A load or a write. It is outdated after an event that changed what it may have seen. */
interface Attempt {
  readonly id: string;
  isOutdated: boolean;
}

export interface Life {
  readonly fresh: number;
  readonly stale: number;
}

/** One entry of the cache, its lease and its block, without any text of theirs. */
export class CacheEntryModel {
  now = 0;
  entry: Entry | undefined;
  lease: Lease | undefined;
  block: Block | undefined;
  readonly loads: Attempt[] = [];
  writes: Attempt[] = [];
  readonly messages: string[] = [];

  pass(ticks: number): void {
    this.now += ticks;
    const isOver = (one: Ending | undefined) => one !== undefined && one.ends <= this.now;
    if (isOver(this.entry)) this.entry = undefined;
    if (isOver(this.lease)) this.lease = undefined;
    if (isOver(this.block)) this.block = undefined;
  }

  read(id: string, ticks: number, replaces: string | undefined, waits: boolean): object {
    const { entry } = this;
    if (entry && entry.id === undefined) return { outcome: "foreign" };
    const isReplaced = entry === undefined || entry.id === replaces;
    if (!isReplaced && entry.freshUntil > this.now) {
      return { outcome: "fresh", stored: entry.value, freshForMs: entry.freshUntil - this.now };
    }
    const found = isReplaced ? { outcome: "absent" } : { outcome: "stale", stored: entry.value };
    if (this.block) return { ...found, lease: "blocked" };
    if (this.lease) {
      if (waits) this.lease.isWaited = true;
      return { ...found, lease: "busy", leaseEndsInMs: this.lease.ends - this.now };
    }
    this.lease = { id, isWaited: false, ends: this.now + ticks + 0.5 };
    this.loads.unshift({ id, isOutdated: false });
    return { ...found, lease: "granted" };
  }

  peek(): object {
    const { entry } = this;
    if (!entry) return { outcome: "absent" };
    if (entry.id === undefined) return { outcome: "foreign" };
    if (entry.freshUntil <= this.now) return { outcome: "stale", stored: entry.value };
    return { outcome: "fresh", stored: entry.value, freshForMs: entry.freshUntil - this.now };
  }

  fill(load: Attempt | undefined, id: string, tokens: string, life: Life): object {
    if (this.lease?.id !== id) return { outcome: "refused" };
    this.#store(load, id, id, tokens, life);
    this.#endLease("filled");
    return { outcome: "filled" };
  }

  touch(load: Attempt | undefined, id: string, unchanged: string, tokens: string, life: Life): object {
    if (this.lease?.id !== id) return { outcome: "refused" };
    if (this.entry?.id !== unchanged) return { outcome: "absent" };
    this.#store(load, id, this.entry.value, tokens, life);
    this.#endLease("filled");
    return { outcome: "touched" };
  }

  renew(id: string, ticks: number): object {
    if (this.lease?.id !== id) return { outcome: "lost" };
    this.lease.ends = this.now + ticks + 0.5;
    return { outcome: "renewed" };
  }

  release(id: string): object {
    if (this.lease?.id !== id) return { outcome: "lost" };
    this.#endLease("released");
    return { outcome: "released" };
  }

  invalidate(settle: number | undefined): object {
    const outcome = this.entry ? "removed" : "absent";
    this.#change("invalidated");
    this.entry = undefined;
    if (settle !== undefined) {
      const ends = this.now + settle + 0.5;
      this.block ??= { writers: new Map(), setter: undefined, settle: undefined, ends };
      this.block.settle = Math.max(this.block.settle ?? ends, ends);
      this.block.ends = Math.max(this.block.ends, ends);
    }
    return { outcome };
  }

  expire(): object {
    this.#change("invalidated");
    if (this.entry?.id === undefined) this.entry = undefined;
    else this.entry.freshUntil = Number.NEGATIVE_INFINITY;
    return { outcome: this.entry ? "expired" : "absent" };
  }

  set(id: string, tokens: string, life: Life): object {
    this.#change(this.block ? "invalidated" : "filled");
    this.entry = undefined;
    if (this.block) return { outcome: "blocked" };
    this.#store(undefined, id, id, tokens, life);
    return { outcome: "set" };
  }

  begin(id: string, ticks: number): object {
    const ends = this.now + ticks + 0.5;
    this.block ??= { writers: new Map(), setter: undefined, settle: undefined, ends };
    const { block } = this;
    if (block.writers.has(id)) {
      // A copy: the writer's right to set stays as it is.
      const { setter } = block;
      this.#change("invalidated", id);
      block.setter = setter;
    } else {
      for (const [name, end] of block.writers) if (end <= this.now) block.writers.delete(name);
      if (block.settle !== undefined && block.settle <= this.now) block.settle = undefined;
      this.#change("invalidated");
      for (const write of this.writes) write.isOutdated = true;
      // A copy that comes after the end of its write begins it again.
      this.writes = this.writes.filter((write) => write.id !== id);
      this.writes.unshift({ id, isOutdated: block.writers.size > 0 });
      block.setter = block.writers.size === 0 ? id : undefined;
      block.writers.set(id, ends);
      block.ends = Math.max(...block.writers.values(), block.settle ?? ends);
    }
    this.entry = undefined;
    return { outcome: "begun" };
  }

  commit(write: Attempt | undefined, id: string, tokens: string, life: Life): object {
    const maySet = this.block?.setter === id;
    this.#endWrite(id, maySet ? "filled" : "invalidated");
    if (!maySet) return { outcome: "removed" };
    this.#store(write, id, id, tokens, life);
    return { outcome: "set" };
  }

  end(id: string): object {
    const outcome = this.block?.writers.has(id) ? "ended" : "unknown";
    this.#endWrite(id, "invalidated");
    return { outcome };
  }

  /** A later release stores an entry. It takes the lease, as each release does. */
  storeOther(value: string): void {
    this.lease = undefined;
    this.entry = { id: undefined, tokens: "", value, freshUntil: 0, ends: this.now + 2.5 };
  }

  /** The property of the protocol: what was loaded before a change is never stored after it. */
  #store(attempt: Attempt | undefined, id: string, value: string, tokens: string, life: Life): void {
    expect(attempt?.isOutdated ?? false, `${id} was loaded before a change`).toBe(false);
    const [fresh, keep] = [life.fresh + 0.5, life.fresh + life.stale + 0.5];
    this.entry = { id, value, tokens, freshUntil: this.now + fresh, ends: this.now + keep };
  }

  /** No load that began before fills, and no other writer sets. */
  #change(message: string, byWriter?: string): void {
    for (const load of this.loads) load.isOutdated = true;
    for (const write of this.writes) if (write.id !== byWriter) write.isOutdated = true;
    if (this.block) this.block.setter = undefined;
    this.#endLease(message);
  }

  #endWrite(id: string, message: string): void {
    this.#change(message, id);
    this.entry = undefined;
    const { block } = this;
    block?.writers.delete(id);
    if (block?.writers.size !== 0) return;
    block.ends = block.settle ?? this.now;
    if (block.ends <= this.now) this.block = undefined;
  }

  #endLease(message: string): void {
    if (this.lease?.isWaited) this.messages.push(message);
    this.lease = undefined;
  }
}
