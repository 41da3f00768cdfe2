import { expect } from "vitest";

interface Tag {
  hard: string;
  soft: string;
  clock: number | undefined;
  ends: number;
}

/** How long a clock is kept, in ticks of 1,000 s. */
const CLOCK_TICKS = 86.4;

/** Two tags and the clock of a tenant. Times are in ticks. */
export class CacheTagsModel {
  now = 0;
  readonly tags: (Tag | undefined)[] = [undefined, undefined];
  clock: { reading: number; ends: number } | undefined;
  /** The highest reading so far. */
  highest = 0;

  pass(ticks: number): void {
    this.now += ticks;
    for (const [index, tag] of this.tags.entries()) {
      if (tag && tag.ends <= this.now) this.tags[index] = undefined;
    }
    if (this.clock && this.clock.ends <= this.now) this.clock = undefined;
  }

  read(index: number): object {
    const tag = this.tags[index];
    return tag ? { outcome: "known", token: tokenOf(tag), ...clockOf(tag) } : { outcome: "absent" };
  }

  open(index: number, token: string, ticks: number): object {
    const keep = ticks + 0.5;
    const [hard = "", soft = ""] = token.split(".");
    const tag = this.tags[index] ?? { hard, soft, clock: undefined, ends: this.now };
    this.tags[index] = tag;
    if (tag.ends - this.now < keep) tag.ends = this.now + 2 * keep;
    return { presentToken: tokenOf(tag), ...clockOf(tag) };
  }

  invalidate(index: number, token: string): object {
    const tag = this.tags[index];
    if (!tag) return { outcome: "absent" };
    const [hard = "", soft = ""] = token.split(".");
    Object.assign(tag, { hard, soft, clock: undefined });
    return { outcome: "invalidated" };
  }

  expire(index: number, soft: string): object {
    const tag = this.tags[index];
    if (!tag) return { outcome: "absent" };
    Object.assign(tag, { soft, clock: undefined });
    return { outcome: "expired" };
  }

  setClock(index: number, token: string, clock: number): object {
    const tag = this.tags[index];
    if (!tag || tokenOf(tag) !== token || tag.clock !== undefined) return { outcome: "replaced" };
    tag.clock = clock;
    return { outcome: "noted" };
  }

  openClock(reading: number): object {
    if (this.clock) return { reading: this.clock.reading };
    return this.#next(reading);
  }

  raiseClock(reading: number): object {
    return this.#next(reading);
  }

  /** Each new reading is above all earlier ones, also after an eviction. */
  #next(reading: number): object {
    expect(reading).toBeGreaterThan(this.highest);
    this.highest = reading;
    this.clock = { reading, ends: this.now + CLOCK_TICKS };
    return { reading };
  }
}

export function tokenOf({ hard, soft }: Pick<Tag, "hard" | "soft">): string {
  return `${hard}.${soft}`;
}

function clockOf({ clock }: Pick<Tag, "clock">): object {
  return clock === undefined ? {} : { clock };
}
