import * as fc from "fast-check";
import type { Redis } from "ioredis";
import { keys, type Tenant } from "../../../src/index.js";

const CLIENTS = 2;
const WRITERS = 2;
const client = fc.integer({ min: 0, max: CLIENTS - 1 });
const writer = fc.integer({ min: 0, max: WRITERS - 1 });

const step = fc.oneof(
  // A GET in two steps.
  { weight: 8, arbitrary: fc.record({ do: fc.constant("version" as const), client }) },
  { weight: 10, arbitrary: fc.record({ do: fc.constant("data" as const), client }) },
  { weight: 12, arbitrary: fc.record({ do: fc.constant("revalidate" as const), client }) },
  // A write in three steps. `as` is the client whose tag it expects.
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("begin" as const),
      writer,
      as: fc.option(client, { nil: undefined }),
    }),
  },
  { weight: 8, arbitrary: fc.record({ do: fc.constant("commit" as const), writer }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant("end" as const), writer }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("bump" as const) }) },
  // The process of a writer is gone.
  { weight: 1, arbitrary: fc.record({ do: fc.constant("die" as const), writer }) },
  // The time of all writers is over.
  { weight: 2, arbitrary: fc.record({ do: fc.constant("late" as const) }) },
  // Redis has lost the version.
  { weight: 1, arbitrary: fc.record({ do: fc.constant("lose" as const) }) },
);
export type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;
export const steps: fc.Arbitrary<Step[]> = fc.array(step, { minLength: 30, maxLength: 80, size: "max" });

/** What a control breaks. */
export interface Faults {
  /** Clients read the data before the version. */
  readonly readsDataFirst?: boolean;
  /** The database does not compare the number of a write. */
  readonly hasNoGuard?: boolean;
}

interface Client {
  token: string | undefined;
  /** The data is that of the tag only after the second step. */
  isComplete: boolean;
  data: number;
}

interface Writer {
  readonly id: string;
  readonly expectedNumber: number | undefined;
  /** What its client had read. */
  readonly known: number | undefined;
  number: number | undefined;
  hasCommitted: boolean;
  /** Whether the resource has had no version since the writer began. */
  isProtected: boolean;
}

/** One resource in a database, which is simulated, and its version in Redis. */
export class Interleaving {
  readonly violations: string[] = [];
  notModified = 0;
  conditional = 0;
  readonly #redis: Redis;
  readonly #version: Tenant["scripts"]["version"];
  readonly #key: string;
  readonly #resource: string;
  readonly #faults: Faults;
  /** As the row of `guardVersion`. */
  readonly #database = { data: 0, number: 0 };
  #nextData = 0;
  readonly #clients: (Client | undefined)[] = [];
  readonly #writers: (Writer | undefined)[] = [];
  /** A write was committed whose time was over: until it ends, or another one, old tags may match. */
  #isExposed = false;
  #tokens = 0;

  constructor(redis: Redis, tenant: Tenant, resource: string, faults: Faults) {
    this.#redis = redis;
    this.#version = tenant.scripts.version;
    this.#key = keys.version(tenant.scope, resource);
    this.#resource = resource;
    this.#faults = faults;
  }

  async run(list: readonly Step[]): Promise<void> {
    for (const one of list) await this.#step(one);
  }

  async #step(one: Step): Promise<void> {
    switch (one.do) {
      case "version":
        if (this.#faults.readsDataFirst) this.#clients[one.client] = this.#dataOnly();
        else this.#clients[one.client] = { token: await this.#read(), isComplete: false, data: 0 };
        return;
      case "data":
        return this.#complete(this.#clients[one.client]);
      case "revalidate":
        return this.#revalidate(this.#clients[one.client]);
      case "begin":
        return this.#begin(one.writer, one.as === undefined ? undefined : this.#clients[one.as]);
      case "commit":
        return this.#commit(this.#writers[one.writer]);
      case "end":
        return this.#end(one.writer);
      case "bump":
        await this.#version.bump({ resource: this.#resource });
        this.#isExposed = false;
        return;
      case "die":
        this.#writers[one.writer] = undefined;
        return;
      case "late": {
        const fields = await this.#redis.hkeys(this.#key);
        const times = fields.filter((field) => field === "until" || field.startsWith("writer:"));
        if (times.length > 0)
          await this.#redis.hset(this.#key, Object.fromEntries(times.map((at) => [at, 1])));
        return this.#unprotect();
      }
      case "lose":
        await this.#redis.del(this.#key);
        return this.#unprotect();
    }
  }

  #unprotect(): void {
    for (const writer of this.#writers) if (writer) writer.isProtected = false;
  }

  #dataOnly(): Client {
    return { token: undefined, isComplete: false, data: this.#database.data };
  }

  async #complete(client: Client | undefined): Promise<void> {
    if (client === undefined || client.isComplete) return;
    if (this.#faults.readsDataFirst) client.token = await this.#read();
    else client.data = this.#database.data;
    client.isComplete = true;
  }

  async #read(): Promise<string | undefined> {
    const reply = await this.#version.read({ resource: this.#resource, newToken: this.#newToken() });
    return reply.outcome === "known" ? reply.token : undefined;
  }

  async #revalidate(client: Client | undefined): Promise<void> {
    if (!client?.isComplete || client.token === undefined) return;
    if ((await this.#read()) !== client.token) return;
    this.notModified += 1;
    if (client.data !== this.#database.data && !this.#isExposed)
      this.violations.push(`304 for ${client.data}, but the data is ${this.#database.data}`);
  }

  async #begin(place: number, client: Client | undefined): Promise<void> {
    if (this.#writers[place] || (client && (!client.isComplete || client.token === undefined))) return;
    const id = `writer-${++this.#tokens}`;
    const expected = client?.token;
    const args = { resource: this.#resource, writer: id, expected, writeMs: 600_000 };
    const reply = await this.#version.beginWrite(args);
    if (reply.outcome !== "begun") return;
    this.#writers[place] = {
      id,
      expectedNumber: client ? reply.number : undefined,
      known: client?.data,
      number: undefined,
      hasCommitted: false,
      isProtected: true,
    };
  }

  #commit(writer: Writer | undefined): void {
    if (!writer || writer.hasCommitted || writer.number !== undefined) return;
    const { expectedNumber = Number.POSITIVE_INFINITY } = writer;
    const database = this.#database;
    writer.number = database.number;
    if (!this.#faults.hasNoGuard && database.number > expectedNumber) return;
    if (writer.known !== undefined) {
      this.conditional += 1;
      if (writer.known !== database.data)
        this.violations.push(`a writer that knows ${writer.known} replaces ${database.data}`);
    }
    database.data = ++this.#nextData;
    database.number += 1;
    writer.number = database.number;
    writer.hasCommitted = true;
    if (!writer.isProtected) this.#isExposed = true;
  }

  async #end(place: number): Promise<void> {
    const writer = this.#writers[place];
    if (!writer) return;
    this.#writers[place] = undefined;
    const { id, number } = writer;
    const newToken = this.#newToken();
    await this.#version.endWrite({ resource: this.#resource, writer: id, newToken, number });
    this.#isExposed = false;
  }

  #newToken(): string {
    return `token-${String(++this.#tokens).padStart(12, "0")}`;
  }
}
