import { randomUUID } from "node:crypto";
import type { VersionOperations } from "../../generated/ts/version.scripts.js";
import type { RedisLike } from "../client/index.js";
import { checkedInteger, checkTenant } from "../core/checks.js";
import { ArgumentError, MoonpathError } from "../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { asError, notify, type OnError } from "../core/notify.js";
import { readFrom } from "../core/read-from.js";
import { versionDefaults as defaults } from "./defaults.js";
import { PendingBumps } from "./pending.js";

/** The part of a tenant that versions use. */
export interface VersionedTenant {
  readonly version: Pick<VersionOperations, "read" | "bump" | "beginWrite" | "endWrite">;
}

/** Options of `createVersions`. All may be left out. */
export interface VersionsOptions {
  /** Milliseconds that Redis may take for a reading, or for the begin of a write. Default 250. */
  readonly timeoutMs?: number | undefined;
  /**
   * Milliseconds that a write may take, 1,000 to 600,000. If its process dies, the resource has no tag for
   * so long. Default 30,000.
   */
  readonly writeMs?: number | undefined;
  /** The connection of the tenant's client. With it, recent changes are repeated after a failover. */
  readonly redis?: RedisLike | undefined;
  /** Receives errors of Redis, which no caller gets. */
  readonly onError?: OnError | undefined;
}

const optionNames: OptionNames<VersionsOptions> = {
  timeoutMs: true,
  writeMs: true,
  redis: true,
  onError: true,
};

/**
 * The version of a resource now. `writing`: somebody changes it. `unavailable`: Redis does not answer, or a
 * change of this process has not reached it.
 */
export type CurrentVersion =
  | {
      readonly kind: "known";
      readonly token: string;
      /** The highest number that a write had set before the version began; 0 if none is known. */
      readonly number: number;
    }
  | { readonly kind: "writing" }
  | { readonly kind: "unavailable" };

/** A write that has begun. Call `end` when the database has answered, whatever it was. */
export interface ResourceWrite {
  /** For `guardVersion` of `moonpath/postgres`; undefined for a write that expects no version. */
  readonly expectedNumber: number | undefined;
  /** Notes the number that `guardVersion` has returned, before `end`. */
  setNumber(number: number): void;
  /**
   * Ends the write. It never rejects, and a second call returns the result of the first.
   *
   * @returns the version of what was written; undefined if another write came between, or Redis does not
   *   answer
   */
  end(): Promise<string | undefined>;
}

/** The result of `begin`. `changed`: the resource has another version, or somebody else writes it now. */
export type BeginResult =
  | { readonly kind: "begun"; readonly write: ResourceWrite }
  | { readonly kind: "changed" }
  | { readonly kind: "unavailable" };

const failoverEvents = ["ready", "+node", "-node"];

/** Versions of a tenant's resources, for entity tags. */
export class Versions {
  readonly #scripts: VersionedTenant["version"];
  readonly #timeoutMs: number;
  readonly #writeMs: number;
  readonly #onError: OnError | undefined;
  readonly #pending: PendingBumps;
  readonly #close: () => void;

  constructor(tenant: VersionedTenant, options: VersionsOptions) {
    checkTenant(tenant, "version.read", "version.bump", "version.beginWrite", "version.endWrite");
    const { timeoutMs, writeMs, redis, onError } = readFrom("options", () => {
      refuseUnknownOptions(options, optionNames);
      return { ...options };
    });
    this.#scripts = tenant.version;
    this.#timeoutMs = checkedInteger("timeoutMs", timeoutMs ?? defaults.timeoutMs.value, 1, 60_000);
    this.#writeMs = checkedInteger("writeMs", writeMs ?? defaults.writeMs.value, 1_000, 600_000);
    this.#onError = onError;
    const deadlineMs = defaults.endTimeoutMs.value;
    this.#pending = new PendingBumps((resource) => this.#scripts.bump({ resource }, { deadlineMs }), onError);
    const repeat = () => this.#pending.repeatRecent();
    for (const event of failoverEvents) redis?.on(event, repeat);
    this.#close = () => {
      for (const event of failoverEvents) redis?.off(event, repeat);
    };
  }

  /** Changes that Redis has not confirmed. Their resources have no tags in this process. */
  get pending(): number {
    return this.#pending.size;
  }

  /**
   * The version of a resource. Read it before its data: then old data never gets a new version.
   *
   * @throws ArgumentError unless the resource has 1 to 256 bytes, without control characters and braces
   */
  async read(resource: string): Promise<CurrentVersion> {
    if (this.#pending.has(resource)) return { kind: "unavailable" };
    try {
      const reply = await this.#scripts.read({ resource }, { deadlineMs: this.#timeoutMs });
      if (reply.outcome === "writing") return { kind: "writing" };
      // A change of this process may have come meanwhile.
      if (this.#pending.has(resource)) return { kind: "unavailable" };
      return { kind: "known", token: reply.token, number: reply.number };
    } catch (error) {
      this.#report(error);
      return { kind: "unavailable" };
    }
  }

  /**
   * Begins a write. With `expected`, it begins only if the resource still has that version, and never
   * without Redis. Without it, the write also begins if Redis does not answer, and its end is repeated
   * until Redis confirms it.
   *
   * @throws ArgumentError as `read`
   */
  async begin(resource: string, expected?: string): Promise<BeginResult> {
    const writer = randomUUID();
    try {
      if (expected !== undefined && this.#pending.has(resource)) return { kind: "unavailable" };
      const args = { resource, writer, expected, writeMs: this.#writeMs };
      const reply = await this.#scripts.beginWrite(args, { deadlineMs: this.#timeoutMs });
      switch (reply.outcome) {
        case "changed":
          return { kind: "changed" };
        case "full":
          // The version has ended, because others write too.
          return { kind: "begun", write: this.#write(resource, writer, undefined) };
        case "begun": {
          const number = expected === undefined ? undefined : reply.number;
          return { kind: "begun", write: this.#write(resource, writer, number) };
        }
      }
    } catch (error) {
      this.#report(error);
      // It may have begun, but its caller may not write.
      if (expected !== undefined) return { kind: "unavailable" };
      return { kind: "begun", write: this.#write(resource, writer, undefined) };
    }
  }

  /**
   * Ends the version of a resource after its change is in the database. It never rejects for Redis.
   *
   * @param options `forgets` also forgets the numbers of writes, because the resource was deleted
   * @returns `pending` if Redis has not confirmed it. This process then gives the resource no tags, and
   *   repeats the call until it succeeds. Other processes may answer 304 for the old version until then.
   * @throws ArgumentError as `read`
   */
  async bump(
    resource: string,
    { forgets }: { readonly forgets?: boolean | undefined } = {},
  ): Promise<"done" | "pending"> {
    try {
      await this.#scripts.bump({ resource, forgets }, { deadlineMs: defaults.endTimeoutMs.value });
      this.#pending.confirmed(resource);
      return "done";
    } catch (error) {
      this.#report(error);
      this.#pending.add(resource);
      return "pending";
    }
  }

  /** Ends the repetitions. What is pending then is not told to Redis. */
  close(): void {
    this.#close();
    this.#pending.stop();
  }

  #write(resource: string, writer: string, expectedNumber: number | undefined): ResourceWrite {
    let number: number | undefined;
    let ended: Promise<string | undefined> | undefined;
    const end = async (): Promise<string | undefined> => {
      const newToken = randomUUID();
      try {
        const args = { resource, writer, newToken, number };
        const { sole } = await this.#scripts.endWrite(args, { deadlineMs: defaults.endTimeoutMs.value });
        this.#pending.confirmed(resource);
        return sole ? newToken : undefined;
      } catch (error) {
        notify(this.#onError, asError(error));
        this.#pending.add(resource);
        return undefined;
      }
    };
    return {
      expectedNumber,
      setNumber(of) {
        number = of;
      },
      end: () => {
        ended ??= end();
        return ended;
      },
    };
  }

  /** @throws the error itself if no later call can succeed */
  #report(error: unknown): void {
    if (error instanceof ArgumentError || !(error instanceof MoonpathError)) throw error;
    notify(this.#onError, error);
  }
}

/**
 * Makes the versions of a tenant's resources. Make it once and keep it.
 *
 * ```ts
 * const versions = createVersions(moonpath.tenant("acme"));
 * const current = await versions.read("product:lamp");
 * ```
 *
 * @throws ArgumentError for a wrong option
 */
export function createVersions(tenant: VersionedTenant, options: VersionsOptions = {}): Versions {
  return new Versions(tenant, options);
}
