import { Redis } from "ioredis";
import type { EncodedCall, Scope } from "../../../src/client/index.js";
import { packedArguments } from "../../../src/client/script/packed-writer.js";
import { createMoonpath, type Moonpath } from "../../../src/index.js";
import { type RedisServer, startRedis } from "../../../src/testing/index.js";
import type { Case, CaseGround } from "./case.js";

/** The text of one form of a script: the generated one, its rival, or its bare calls. */
export interface Form {
  readonly lua: string;
  readonly digest: string;
  /** Whether its replies are those of the script. */
  readonly answers: boolean;
  /** Texts of its replies are buffers. Absent: they are strings. */
  readonly hasBuffers?: true;
}

/** How many calls are prepared side by side. */
const SIDE_BY_SIDE = 10;
/** How many calls, and how many bytes of them, are sent before their replies are awaited. */
const PIPELINE_CALLS = 100;
const PIPELINE_BYTES = 4_000_000;

/** A server of the bench's own. It is emptied before each round. */
export class BenchServer {
  readonly scope: Scope = { namespace: "bench", tenant: "acme" };
  readonly #moonpath: Moonpath;

  private constructor(
    private readonly server: RedisServer,
    /** The connection that sends the measured calls. */
    readonly redis: Redis,
    private readonly preparing: Redis,
  ) {
    this.#moonpath = createMoonpath(preparing, { namespace: this.scope.namespace, deadlineMs: 60_000 });
  }

  static async start(appendOnly: boolean): Promise<BenchServer> {
    const server = await startRedis({
      own: true,
      appendOnly,
      config: appendOnly ? { appendfsync: "no", "auto-aof-rewrite-percentage": "0" } : {},
    });
    const preparing = new Redis(server.url, { enableAutoPipelining: true });
    const started = new BenchServer(server, new Redis(server.url), preparing);
    await started.#moonpath.ready();
    return started;
  }

  async stop(): Promise<void> {
    this.#moonpath.close();
    this.preparing.disconnect();
    this.redis.disconnect();
    await this.server.stop();
  }

  async version(): Promise<string> {
    const info = await this.redis.info("server");
    const valkey = /^valkey_version:(\S+)/m.exec(info)?.[1];
    const redis = /^redis_version:(\S+)/m.exec(info)?.[1];
    return valkey === undefined ? `Redis ${redis}` : `Valkey ${valkey}`;
  }

  /** Loads a form. A script that differs from its digest would measure something else. */
  async load(form: Form): Promise<void> {
    const digest = await this.redis.script("LOAD", form.lua);
    if (digest !== form.digest) throw new Error(`the server computed another digest than ${form.digest}`);
  }

  /** Empties the server and prepares the calls of a round. */
  async prepare(measured: Case, count = measured.calls): Promise<readonly EncodedCall[]> {
    await this.redis.flushall("SYNC");
    const shared = new Map<string, Promise<unknown>>();
    const ground: CaseGround = {
      acme: this.#moonpath.tenant(this.scope.tenant),
      redis: this.preparing,
      once(name, work) {
        const started = shared.get(name) ?? work();
        shared.set(name, started);
        return started;
      },
    };
    const calls: EncodedCall[] = [];
    for (let from = 0; from < count; from += SIDE_BY_SIDE) {
      const numbers = Array.from(
        { length: Math.min(SIDE_BY_SIDE, count - from) },
        (_, index) => from + index,
      );
      calls.push(...(await Promise.all(numbers.map((call) => measured.prepare(ground, this.scope, call)))));
    }
    if (measured.waitMs > 0) await new Promise((resolve) => setTimeout(resolve, measured.waitMs));
    return calls;
  }

  /** Sends calls in pipelines, from one connection, and returns the last reply. */
  async run(form: Form, calls: readonly EncodedCall[], measured: Case): Promise<unknown> {
    let last: unknown;
    for (const part of parts(calls)) {
      const pipeline = this.redis.pipeline();
      for (const { keys, args } of part) {
        if (form.hasBuffers) {
          const given = args.length === 0 ? [] : [packedArguments(args)];
          pipeline.callBuffer("evalsha", form.digest, keys.length, ...keys, ...given);
        } else if (measured.repliesBytes) {
          pipeline.callBuffer("evalsha", form.digest, keys.length, ...keys, ...args);
        } else pipeline.evalsha(form.digest, keys.length, ...keys, ...args);
        if (measured.removed) pipeline.unlink(...keys);
      }
      const replies = await pipeline.exec();
      for (const [position, [error, reply]] of (replies ?? []).entries()) {
        if (error !== null) throw error;
        if (measured.removed && position % 2 === 1) continue;
        last = reply;
        if (form.answers) measured.check(reply);
      }
    }
    return last;
  }
}

/** Splits calls into pipelines of a bounded size. */
function parts(calls: readonly EncodedCall[]): EncodedCall[][] {
  const found: EncodedCall[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const call of calls) {
    const size = call.args.reduce((sum, text) => sum + text.length, 0);
    if (bytes + size > PIPELINE_BYTES || found.at(-1)?.length === PIPELINE_CALLS) {
      found.push([]);
      bytes = 0;
    }
    found.at(-1)?.push(call);
    bytes += size;
  }
  return found;
}
