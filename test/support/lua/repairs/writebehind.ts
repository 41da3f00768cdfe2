import type { Redis } from "ioredis";
import { expect } from "vitest";
import { keys } from "../../../../src/index.js";
import { writeShard } from "../../writebehind/shard.js";
import { failure } from "../errors.js";
import type { TestTenant } from "../tenants.js";
import { repairsOn } from "./index.js";

/** A shard, and a database that makes each batch once, as `applyWrites` does. */
export class RepairSite {
  readonly keys;
  readonly shard;
  readonly rows: string[] = [];
  last: number | undefined;
  readonly #repairs;

  readonly #redis: Redis;
  readonly #tenant: TestTenant<Redis>["tenant"];

  constructor({ redis, scope, tenant }: TestTenant<Redis>, name: string) {
    this.#redis = redis;
    this.#tenant = tenant;
    this.keys = {
      write_queue: keys.writeQueue(scope, name, "0"),
      write_values: keys.writeValues(scope, name, "0"),
      write_batch: keys.writeBatch(scope, name, "0"),
      write_state: keys.writeState(scope, name, "0"),
      write_dead: keys.writeDead(scope, name, "0"),
      write_dead_records: keys.writeDeadRecords(scope, name, "0"),
    };
    this.shard = writeShard(tenant, name);
    this.#repairs = repairsOn(redis, this.keys);
  }

  /** Takes a batch, and writes it unless the database has it. */
  async apply(): Promise<number | undefined> {
    const { place } = this.shard;
    const taken = await this.#tenant.writebehind.take({
      ...place,
      limit: 2,
      maxBytes: 10_000,
      skipDelay: true,
    });
    if (taken.outcome !== "batch") return undefined;
    const { batch, previous, writes, values } = taken;
    if (batch === this.last) return batch;
    // Otherwise, the worker would call `onReconcile`.
    expect(previous).toBe(this.last);
    this.last = batch;
    let at = 0;
    for (const { key, valueBytes } of writes) {
      this.rows.push(`${key}=${values.subarray(at, at + valueBytes).toString()}`);
      at += valueBytes;
    }
    return batch;
  }

  /** A worker brings all to the database, and nothing is left. */
  async flush(): Promise<void> {
    for (let batch = await this.apply(); batch !== undefined; batch = await this.apply()) {
      expect(await this.shard.ack(batch)).toEqual({ outcome: "acked" });
    }
    expect(await this.shard.depth()).toMatchObject({ queued: 0, inFlight: 0 });
  }

  /** The call ends in this error, and `look` shows the keys. */
  async finds(key: string, what: string, call: () => Promise<unknown> = () => this.apply()): Promise<void> {
    expect(await failure(call())).toMatchObject({ code: "CORRUPT", message: expect.stringContaining(what) });
    await this.#repairs.look(key, what);
  }

  /** Runs commands of the row, which has them word for word. */
  async repair(key: string, what: string, ...commands: readonly Command[]): Promise<void> {
    for (const [command, ...fillers] of commands) await this.#repairs.repair(key, what, command, ...fillers);
  }

  deleteTogether(key: string, what: string): Promise<number> {
    return this.#repairs.deleteTogether(key, what);
  }

  names = () => this.#redis.lrange(this.keys.write_queue, 0, -1);

  /** The names of values in the order of their numbers, as a DBA sorts what HGETALL shows. */
  async namesByNumber(): Promise<readonly string[]> {
    const values = Object.entries(await this.#redis.hgetall(this.keys.write_values));
    return values
      .map(([name, record]) => ({ name, number: Number(record.split("\t")[0]) }))
      .sort((one, other) => one.number - other.number)
      .map(({ name }) => name);
  }
}

/** A command as the row writes it, and the values for its `<…>`. */
export type Command = readonly [command: string, ...fillers: (string | number | readonly string[])[]];
