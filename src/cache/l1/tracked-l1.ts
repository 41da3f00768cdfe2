import { cachePeek, cacheRead, cacheReadTag } from "../../../generated/ts/cache.scripts.js";
import {
  type ClientOptions,
  createScriptClient,
  duplicateOf,
  type RedisLike,
  type ScriptClient,
} from "../../client/index.js";
import type { Circuit } from "../../core/circuit.js";
import { ArgumentError } from "../../core/errors.js";
import type { TenantScripts } from "../scripts.js";
import type { TenantL1 } from "../tenant-state.js";
import { L1Barrier } from "./barrier.js";
import { L1 } from "./l1.js";
import { Tracking } from "./tracking.js";
import type { L1Options } from "./values.js";

type ReadScripts = Pick<TenantScripts, "read" | "peek" | "readTag">;

/** L1 with connections of its own, whose keys the servers track. */
export class TrackedL1 {
  readonly #memory: L1;
  readonly #client: ScriptClient<{ readonly cache: ReadScripts }>;
  readonly #tracking: Tracking;
  readonly #barrier: L1Barrier;
  readonly #disconnect: () => void;

  /** @throws ArgumentError for a connection of a library without RESP2 messages */
  constructor(redis: RedisLike, l1: L1Options, circuit: Circuit, options: ClientOptions) {
    const duplicate = duplicateOf(redis);
    if (!duplicate) {
      throw new ArgumentError("cache.l1", "a connection or cluster of ioredis or iovalkey, or no l1");
    }
    const { connection } = duplicate;
    this.#disconnect = duplicate.disconnect;
    this.#tracking = new Tracking(
      connection,
      {
        invalidated: (key) => this.#memory.forget(key),
        lost: () => this.#memory.clear(),
      },
      l1.heartbeatMs,
    );
    this.#barrier = new L1Barrier(() => this.#tracking.caughtUp(), circuit);
    this.#memory = new L1(l1, this.#tracking);
    const scripts = { cache: { peek: cachePeek, read: cacheRead, readTag: cacheReadTag } };
    this.#client = createScriptClient(connection, scripts, options);
  }

  of(tenant: string): TenantL1 {
    const tracking = this.#tracking;
    const barrier = this.#barrier;
    return {
      caughtUp: (timeoutMs) => barrier.passed(timeoutMs),
      memory: this.#memory,
      scripts: this.#client.scriptsOf(tenant, "cache"),
      get isWorking() {
        return tracking.isWorking(performance.now());
      },
    };
  }

  close(): void {
    this.#tracking.close();
    this.#client.close();
    this.#disconnect();
  }
}
